/**
 * The steps of a start, in their order: demo server, registry, gateway, policies, demo grant. Each may fail and says
 * how; once all stand, this only waits for one of the children to end.
 */
import { join, relative } from "node:path";
import { type Admin, adminClient } from "../admin/client.ts";
import { Refusal } from "../admin/refusal.ts";
import { carryOut, checkFolder, compare } from "../apply/apply.ts";
import { policyLine, serverLine, skippedLines } from "../apply/show.ts";
import type { Context, Environment } from "../context.ts";
import { found } from "../failure.ts";
import { adminBearer } from "../gateway.ts";
import type { DemoGrant, LocalState } from "../local.ts";
import type { Terminal } from "../terminal.ts";
import { logTail } from "./child.ts";
import { type Children, lost } from "./children.ts";
import { demoGrant } from "./demo-grant.ts";
import { demoServer, demoVariables } from "./demo-server.ts";
import { healthy } from "./health.ts";
import { gatewayCommand, migrations } from "./wrangler.ts";

export type Setting = {
  readonly port: number;
  readonly state: LocalState;
  readonly demo: boolean;
  /** Whether the secrets are new, and what is kept here from before was sealed with others. */
  readonly madeSecrets: boolean;
  readonly children: Children;
};

/** Seconds. A first start on a slow machine takes ten. */
const PATIENCE = 60;

export async function serve(
  context: Context,
  setting: Setting,
  ready: (demo: DemoGrant | undefined) => void,
): Promise<never> {
  const { terminal, root, env } = context;
  const { children, state } = setting;
  const log = (name: string): string => join(root, ".wrangler", "grantgate", `${name}.log`);
  const demoAt = setting.demo ? state.demoPort : undefined;
  const withDemo: Environment = { ...env, ...demoVariables(state) };
  // Before anything runs: a mistake in a policy is told at once.
  const folder = join(root, "policies");
  const checked = demoAt === undefined ? [] : checkFolder(folder, context.cwd, withDemo);

  terminal.err(demoAt === undefined ? "Starting the gateway …" : "Starting the gateway and a demo server …");
  const watched = demoAt === undefined ? [] : [children.start(demoServer(root, demoAt, env, log("demo")))];
  const migration = children.start(migrations(root, env, log("migrations")));
  const how = await migration.ended;
  if (how !== "ended with code 0") throw lost(migration, how);
  const gateway = children.start(gatewayCommand(root, setting.port, env, log("dev")));
  const loss = children.loss(gateway, ...watched);

  const over = new AbortController();
  const make = async (): Promise<DemoGrant | undefined> => {
    if (!(await healthy(state.url, PATIENCE, over.signal))) {
      throw found(
        `The gateway does not answer after ${PATIENCE} seconds. Its last words:\n\n${logTail(gateway.log, 15)}\n`,
        `All of it: ${relative(context.cwd, gateway.log)}`,
      );
    }
    const here = { url: state.url, local: state };
    // Whatever the environment says: what is made here is made with the key of this checkout.
    const admin = adminClient({ gateway: here, bearer: adminBearer(here, { env: {}, root }) });
    if (setting.madeSecrets) await sealAnew(admin, terminal);
    if (demoAt === undefined) return undefined;
    const servers = await compare(checked, admin, withDemo, terminal.ask);
    await carryOut(servers, admin, withDemo, terminal.ask, {
      server: (slug, step) => step.kind !== "skip" && terminal.err(serverLine(slug, step, "done", terminal.paintErr)),
      policy: (slug, step) => terminal.err(policyLine(slug, step, "done", terminal.paintErr)),
    });
    for (const line of skippedLines(servers, "done", terminal.paintErr)) terminal.err(line);
    return demoGrant(admin, state.demo);
  };
  try {
    ready(await Promise.race([make(), loss]));
  } finally {
    over.abort();
  }
  return loss;
}

/** What can't be sealed anew keeps nothing else from running: it is told, and its calls are refused. */
async function sealAnew(admin: Admin, terminal: Terminal): Promise<void> {
  try {
    await admin.rotateSecrets();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    terminal.err(`${terminal.paintErr("yellow", "warning:")} ${error.message}`);
  }
}
