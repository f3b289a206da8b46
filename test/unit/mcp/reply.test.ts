import { describe, expect, it } from "vitest";
import { JsonNumber } from "../../../src/json/value.ts";
import * as codes from "../../../src/mcp/codes.ts";
import type { Outcome } from "../../../src/mcp/message.ts";
import { refusal, sessionGone } from "../../../src/mcp/refusal.ts";
import { DECISION_KEY, disowned, errorReply, toolFailure, UPSTREAM_KEY } from "../../../src/mcp/reply.ts";

const DECISION = { [DECISION_KEY]: { effect: "deny" } };

describe("what the gateway answers", () => {
  it("is an error with a code, and with data where there are any", () => {
    expect(errorReply(7, -31_001, "no")).toBe('{"jsonrpc":"2.0","id":7,"error":{"code":-31001,"message":"no"}}');
    expect(errorReply(null, -32_700, "no", null)).toBe(
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no","data":null}}',
    );
  });

  it("is a result of a tool that failed, for a legacy client", () => {
    expect(toolFailure("legacy", new JsonNumber("9007199254740993"), "no", DECISION)).toBe(
      '{"jsonrpc":"2.0","id":9007199254740993,"result":{"isError":true,"content":[{"type":"text","text":"no"}],' +
        '"_meta":{"io.grantgate/decision":{"effect":"deny"}}}}',
    );
  });

  it("is a complete result that says whose it is, for a modern client", () => {
    expect(toolFailure("modern", "a", "no", DECISION)).toBe(
      '{"jsonrpc":"2.0","id":"a","result":{"resultType":"complete","isError":true,' +
        '"content":[{"type":"text","text":"no"}],"_meta":{"io.grantgate/decision":{"effect":"deny"},' +
        '"io.modelcontextprotocol/serverInfo":{"name":"grantgate","version":"0.1.0"}}}}',
    );
  });

  it("sends a client whose session is gone back to the beginning", () => {
    expect(sessionGone(7)).toEqual({
      kind: "refused",
      status: 404,
      code: -32_001,
      message: "Session not found; start over with initialize.",
      id: 7,
    });
  });

  it("has data in a refusal only where there are any", () => {
    expect(refusal(400, -32_600, "no", null)).toEqual({
      kind: "refused",
      status: 400,
      code: -32_600,
      message: "no",
      id: null,
    });
    expect(refusal(400, -32_600, "no", null, { a: 1 }).data).toEqual({ a: 1 });
  });
});

describe("an error code", () => {
  it("is JSON-RPC's, MCP's, legacy SDKs' or the gateway's own", () => {
    expect({ ...codes }).toEqual({
      ...{ PARSE_ERROR: -32_700, INVALID_REQUEST: -32_600, METHOD_NOT_FOUND: -32_601, INVALID_PARAMS: -32_602 },
      ...{ BAD_REQUEST: -32_000, SESSION_NOT_FOUND: -32_001, HEADER_MISMATCH: -32_020, UNSUPPORTED_VERSION: -32_022 },
      ...{ DENIED: -31_001, UPSTREAM_FAILED: -31_004, FAILED_CLOSED: -31_005 },
    });
  });
});

describe("what a server answers", () => {
  const result = (meta: Outcome & { kind: "result" }): Outcome => meta;

  it("does not pass for a decision of the gateway", () => {
    const said = { ...DECISION, [UPSTREAM_KEY]: {}, own: 1 };
    const outcome = result({ kind: "result", result: { content: [], _meta: said } });
    expect(disowned(outcome)).toEqual({ kind: "result", result: { content: [], _meta: { own: 1 } } });
  });

  it("stays the very same otherwise", () => {
    const error: Outcome = { kind: "error", error: { code: 1, message: "no", _meta: DECISION } };
    expect(disowned(error)).toBe(error);
    const plain = result({ kind: "result", result: { _meta: "x" } });
    expect(disowned(plain)).toBe(plain);
  });
});
