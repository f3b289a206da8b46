/** The official SDK's classifier is the witness: for the same request both must come to the same era or refusal. */
import { classifyInboundRequest } from "@modelcontextprotocol/server";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import type { Json } from "../../../src/json/value.ts";
import { classify, isModernVersion } from "../../../src/mcp/era.ts";
import { readMessage } from "../../../src/mcp/message.ts";

const VERSION = "io.modelcontextprotocol/protocolVersion";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
const INFO = "io.modelcontextprotocol/clientInfo";

type Sent = { body: Record<string, unknown>; headers: Record<string, string> };

function ours({ body, headers }: Sent) {
  const parsed = parseJson(JSON.stringify(body));
  const message = readMessage((parsed.ok ? parsed.value : null) as Json);
  if (message.kind === "refused") return message;
  return classify(message, new Headers(headers));
}

const modern = (method: string, params: object, headers: Record<string, string>): Sent => ({
  body: {
    jsonrpc: "2.0",
    id: 1,
    method,
    params: { ...params, _meta: { [VERSION]: "2026-07-28", [CAPABILITIES]: {} } },
  },
  headers: { "mcp-protocol-version": "2026-07-28", "mcp-method": method, ...headers },
});

describe("the era of a message", () => {
  it("is what the official SDK takes it for", () => {
    const version = fc.constantFrom("2026-07-28", "2025-11-25", "2099-01-01", 7);
    const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
    const sent = fc.record({
      method: fc.constantFrom("initialize", "tools/list", "server/discover", "notifications/cancelled", "ping"),
      id: optional(fc.constantFrom(1, "a")),
      meta: optional(
        fc.record(
          {
            [VERSION]: version,
            [CAPABILITIES]: fc.constantFrom({}, 1),
            [INFO]: fc.constant({ name: "a", version: "1" }),
          },
          { requiredKeys: [] },
        ),
      ),
      header: optional(fc.constantFrom("2026-07-28", "2025-11-25", "2099-01-01", " 2026-07-28 ")),
      named: optional(fc.constantFrom("initialize", "tools/list", "ping", "TOOLS/LIST")),
    });
    fc.assert(
      fc.property(sent, ({ method, id, meta, header, named }) => {
        const params = meta === undefined ? undefined : { _meta: meta };
        const body = { jsonrpc: "2.0", method, ...(id !== undefined && { id }), ...(params && { params }) };
        const headers = { ...(header && { "mcp-protocol-version": header }), ...(named && { "mcp-method": named }) };
        const mine = ours({ body, headers });
        const theirs = classifyInboundRequest({
          httpMethod: "POST",
          body,
          ...(header !== undefined && { protocolVersionHeader: header }),
          ...(named !== undefined && { mcpMethodHeader: named }),
        });
        if (theirs.kind === "legacy") expect(mine).toEqual({ kind: "era", era: "legacy" });
        else if (theirs.kind === "reject") expect(mine).toMatchObject({ status: theirs.httpStatus, code: theirs.code });
        else if (theirs.classification.revision !== "2026-07-28")
          expect(mine).toMatchObject({ status: 400, code: -32022 });
        else if (mine.kind === "refused") expect(mine).toMatchObject({ status: 400, code: -32020 });
        else expect(mine.era).toBe("modern");
      }),
      { numRuns: 5000 },
    );
  });

  it("names the supported versions to a client of a later one", () => {
    const sent = modern("tools/list", {}, { "mcp-protocol-version": "2099-01-01" });
    sent.body.params = { _meta: { [VERSION]: "2099-01-01", [CAPABILITIES]: {} } };
    expect(ours(sent)).toMatchObject({ code: -32022, data: { supported: ["2026-07-28"], requested: "2099-01-01" } });
  });

  it.each([
    ["no Mcp-Name", {}],
    ["another Mcp-Name", { "mcp-name": "list_users" }],
    ["Mcp-Name in another case", { "mcp-name": "Delete_user" }],
    ["broken base64", { "mcp-name": "=?base64?ZGVsZXRlX3VzZXI?=" }],
  ])("refuses a modern call with %s", (_, headers) => {
    expect(ours(modern("tools/call", { name: "delete_user" }, headers))).toMatchObject({ status: 400, code: -32020 });
  });

  it("takes Mcp-Name plain and in base64", () => {
    for (const name of ["delete_user", "=?base64?ZGVsZXRlX3VzZXI=?=", "  delete_user\t"]) {
      expect(ours(modern("tools/call", { name: "delete_user" }, { "mcp-name": name }))).toMatchObject({
        era: "modern",
      });
    }
  });

  it("never takes what looks like a version for a modern one", () => {
    for (const version of ["2025-11-25", "", "latest", "2026-07-28 ", "9999", "2026-07-28-draft"]) {
      expect(isModernVersion(version), version).toBe(false);
    }
  });
});
