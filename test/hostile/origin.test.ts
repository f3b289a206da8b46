/**
 * Pages in a browser that someone has open beside their agent: one of another origin must not call, not even by a name that
 * it had re-bound to the machine on which a gateway runs (specification, "Transports", Security).
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startGateway } from "../gate/gateway.ts";
import { type Answer, open, send } from "../gate/raw.ts";
import { call, ERAS, speak } from "../gate/speak.ts";
import { expectUnharmed, type Field, openField, refusal } from "./field.ts";

const OPEN = { version: "1", default: "allow" };
const CALL = call("echo", {});
const INVALID_REQUEST = -32600;

let field: Field;

beforeAll(async () => {
  field = await openField(OPEN);
});
afterEach(() => expectUnharmed(field, "legacy"));
afterAll(() => field?.close());

const port = () => new URL(field.grant.url).port;

/** Origins that a page can have, and what the browser then says it calls. */
const FOREIGN: readonly (readonly [string, () => readonly string[]])[] = [
  ["of another site", () => ["Origin", "https://evil.example"]],
  ["of another site without TLS", () => ["Origin", "http://evil.example"]],
  ["that is null, as in a sandbox or from a file", () => ["Origin", "null"]],
  ["that only begins like this machine's", () => ["Origin", `http://127.0.0.1.evil.example:${port()}`]],
  ["with a user before a loopback name", () => ["Origin", `http://localhost@evil.example`]],
  ["with a path", () => ["Origin", `http://localhost:${port()}/`]],
  ["of two, an honest one first", () => ["Origin", `http://localhost:${port()}, https://evil.example`]],
  ["of an extension", () => ["Origin", "chrome-extension://abcdefghijklmnop"]],
  ["of no web at all", () => ["Origin", "file://"]],
];

describe.each(FOREIGN)("a page whose origin is one %s", (_name, headersOf) => {
  it.each(ERAS)("is refused its call, in the %s era, and may not read why", async (era) => {
    const asked = speak(era, field.grant, CALL);
    expectForbidden(await send(field.grant.url, { ...asked, headers: [...asked.headers, ...headersOf()] }));
  });

  it.each(["OPTIONS", "DELETE"])("is refused %s", async (verb) => {
    const { headers } = speak("legacy", field.grant, CALL);
    expectForbidden(await send(field.grant.url, { verb, headers: [...headers, ...headersOf()] }));
  });

  it("is refused a stream", async () => {
    const { headers } = speak("legacy", field.grant, CALL);
    const stream = await open(field.grant.url, { verb: "GET", headers: [...headers, ...headersOf()] });
    stream.leave();
    expect(stream.status).toBe(403);
  });
});

function expectForbidden({ status, json, headers }: Answer): void {
  expect({ status, json }).toEqual({ status: 403, json: refusal(INVALID_REQUEST, null) });
  expect(headers["access-control-allow-origin"]).toBeUndefined();
}

describe("an origin that an operator named", () => {
  it("may call and read, and no other one that looks like it", async () => {
    const gateway = await startGateway({ ALLOWED_ORIGINS: "https://app.example, https://other.example" });
    try {
      await gateway.putServer("upstream", { url: field.upstream.url });
      await gateway.putPolicy("upstream", "open", OPEN);
      const grant = await gateway.grant("upstream", "open");
      const asked = speak("modern", grant, CALL);
      const from = (origin: string) => send(grant.url, { ...asked, headers: [...asked.headers, "Origin", origin] });
      const { status, headers } = await from("https://app.example");
      expect([status, headers["access-control-allow-origin"], headers.vary]).toEqual([
        200,
        "https://app.example",
        expect.stringMatching(/origin/i),
      ]);
      field.upstream.clear();
      for (const origin of ["https://app.example.evil.example", "http://app.example", "https://APP.example", "*"]) {
        expectForbidden(await from(origin));
      }
    } finally {
      await gateway.close();
    }
  });
});
