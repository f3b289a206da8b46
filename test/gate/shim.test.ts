/**
 * The shim stands between the referee and the gateway: whatever it changed would be blamed on the gateway.
 */
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Shim } from "./shim.ts";
import { startShim } from "./shim.ts";
import { endlessSse, hang, resetConnection } from "./upstreams/misbehave.ts";
import type { Handler, Recorder } from "./upstreams/recorder.ts";
import { startRecorder } from "./upstreams/recorder.ts";

let upstream: Recorder;
let shim: Shim;

async function start(handler?: Handler): Promise<void> {
  upstream = await startRecorder(handler);
  shim = await startShim({ target: new URL(upstream.url), token: "secret" });
}

afterEach(async () => {
  await shim.close();
  await upstream.close();
});

describe("the shim", () => {
  it("adds the token and keeps every other header as it was sent", async () => {
    await start();
    const { hostname, port, pathname } = new URL(shim.url);
    const socket = connect(Number(port), hostname);
    socket.write(`POST ${pathname} HTTP/1.1\r\nHOST: evil.example\r\norigin: http://evil.example\r\n`);
    socket.write("authorization: Basic x\r\nX-Two: 1\r\nX-Two: 2\r\nContent-Length: 2\r\n\r\n{}");
    const { rawHeaders, text } = await upstream.waitFor(() => true);
    socket.destroy();
    expect(text).toBe("{}");
    expect(rawHeaders.slice(0, 12)).toEqual([
      ...["HOST", "evil.example", "origin", "http://evil.example", "X-Two", "1", "X-Two", "2"],
      ...["Content-Length", "2", "Authorization", "Bearer secret"],
    ]);
  });

  it("hands on each event as it comes, and a client that leaves", async () => {
    await start(endlessSse(1));
    const res = await fetch(shim.url, { method: "POST", body: "{}" });
    const reader = res.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await upstream.waitFor((req) => req.disconnectedAt !== undefined);
  });

  it("hands on a client that leaves before there is an answer", async () => {
    await start(hang());
    const controller = new AbortController();
    const left = expect(fetch(shim.url, { signal: controller.signal })).rejects.toThrow();
    await upstream.waitFor(() => true);
    controller.abort();
    await left;
    await upstream.waitFor((req) => req.disconnectedAt !== undefined);
  });

  it("hands on an upstream that breaks off", async () => {
    await start(resetConnection());
    await expect(fetch(shim.url)).rejects.toThrow();
  });
});
