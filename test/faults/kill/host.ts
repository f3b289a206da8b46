/**
 * A gateway in a process of its own, with storage that outlives it, so that a test can kill it in the middle of things
 * and start it again. Arguments: the folder for its storage, the port, `new` at the first start, and settings as JSON.
 */
import { Miniflare } from "miniflare";
import { migrate, workerdOptions } from "../../gate/workerd.ts";

const [folder = "", port = "0", begun, settings = "{}"] = process.argv.slice(2);
const vars = { AUDIT_DELAY_SECONDS: "0.2", ...JSON.parse(settings) };
const workerd = new Miniflare(workerdOptions(vars, { port: Number(port), resourcePersistencePath: folder }));
const url = await workerd.ready;
if (begun === "new") await migrate(workerd);
process.stdout.write(`${url.origin}\n`);
