/**
 * Servers that break at every point of an exchange, on sockets written by hand: what exactly the client is told, what is
 * counted, and how the record of the call ends. A server is believed to have begun unless it is sure that it did not.
 *
 * What servers do that stay HTTP is in test/hostile/upstream-failures.test.ts, and what silent ones do in
 * test/hostile/upstream-silence.test.ts.
 */
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { expectNothingOf, messageIn } from "../gate/explained.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { send } from "../gate/raw.ts";
import { call, ERAS, type Era, ID, speak } from "../gate/speak.ts";
import { usedOf } from "./invariants.ts";
import { type Row, trailOf } from "./trail.ts";

const SECONDS = 1;

/** What a server does with the socket of a call, once it has read it. `id` is the request's. */
type Breaks = (socket: Socket, id: number) => void;

type Told = {
  /** The server's own answer, or why there is none. */
  readonly told: "done" | RegExp;
  /** Of the upstream's answer, as the record has it. */
  readonly status: number | null;
  /** Whether the answer is a stream. */
  readonly streams?: true;
};

let gateway: Gateway;
const servers: Server[] = [];
const sockets = new Set<Socket>();

beforeAll(async () => {
  gateway = await startGateway({ UPSTREAM_TIMEOUT_SECONDS: String(SECONDS) });
});

afterAll(async () => {
  await gateway?.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
});

