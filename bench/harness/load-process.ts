/** The process that `load.ts` starts: hears jobs, one after the other, and says what came of each. */
import { type Connection, openConnection } from "./connection.ts";
import { percentile } from "./figures.ts";
import { type Expected, FIRST_ID, type Job, type Sent } from "./load.ts";
import { arrivals } from "./schedule.ts";

const DIGITS_THAT_DIFFER = 32;
const LATE_MS = 1;

let sent = 0;

process.on("message", (job: Job) => {
  run(job).then(
    (done) => process.send?.({ sent: done }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on("disconnect", () => process.exit());

async function run(job: Job): Promise<Sent> {
  const { port } = new URL(job.asked.url);
  const connections = await Promise.all(Array.from({ length: job.connections }, () => openConnection(Number(port))));
  const before = process.cpuUsage();
  const began = performance.now();
  const asking = requestsOf(job);
  const done = await (job.kind === "closed"
    ? closed(job, connections, asking)
    : open(job, connections, asking)
  ).finally(() => {
    for (const connection of connections) connection.close();
  });
  const cpu = process.cpuUsage(before);
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => percentile(done.times, share));
  return {
    calls: done.times.length,
    tookMs: performance.now() - began,
    p50Ms: p50Ms ?? Number.NaN,
    p95Ms: p95Ms ?? Number.NaN,
    p99Ms: p99Ms ?? Number.NaN,
    late: done.late,
    cpuMs: (cpu.user + cpu.system) / 1000,
  };
}

type Asking = (connection: Connection) => Promise<void>;
type Done = { readonly times: number[]; readonly late: number };

async function closed(job: Job & { kind: "closed" }, connections: readonly Connection[], ask: Asking): Promise<Done> {
  const times: number[] = [];
  let begun = 0;
  const until = performance.now() + job.forMs;
  const work = async (connection: Connection) => {
    for (let now = performance.now(); now < until || begun < job.atLeast; now = performance.now()) {
      begun += 1;
      await ask(connection);
      times.push(performance.now() - now);
    }
  };
  await Promise.all(connections.map(work));
  return { times, late: 0 };
}

async function open(job: Job & { kind: "open" }, connections: Connection[], ask: Asking): Promise<Done> {
  const times: number[] = [];
  let late = 0;
  const free = [...connections];
  const waiting: number[] = [];
  const all: Promise<unknown>[] = [];
  const send = async (connection: Connection, due: number) => {
    for (let next: number | undefined = due; next !== undefined; next = waiting.shift()) {
      if (performance.now() - next > LATE_MS) late += 1;
      await ask(connection);
      times.push(performance.now() - next);
    }
    free.push(connection);
  };
  const start = performance.now();
  for (const at of arrivals(job.rate, job.forMs, job.seed)) {
    const due = start + at;
    await until(due);
    const connection = free.pop();
    if (connection === undefined) waiting.push(due);
    else
      all.push(
        send(connection, due).then(
          () => null,
          (cause: unknown) => cause,
        ),
      );
  }
  const failed = (await Promise.all(all)).find((cause) => cause !== null);
  if (failed !== undefined) throw failed;
  return { times, late };
}

/** A timer is a millisecond off: the last of the way is waited awake, while answers are heard. */
async function until(due: number): Promise<void> {
  for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
    await new Promise<void>((wake) => void (left > 2 ? setTimeout(wake, left - 1.5) : setImmediate(wake)));
  }
}

/** Sends the next request on a connection; throws for an answer that is not as expected. */
function requestsOf({ asked, expected }: Job): Asking {
  const { host, pathname } = new URL(asked.url);
  const [before = "", after] = asked.body.split("@id@");
  if (after === undefined) throw new Error("the body has no place for its id");
  const length = Buffer.byteLength(before) + String(FIRST_ID).length + Buffer.byteLength(after);
  const lines = [
    `POST ${pathname} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(asked.headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${length}`,
  ];
  const rest = after.length > 10_000 ? Buffer.from(after) : after;
  const heads = (asked.tokens.length === 0 ? [null] : asked.tokens).map((token) => {
    const all = token === null ? lines : [...lines, `authorization: Bearer ${token}`];
    return `${all.join("\r\n")}\r\n\r\n${before}`;
  });
  return async (connection) => {
    const nth = sent++;
    const head = heads[nth % heads.length] ?? "";
    const id = FIRST_ID + (nth % FIRST_ID);
    const pieces = typeof rest === "string" ? [`${head}${id}${rest}`] : [`${head}${id}`, rest];
    check(await connection.ask(...pieces), expected);
  };
}

function check(reply: Expected, expected: Expected): void {
  if (reply.status === expected.status && Math.abs(reply.bytes - expected.bytes) <= DIGITS_THAT_DIFFER) return;
  throw new Error(`${reply.status} with ${reply.bytes} bytes, not ${expected.status} with ${expected.bytes}`);
}
