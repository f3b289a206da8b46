/**
 * Each way to go wrong goes wrong in just the way its name says, as a plain HTTP client sees it.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { minimalServer } from "./minimal.ts";
import * as misbehave from "./misbehave.ts";
import type { Recorder } from "./recorder.ts";
import { startRecorder } from "./recorder.ts";

let recorder: Recorder;

beforeAll(async () => {
  recorder = await startRecorder();
});
beforeEach(() => recorder.clear());
afterAll(() => recorder.close());

function send(method = "tools/call"): Promise<Response> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 7, method, params: { _meta: { progressToken: "p" } } });
  return fetch(recorder.url, { method: "POST", body, redirect: "manual" });
}

describe("a misbehaving upstream", () => {
  it.each([
    ["challenges", misbehave.answer401WithChallenge(), 401, "application/json", '{"error":"invalid_token"}'],
    ["redirects", misbehave.redirect302("http://elsewhere.example/"), 302, null, ""],
    ["shows a page", misbehave.html200(), 200, "text/html", "<h1>Please log in</h1>"],
    ["shows an error page", misbehave.html502(), 502, "text/html", "<h1>502 Bad Gateway</h1>"],
    ["answers with what is no JSON", misbehave.notJson(), 200, "application/json", "{nothing of the kind"],
  ])("%s", async (_name, handler, status, type, body) => {
    recorder.answer(handler);
    const res = await send();
    expect([res.status, res.headers.get("content-type"), await res.text()]).toEqual([status, type, body]);
  });

  it("breaks off in the middle of a JSON answer", async () => {
    recorder.answer(misbehave.halfJson());
    const res = await send();
    expect(res.status).toBe(200);
    await expect(res.text()).rejects.toThrow();
  });

  it("breaks off a stream after one progress event", async () => {
    recorder.answer(misbehave.halfSse());
    const reader = (await send()).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader?.read())?.value).toContain('"progressToken":"p"');
    await expect(reader?.read()).rejects.toThrow();
  });

  it("answers somebody else's request", async () => {
    recorder.answer(misbehave.wrongId());
    expect(await (await send()).json()).toMatchObject({ id: "not-7" });
  });

  it("answers with more than anybody wants", async () => {
    recorder.answer(misbehave.bigJson(5_000_000));
    expect((await (await send()).text()).length).toBeGreaterThan(5_000_000);
  });

  it("leaks headers on a good answer", async () => {
    recorder.answer(misbehave.setsCookieAndLeaks());
    const { headers } = await send();
    expect(headers.getSetCookie()).toHaveLength(2);
    expect(headers.get("www-authenticate")).toBe("Basic");
  });

  it("sends bytes that are no text", async () => {
    recorder.answer(misbehave.invalidUtf8());
    const bytes = await (await send()).bytes();
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(bytes)).toThrow();
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({ id: 7 });
  });

  it("streams for ever, until its client leaves", async () => {
    recorder.answer(misbehave.endlessSse(1));
    const reader = (await send()).body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes('"progress":3')) seen += (await reader?.read())?.value ?? "";
    await reader?.cancel();
    await recorder.waitFor((req) => req.disconnectedAt !== undefined);
  });

  it("is slow, and can be so for one method only", async () => {
    recorder.answer(misbehave.only("tools/call", misbehave.slow(20), minimalServer().handle));
    expect(await (await send()).json()).toMatchObject({ result: { content: [{ text: "ok" }] } });
    expect(await (await send("ping")).json()).toEqual({ jsonrpc: "2.0", id: 7, result: {} });
  });
});
