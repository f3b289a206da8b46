/**
 * How fast a change is in force: the time of admin calls that change what many grants are decided by, all of whose
 * ledgers live, and of calls that change one of them; after each, whether the very next call is decided by it. The built
 * Worker on workerd, with storage on this machine.
 *
 *   node bench/force.ts [grants]
 */
import { setup } from "../test/gate/build.ts";
import { each, startMany, versionsBy } from "../test/gate/many.ts";
import { minimalServer } from "../test/gate/upstreams/minimal.ts";
import { startRecorder } from "../test/gate/upstreams/recorder.ts";
import { call } from "../test/gate/wire.ts";

const COUNT = Number(process.argv[2] ?? 1_000);
const ROUNDS = 9;
const SAMPLED = 50;

type Answer = Record<string, unknown>;

function policy(description: string): object {
  return { version: "1", description, default: "deny", tools: { echo: {}, shut: { action: "deny" } } };
}

await setup();
const [here, there] = await Promise.all([startRecorder(), startRecorder()]);
for (const upstream of [here, there]) upstream.answer(minimalServer().handle);
const { grants, admin, close } = await startMany(COUNT, here.url, policy("begin"));
await admin("PUT", "/policies/files/many", policy("begun"));
const [one] = grants;
if (one === undefined || COUNT <= ROUNDS) throw new Error(`give a number of grants above ${ROUNDS}`);
const sample = grants.filter((_, nth) => nth % Math.ceil(COUNT / SAMPLED) === 0);

const caller = one;
/** Where the server is moved to in a round: every time to where it was not. */
const placeOf = (round: number) => (round % 2 === 0 ? there : here);

/** The times of a change, and whether what calls next finds it in force. `undo` is not part of the time. */
async function measure(
  what: string,
  change: (round: number) => Promise<Answer>,
  isInForce: (answer: Answer, round: number) => Promise<boolean>,
  undo: () => Promise<unknown> = async () => {},
): Promise<void> {
  const times: number[] = [];
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    const answer = await change(round);
    times.push(performance.now() - start);
    if (!(await isInForce(answer, round))) wrong += 1;
    await undo();
  }
  times.sort((a, b) => a - b);
  const [median, most] = [times[Math.floor(ROUNDS / 2)], times[ROUNDS - 1]].map((time) => time?.toFixed(0).padStart(6));
  console.log(`${what.padEnd(30)}${median} ms${most} ms   ${wrong === 0 ? "yes" : `NOT after ${wrong} of ${ROUNDS}`}`);
}

async function isDecidedBy({ version }: Answer): Promise<boolean> {
  const versions = await versionsBy(sample, "shut");
  return versions.length === 1 && versions[0] === version;
}

async function outcome(): Promise<number | "denied" | "allowed"> {
  const { status, result } = await call(caller, "echo");
  if (status !== 200) return status;
  return result?.isError === true ? "denied" : "allowed";
}

console.log(`${COUNT} grants under one policy; ${sample.length} of them call next\n`);
console.log(`${"".padEnd(30)}   median       most   in force on the next call`);
await measure("edit the policy", (round) => admin("PUT", "/policies/files/many", policy(`edit ${round}`)), isDecidedBy);
await measure(
  "roll it back",
  (round) => admin("POST", "/policies/files/many/rollback", { revision: 1 + (round % 2) }),
  isDecidedBy,
);
await measure(
  "move the server",
  (round) => admin("PUT", "/servers/files", { name: "files", url: placeOf(round).url }),
  async (_, round) => {
    for (const upstream of [here, there]) upstream.clear();
    await each(sample, (grant) => call(grant, "echo"));
    return placeOf(round).requests.length === sample.length;
  },
);
await measure(
  "suspend one grant",
  () => admin("POST", `/grants/${one.id}/suspend`),
  async () => (await outcome()) === 401,
  () => admin("POST", `/grants/${one.id}/resume`),
);
await measure(
  "move it to no policy",
  () => admin("PUT", `/grants/${one.id}/policy`, { policy: null }),
  async () => (await outcome()) === "denied",
  () => admin("PUT", `/grants/${one.id}/policy`, { policy: "many" }),
);
let revoked = 0;
await measure(
  "revoke one",
  () => admin("POST", `/grants/${grants[++revoked]?.id}/revoke`),
  async () => (await call(grants[revoked] ?? one, "echo")).status === 401,
);
await close();
await Promise.all([here.close(), there.close()]);