/** A server on bare sockets. It takes no other request than calls of tools. */
async function serverThat(
  breaks: Breaks,
  accepts = true,
): Promise<{ url: URL; seen: () => number; open: () => number }> {
  let seen = 0;
  const mine = new Set<Socket>();
  const server = createServer((socket) => {
    for (const all of [sockets, mine]) {
      all.add(socket);
      socket.on("close", () => all.delete(socket));
    }
    socket.on("error", () => {});
    if (!accepts) return breaks(socket, ID);
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const [head = "", body = ""] = text.split("\r\n\r\n");
      const length = /content-length: ([0-9]+)/i.exec(head)?.[1];
      if (length === undefined || body.length < Number(length)) return;
      text = "";
      seen++;
      breaks(socket, ID);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}/mcp`), seen: () => seen, open: () => mine.size };
}

let slugs = 0;

async function grantFor(url: URL): Promise<Grant> {
  const slug = `dropped-${++slugs}`;
  await gateway.putServer(slug, { url: url.href });
  const limits = [
    { counter: "own", window: "month", max: 10 },
    { counter: "shared", window: "month", max: 10, scope: "server" },
  ];
  await gateway.putPolicy(slug, "p", { version: "1", default: "deny", tools: { echo: { limits } } });
  return gateway.grant(slug, "p");
}

const BODY = (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"done"}]}}`;
const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
const json = (id: number) => `${HEAD}Content-Length: ${BODY(id).length}\r\n\r\n${BODY(id)}`;
const STREAM = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const PROGRESS = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}';

const thenGone =
  (text: string): Breaks =>
  (socket, id) =>
    void socket.write(text.replaceAll("ID", `${id}`), () => socket.destroy());
const thenReset =
  (text: string): Breaks =>
  (socket, id) =>
    void socket.write(text.replaceAll("ID", `${id}`), () => setImmediate(() => socket.resetAndDestroy()));
const thenSilent =
  (text: string): Breaks =>
  (socket, id) =>
    void socket.write(text.replaceAll("ID", `${id}`));

const UNREACHED: Told = { told: /^The server could not be reached\.$/, status: null };
const BROKE_OFF: Told = {
  told: /^The server's answer broke off before its end; whether the call ran is not known\.$/,
  status: 200,
};
const GIVEN_UP: Told = { told: /^The server sent nothing for 1 second; the call was given up\.$/, status: null };
const DONE: Told = { told: "done", status: 200 };
const STREAMS = { streams: true } as const;
const EVENT = `data: ${BODY(ID)}\n\n`;

type Case = [name: string, breaks: Breaks, told: Told];

const CASES: readonly Case[] = [
  ["hangs up once it has read the call", (socket) => socket.end(), UNREACHED],
  ["breaks off in the status line", thenGone("HTTP/1.1 20"), UNREACHED],
  ["resets in the middle of its headers", thenReset(`${HEAD}Content-Le`), UNREACHED],
  ["falls silent in the middle of its headers", thenSilent(`${HEAD}Content-Le`), GIVEN_UP],
  ["answers with what is no HTTP", thenGone("220 mail.example ESMTP\r\n"), UNREACHED],
  ["breaks off behind its headers", thenGone(`${HEAD}Content-Length: 9\r\n\r\n`), BROKE_OFF],
  ["resets in the middle of its answer", (socket, id) => thenReset(json(id).slice(0, -9))(socket, id), BROKE_OFF],
  ["breaks off in the middle of a chunk", thenGone(`${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n{"js`), BROKE_OFF],
  [
    "leaves out the last chunk of an answer that is whole",
    (socket, id) => thenGone(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${chunk(BODY(id))}`)(socket, id),
    BROKE_OFF,
  ],
  [
    "falls silent in the middle of its answer",
    (socket, id) => thenSilent(json(id).slice(0, -9))(socket, id),
    { ...GIVEN_UP, status: 200 },
  ],
  ["hangs up right behind its answer", (socket, id) => thenGone(json(id))(socket, id), DONE],
  [
    "says more behind its answer than it promised",
    (socket, id) => thenGone(`${json(id)}HTTP/1.1 500 No\r\n\r\n`)(socket, id),
    DONE,
  ],
  [
    "closes its side when it has answered, and keeps the other open",
    (socket, id) => void socket.end(json(id).replace("200 OK\r\n", "200 OK\r\nConnection: close\r\n")),
    DONE,
  ],
  ["breaks off behind the head of a stream", thenGone(STREAM), { ...BROKE_OFF, ...STREAMS }],
  [
    "breaks off between two events",
    thenGone(`${STREAM}${chunk(`data: ${PROGRESS}\n\n`)}`),
    { ...BROKE_OFF, ...STREAMS },
  ],
  [
    "breaks off in the middle of the event that is the answer",
    thenGone(STREAM + chunk(EVENT.slice(0, -9))),
    { ...BROKE_OFF, ...STREAMS },
  ],
  [
    "breaks off before the blank line behind the answer",
    thenGone(STREAM + chunk(EVENT.slice(0, -1))),
    { ...BROKE_OFF, ...STREAMS },
  ],
  ["breaks off behind the event that is the answer", thenGone(STREAM + chunk(EVENT)), { ...DONE, ...STREAMS }],
  ["resets behind the event that is the answer", thenReset(STREAM + chunk(EVENT)), { ...DONE, ...STREAMS }],
  [
    "falls silent in the middle of an event",
    thenSilent(STREAM + chunk(EVENT.slice(0, -9))),
    { ...GIVEN_UP, ...STREAMS, status: 200 },
  ],
];

describe.concurrent.each(ERAS)("a call of the %s era whose server", (era) => {
  it.each(CASES)("%s", async (_, breaks, told) => {
    const { url, seen, open } = await serverThat(breaks);
    const grant = await grantFor(url);
    await expectTold(era, grant, url, told);
    expect(seen()).toBe(1);
    await expectCounted(grant, 1);
    expect(await endingOf(grant)).toMatchObject({
      effect: "allow",
      upstream: { status: told.status, gaveBack: false },
    });
    await vi.waitFor(() => expect(open()).toBe(0), { timeout: 5_000, interval: 20 });
  });

  it.each<Case>([
    ["takes the connection and hangs up at once", (socket) => socket.destroy(), UNREACHED],
    ["takes the connection and resets it at once", (socket) => socket.resetAndDestroy(), UNREACHED],
    ["takes the connection and never reads", (socket) => void socket.pause(), GIVEN_UP],
  ])("%s", async (_, breaks, told) => {
    const { url } = await serverThat(breaks, false);
    const grant = await grantFor(url);
    await expectTold(era, grant, url, told);
    // Nobody can tell this from one that broke after the call had gone out.
    await expectCounted(grant, 1);
    expect(await endingOf(grant)).toMatchObject({ effect: "allow", upstream: { status: null, gaveBack: false } });
  });
});

async function expectTold(era: Era, grant: Grant, url: URL, { told, streams }: Told): Promise<void> {
  const answer = await send(grant.url, speak(era, grant, call("echo")));
  expect(answer.status).toBe(200);
  expect(answer.headers["content-type"]).toBe(streams ? "text/event-stream" : "application/json");
  const text =
    told === "done" ? told : expect.stringMatching(new RegExp(`^\\[UPSTREAM FAILED\\] ${told.source.slice(1)}`));
  const result = { content: [{ type: "text", text }], ...(told !== "done" && { isError: true }) };
  expect(messageIn(answer)).toMatchObject({ jsonrpc: "2.0", id: ID, result });
  expectNothingOf(url, answer);
}

async function expectCounted(grant: Grant, times: number): Promise<void> {
  const { slug } = { slug: new URL(grant.url).pathname.split("/").at(-1) ?? "" };
  const used = [usedOf(gateway.url, { grant: grant.id }, "own"), usedOf(gateway.url, { server: slug }, "shared")];
  expect(await Promise.all(used)).toEqual([times, times]);
}

/** The one record of the grant's one call, once it has ended. */
async function endingOf({ id }: Grant): Promise<Row | undefined> {
  return vi.waitFor(
    async () => {
      const { rows } = await trailOf(gateway.url, id);
      expect(rows).toHaveLength(1);
      expect(rows[0]?.upstream).not.toBeNull();
      return rows[0];
    },
    { timeout: 10_000, interval: 100 },
  );
}
