/**
 * The recorder is what other tests believe, so it is tested itself.
 */
import { connect } from "node:net";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, describe, expect, it } from "vitest";
import { minimalServer } from "./minimal.ts";
import { halfSse, hang, resetConnection } from "./misbehave.ts";
import type { Recorder } from "./recorder.ts";
import { header, startRecorder } from "./recorder.ts";

let recorder: Recorder | undefined;

afterEach(async () => {
  await recorder?.close();
  recorder = undefined;
});

function call(url: string, init: RequestInit = {}): Promise<Response> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo" } });
  return fetch(url, { method: "POST", body, ...init });
}

describe("the recorder", () => {
  it("keeps a request byte for byte, with the capitals and the order of its headers", async () => {
    recorder = await startRecorder();
    const { hostname, port } = new URL(recorder.url);
    const socket = connect(Number(port), hostname);
    socket.write("POST /mcp?a=1 HTTP/1.1\r\nHost: x\r\nX-b: 2\r\nx-B: 1\r\nContent-Length: 3\r\n\r\n");
    socket.write(Buffer.from([0x7b, 0xff, 0x0a]));
    const { rawHeaders, body, path, json } = await recorder.waitFor(() => true);
    socket.destroy();
    expect({ rawHeaders, body, path, json }).toEqual({
      rawHeaders: ["Host", "x", "X-b", "2", "x-B", "1", "Content-Length", "3"],
      body: Buffer.from([0x7b, 0xff, 0x0a]),
      path: "/mcp?a=1",
      json: undefined,
    });
  });

  it("tells a client that leaves from an upstream that hangs up", async () => {
    recorder = await startRecorder(hang());
    const controller = new AbortController();
    const left = expect(call(recorder.url, { signal: controller.signal })).rejects.toThrow();
    const first = await recorder.waitFor(() => true);
    expect(first.disconnectedAt).toBeUndefined();
    controller.abort();
    expect(await recorder.waitFor((req) => req.disconnectedAt !== undefined)).toBe(first);
    await left;

    recorder.clear();
    for (const handler of [resetConnection(), halfSse()]) {
      recorder.answer(handler);
      await expect(call(recorder.url).then((res) => res.text())).rejects.toThrow();
    }
    expect(recorder.requests.map((req) => req.disconnectedAt)).toEqual([undefined, undefined]);
  });

  it.each(["json", "sse"] as const)("serves a client of either era out of the box, in %s", async (answers) => {
    const server = minimalServer({ answers });
    recorder = await startRecorder(server.handle);
    for (const mode of ["legacy", { pin: "2026-07-28" }] as const) {
      const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
      await client.connect(new StreamableHTTPClientTransport(new URL(recorder.url)));
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["echo"]);
      const result = await client.callTool({ name: "echo", arguments: { a: [1] } });
      expect(result.content).toEqual([{ type: "text", text: '{"a":[1]}' }]);
      await client.close();
    }
    const versions = recorder.requests.map((req) => header(req, "mcp-protocol-version"));
    expect(versions).toContain("2025-11-25");
    expect(versions).toContain("2026-07-28");
  });

  it("pushes frames to a client that listens with GET", async () => {
    const server = minimalServer();
    recorder = await startRecorder(server.handle);
    const res = await fetch(recorder.url, { headers: { Accept: "text/event-stream" } });
    expect(server.streams).toBe(1);
    server.push(": quiet\n\n");
    server.push({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    const reader = res.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes("list_changed")) seen += (await reader?.read())?.value ?? "";
    expect(seen).toMatch(/^: quiet\n\nevent: message\ndata: \{/);
    await reader?.cancel();
    await recorder.waitFor((req) => req.disconnectedAt !== undefined);
  });
});
