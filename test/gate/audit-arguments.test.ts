/**
 * What the audit log holds of calls that were really made: of their arguments what the policy chose, whatever came of the
 * call, and how large question and answer were.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { send as sendRaw } from "./raw.ts";
import { ERAS, speak } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { only } from "./upstreams/misbehave.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, messageOf, textResult } from "./upstreams/replies.ts";
import { call, callModern, post } from "./wire.ts";
import { ADMIN_TOKEN } from "./workerd.ts";

type Shown = {
  readonly seq: number;
  readonly method: string;
  readonly effect: string;
  readonly arguments: unknown;
  readonly bytes: number | null;
  readonly trace: string | null;
  readonly upstream: { readonly status: number | null; readonly bytes: number | null } | null;
};

const SECRET = "hunter2hunter2";
const ARGUMENTS = { ticket: 7, password: SECRET, url: `https://bot:${SECRET}@example.com/hook` };
/** What the server sent last. */
let answered = "";

let upstream: Recorder;
let gateway: Gateway;

beforeAll(async () => {
  upstream = await startRecorder(
    only(
      "tools/call",
      (req, res) => {
        const streamed = req.text.includes("streamed");
        const message = JSON.stringify(answerTo(messageOf(req), textResult("é")));
        answered = streamed ? `: hello\n\ndata: ${message}\n\n` : message;
        res.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" }).end(answered);
      },
      minimalServer().handle,
    ),
  );
  gateway = await startGateway();
  await gateway.putServer("tickets", { url: upstream.url });
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

async function grantUnder(name: string, more: object): Promise<Grant> {
  const tools = { act: {}, refuse: { action: "deny" }, once: { rate_limit: "1/month" } };
  await gateway.putPolicy("tickets", name, { version: "1", default: "deny", hide: ["hidden"], tools, ...more });
  return gateway.grant("tickets", name);
}

/** The records of a grant in order, once every call that reached the server has its ending. */
async function recordsOf({ id }: Grant): Promise<readonly Shown[]> {
  for (;;) {
    await gateway.admin("GET", `/audit/chain/${id}`);
    const { body } = await gateway.admin("GET", `/audit?grant=${id}`);
    const { items } = body as { readonly items: readonly Shown[] };
    if (items.every(({ effect, upstream }) => effect !== "allow" || upstream !== null)) return items.toReversed();
  }
}

const argumentsOf = (records: readonly Shown[]) => records.map((record) => record.arguments);

it("a token that a client takes for a name is not kept", async () => {
  const grant = await grantUnder("named", {});
  await call(grant, grant.token);
  await post(grant, `tools/${grant.token}`);
  await recordsOf(grant);
  const { body } = await gateway.admin("GET", `/audit?grant=${grant.id}`);
  expect(body).toMatchObject({ items: [{ method: "tools/[token]" }, { method: "tools/call", tool: "[token]" }] });
  expect(JSON.stringify(body)).not.toContain(grant.token.slice(4, 30));
});

describe("the arguments of a call", () => {
  it("are recorded by their names where the policy says nothing, whatever comes of the call", async () => {
    const grant = await grantUnder("silent", {});
    for (const tool of ["act", "refuse", "hidden", "unlisted", "once", "once"]) await call(grant, tool, ARGUMENTS);
    await callModern(grant, "act", {});
    const records = await recordsOf(grant);
    expect(records.map(({ effect }) => effect)).toEqual(["allow", "deny", "hide", "deny", "allow", "limit", "allow"]);
    const names = { keys: ["ticket", "password", "url"] };
    expect(argumentsOf(records)).toEqual([...Array.from({ length: 6 }, () => names), { keys: [] }]);
  });

  it("are recorded by keyed digests, which tell equal ones of one grant", async () => {
    const grant = await grantUnder("hashing", { record: { arguments: "hash" } });
    const other = await gateway.grant("tickets", "hashing");
    await call(grant, "act", { ticket: 7, note: "a" });
    await call(grant, "refuse", { ticket: 7, note: "b" });
    await call(other, "act", { ticket: 7, note: "a" });
    const [first, second] = argumentsOf(await recordsOf(grant)) as { hash: Record<string, string> }[];
    const [foreign] = argumentsOf(await recordsOf(other)) as { hash: Record<string, string> }[];
    expect(first?.hash.ticket).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.hash.ticket).toBe(first?.hash.ticket);
    expect(second?.hash.note).not.toBe(first?.hash.note);
    expect(foreign?.hash.ticket).not.toBe(first?.hash.ticket);
  });

  it("are recorded without what looks like a secret", async () => {
    const grant = await grantUnder("redacting", { record: { arguments: "redacted" } });
    for (const tool of ["act", "refuse", "hidden"]) await call(grant, tool, ARGUMENTS);
    const url = "https://[redacted]@example.com/hook";
    const redacted = { ticket: 7, password: "[redacted]", url };
    expect(argumentsOf(await recordsOf(grant))).toEqual(Array.from({ length: 3 }, () => ({ redacted })));
    expect(gateway.logs()).not.toContain(SECRET);
  });

  it("are recorded in full, digit for digit, and only by name where they are too long", async () => {
    const grant = await grantUnder("all", { record: { arguments: "full" } });
    const exact = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"act","arguments":{"n":1.50}}}`;
    const raw = speak("legacy", grant, { method: "tools/call", params: {} });
    await sendRaw(grant.url, { ...raw, body: exact });
    await call(grant, "act", { long: "é".repeat(40_000) });
    await recordsOf(grant);
    const { body } = await gateway.admin("GET", `/audit?grant=${grant.id}`);
    expect(argumentsOf((body as { items: Shown[] }).items)).toEqual([
      { full: null, keys: ["long"], omitted: "larger than 65536 bytes" },
      { full: { n: 1.5 } },
    ]);
    const text = await exported(grant);
    expect(text).toContain('"arguments":{"full":{"n":1.50}}');
  });

  it("are those of the policy that decided, from the next call after a change on", async () => {
    const grant = await grantUnder("changing", {});
    await call(grant, "act", { ticket: 7 });
    await grantUnder("changing", { record: { arguments: "full" } });
    await call(grant, "act", { ticket: 7 });
    expect(argumentsOf(await recordsOf(grant))).toEqual([{ keys: ["ticket"] }, { full: { ticket: 7 } }]);
  });

  it("are none of what is no call, or was refused unread", async () => {
    const grant = await grantUnder("others", { record: { arguments: "full" } });
    await post(grant, "tools/list");
    await post(grant, "resources/read", { uri: "x://y", arguments: { a: 1 } });
    await post(grant, "tools/call", { name: "act", arguments: ["no object"] });
    await sendRaw(grant.url, { ...speak("legacy", grant, { method: "tools/call" }), body: '{"a":1,"a":2}' });
    const records = await recordsOf(grant);
    expect(records.map(({ method }) => method)).toEqual(["tools/list", "resources/read", "tools/call", "(refused)"]);
    expect(argumentsOf(records)).toEqual([null, null, null, null]);
  });
});

describe("the sizes of question and answer", () => {
  it.each(ERAS)("are those of the bodies as they came: %s", async (era) => {
    const grant = await grantUnder(`sizes-${era}`, {});
    for (const argument of ["plain é", "streamed é"]) {
      const raw = speak(era, grant, { method: "tools/call", params: { name: "act", arguments: { argument } } });
      await sendRaw(grant.url, raw);
      const [record] = (await recordsOf(grant)).slice(-1);
      expect(record?.bytes).toBe(Buffer.byteLength(raw.body ?? ""));
      expect(record?.upstream).toMatchObject({ status: 200, bytes: Buffer.byteLength(answered) });
      expect(record?.trace).toMatch(/^[0-9a-f]{32}$/);
    }
  });
});

async function exported({ id }: Grant): Promise<string> {
  const response = await fetch(`${gateway.url}/api/v1/audit/export?grant=${id}`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  return response.text();
}
