/** MCP says in `_meta` what HTTP says in headers; towards the upstream both must say the same. */
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/json/value.ts";
import type { Message } from "../../../src/mcp/message.ts";
import { reparented, traceOfMessage, traceOfRequest } from "../../../src/observe/message-trace.ts";
import { traceparentOf } from "../../../src/observe/trace-context.ts";

const OWN = { traceId: "1".repeat(32), spanId: "2".repeat(16) };
const PARENT = "b7ad6b7169203331";
const IN_HEADER = `00-${"a".repeat(32)}-${PARENT}-01`;
const IN_MESSAGE = `00-${"b".repeat(32)}-${PARENT}-00`;
const CHILD_OF_MESSAGE = `00-${"b".repeat(32)}-${OWN.spanId}-00`;
const CHILD_OF_HEADER = `00-${"a".repeat(32)}-${OWN.spanId}-01`;

function call(meta?: JsonObject): Message {
  const params = { name: "echo", ...(meta && { _meta: meta }) };
  return { kind: "request", id: 1, method: "tools/call", params };
}

function sent(headers: Record<string, string>, message: Message) {
  const trace = traceOfMessage(message, traceOfRequest(new Headers(headers), OWN));
  const out = reparented(message, trace);
  return {
    header: traceparentOf(trace),
    state: trace.state,
    out,
    meta: out.kind === "response" ? null : out.params._meta,
  };
}

describe("a message that speaks of a trace", () => {
  it("decides which it is, over a header", () => {
    const { header, meta } = sent({ traceparent: IN_HEADER }, call({ traceparent: IN_MESSAGE, progressToken: 1 }));
    expect(header).toBe(CHILD_OF_MESSAGE);
    expect(meta).toEqual({ traceparent: CHILD_OF_MESSAGE, progressToken: 1 });
  });

  it("brings its own state along, and not the header's", () => {
    const headers = { traceparent: IN_HEADER, tracestate: "from=header" };
    expect(sent(headers, call({ traceparent: IN_MESSAGE, tracestate: "from=message" }))).toMatchObject({
      state: "from=message",
      meta: { traceparent: CHILD_OF_MESSAGE, tracestate: "from=message" },
    });
    expect(sent(headers, call({ traceparent: IN_MESSAGE }))).toMatchObject({
      state: null,
      meta: { traceparent: CHILD_OF_MESSAGE },
    });
  });

  it.each([["broken"], [7], [null], [{ a: 1 }]])("but brokenly (%j) says what the header said", (traceparent) => {
    const { header, meta } = sent({ traceparent: IN_HEADER }, call({ traceparent, tracestate: "from=message" }));
    expect(header).toBe(CHILD_OF_HEADER);
    expect(meta).toEqual({ traceparent: CHILD_OF_HEADER });
  });

  it("is changed in nothing else", () => {
    const given = call({ traceparent: IN_MESSAGE, baggage: "userId=alice" });
    expect(sent({}, given).out).toEqual({
      ...given,
      params: { name: "echo", _meta: { traceparent: CHILD_OF_MESSAGE, baggage: "userId=alice" } },
    });
  });

  it("may be a notification", () => {
    const given: Message = {
      kind: "notification",
      method: "notifications/x",
      params: { _meta: { traceparent: IN_MESSAGE } },
    };
    expect(sent({}, given)).toMatchObject({ header: CHILD_OF_MESSAGE, meta: { traceparent: CHILD_OF_MESSAGE } });
  });
});

describe("a message that does not", () => {
  it.each([call(), call({ progressToken: 1 })])("is left as it is", (message) => {
    const { header, out } = sent({ traceparent: IN_HEADER }, message);
    expect(header).toBe(CHILD_OF_HEADER);
    expect(out).toBe(message);
  });
});
