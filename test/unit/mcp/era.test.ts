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

const REQUEST = { jsonrpc: "2.0", id: 1, method: "tools/list" };
const HEADER = { "mcp-protocol-version": "2026-07-28" };

/** With an envelope, and without a header. */
const enveloped = (meta: object): Sent => ({ body: { ...REQUEST, params: { _meta: meta } }, headers: {} });

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
    ["no Mcp-Name", {}, "params.name is set, but Mcp-Name is missing"],
    ["another Mcp-Name", { "mcp-name": "list_users" }, "params.name and Mcp-Name differ"],
    ["Mcp-Name in another case", { "mcp-name": "Delete_user" }, "params.name and Mcp-Name differ"],
    ["broken base64", { "mcp-name": "=?base64?ZGVsZXRlX3VzZXI?=" }, "Mcp-Name is neither ASCII nor sound base64"],
    ["no Mcp-Method", { "mcp-method": "-" }, "the body names tools/call, but Mcp-Method is missing"],
    ["another Mcp-Method", { "mcp-method": "tools/list" }, "the body names tools/call, Mcp-Method tools/list"],
    ["no MCP-Protocol-Version", { "mcp-protocol-version": "-" }, "MCP-Protocol-Version is missing"],
    [
      "another MCP-Protocol-Version",
      { "mcp-protocol-version": "2025-11-25" },
      "the body names protocol version 2026-07-28, MCP-Protocol-Version names 2025-11-25",
    ],
  ])("refuses a modern call with %s", (_, headers: Record<string, string>, what) => {
    const sent = modern("tools/call", { name: "delete_user" }, headers);
    for (const [name, value] of Object.entries(headers)) if (value === "-") delete sent.headers[name];
    expect(ours(sent)).toEqual({
      kind: "refused",
      status: 400,
      code: -32020,
      message: `Bad Request: the request headers and body disagree: ${what}`,
      id: 1,
    });
  });

  it("asks for no Mcp-Name where the body names nothing, or nothing of that kind", () => {
    expect(ours(modern("tools/list", {}, { "mcp-name": "stray" }))).toEqual({ kind: "era", era: "modern" });
    expect(ours(modern("tools/list", { null: "a" }, {}))).toEqual({ kind: "era", era: "modern" });
    expect(ours(modern("tools/call", { name: 7 }, {}))).toMatchObject({ era: "modern" });
  });

  it("looks for the name of a resource in its uri", () => {
    const of = (name: string) => ours(modern("resources/read", { uri: "a:b", name: "c" }, { "mcp-name": name }));
    expect(of("a:b")).toMatchObject({ era: "modern" });
    expect(of("c")).toMatchObject({ message: expect.stringMatching(/params\.uri and Mcp-Name differ$/) });
  });

  it("takes Mcp-Name plain and in base64", () => {
    for (const name of ["delete_user", "=?base64?ZGVsZXRlX3VzZXI=?=", "  delete_user\t"]) {
      expect(ours(modern("tools/call", { name: "delete_user" }, { "mcp-name": name }))).toMatchObject({
        era: "modern",
      });
    }
  });

  it.each<[string, Sent, string]>([
    [
      "a modern header over a body without an envelope",
      { body: REQUEST, headers: HEADER },
      `MCP-Protocol-Version names 2026-07-28, but params._meta lacks ${VERSION}, ${CAPABILITIES}`,
    ],
    [
      "a modern header over half an envelope",
      { body: { ...REQUEST, params: { _meta: { [CAPABILITIES]: {} } } }, headers: HEADER },
      `MCP-Protocol-Version names 2026-07-28, but params._meta lacks ${VERSION}`,
    ],
    ["no capabilities", enveloped({ [VERSION]: "2026-07-28" }), `params._meta: ${CAPABILITIES} is missing`],
    [
      "a version that is no string",
      enveloped({ [VERSION]: 7, [CAPABILITIES]: {} }),
      `params._meta: ${VERSION} must be a string`,
    ],
    [
      "capabilities that are no object",
      enveloped({ [VERSION]: "2026-07-28", [CAPABILITIES]: [] }),
      `params._meta: ${CAPABILITIES} must be an object`,
    ],
    [
      "a client that is no object",
      enveloped({ [VERSION]: "2026-07-28", [CAPABILITIES]: {}, [INFO]: "a" }),
      `params._meta: ${INFO} must be an object`,
    ],
  ])("refuses %s", (_, sent, what) => {
    expect(ours(sent)).toEqual({
      kind: "refused",
      status: 400,
      code: -32602,
      message: `Invalid params: ${what}`,
      id: 1,
    });
  });

  it("takes a claim that initialize makes only where the whole envelope is sound", () => {
    const initialize = (meta: object, headers = {}) =>
      ours({ body: { ...REQUEST, method: "initialize", params: { _meta: meta } }, headers });
    expect(initialize({ [VERSION]: "2025-11-25", [CAPABILITIES]: {} })).toEqual({ kind: "era", era: "legacy" });
    expect(initialize({ [VERSION]: "2026-07-28" })).toEqual({ kind: "era", era: "legacy" });
    expect(initialize({ [VERSION]: "2026-07-28", [CAPABILITIES]: {} })).toMatchObject({ code: -32020 });
    expect(initialize({ [VERSION]: "2026-07-28" }, HEADER)).toMatchObject({
      code: -32020,
      message: expect.stringMatching(
        /initialize belongs to the legacy handshake, but MCP-Protocol-Version names 2026-07-28$/,
      ),
    });
    expect(initialize({}, { "mcp-protocol-version": "2025-11-25" })).toEqual({ kind: "era", era: "legacy" });
  });

  it("says of a version that it does not speak which it does", () => {
    expect(ours(enveloped({ [VERSION]: "2025-11-25", [CAPABILITIES]: {} }))).toEqual({
      kind: "refused",
      status: 400,
      code: -32022,
      message: "Unsupported protocol version: 2025-11-25 (supported: 2026-07-28)",
      id: 1,
      data: { supported: ["2026-07-28"], requested: "2025-11-25" },
    });
  });

  it.each<[string, object, Record<string, string>, object]>([
    ["legacy without a claim", {}, {}, { era: "legacy" }],
    ["legacy under a legacy header", {}, { "mcp-protocol-version": "2025-11-25" }, { era: "legacy" }],
    ["modern under a modern header", {}, HEADER, { era: "modern" }],
    ["modern by its own claim", { [VERSION]: "2026-07-28" }, {}, { era: "modern" }],
    ["modern by both", { [VERSION]: "2026-07-28" }, HEADER, { era: "modern" }],
    ["modern with the method mirrored", {}, { ...HEADER, "mcp-method": "notifications/cancelled" }, { era: "modern" }],
    [
      "refused when the header says otherwise",
      { [VERSION]: "2025-11-25" },
      HEADER,
      {
        code: -32020,
        message: expect.stringMatching(/names protocol version 2025-11-25, MCP-Protocol-Version names 2026-07-28$/),
      },
    ],
    [
      "refused when another method is mirrored",
      {},
      { ...HEADER, "mcp-method": "tools/call" },
      {
        code: -32020,
        message: expect.stringMatching(/the body names notifications\/cancelled, Mcp-Method tools\/call$/),
      },
    ],
    ["legacy whatever method is mirrored", {}, { "mcp-method": "tools/call" }, { era: "legacy" }],
    [
      "refused when its claim is no string",
      { [VERSION]: 7 },
      {},
      { code: -32602, message: `Invalid params: params._meta: ${VERSION} must be a string` },
    ],
    ["refused when its claim is of an earlier version", { [VERSION]: "2025-11-25" }, {}, { code: -32022 }],
    [
      "refused for its version, and not for its method, when that is earlier",
      { [VERSION]: "2025-11-25" },
      { "mcp-method": "tools/call" },
      { code: -32022 },
    ],
    ["refused when the header names a later version", {}, { "mcp-protocol-version": "2099-01-01" }, { code: -32022 }],
  ])("of a notification is %s", (_, meta, headers, expected) => {
    const body = { jsonrpc: "2.0", method: "notifications/cancelled", params: { _meta: meta } };
    expect(ours({ body, headers })).toMatchObject({
      ...("era" in expected ? {} : { status: 400, id: null }),
      ...expected,
    });
  });

  it("of a response is the legacy one, whatever its headers say", () => {
    expect(ours({ body: { jsonrpc: "2.0", id: 1, result: {} }, headers: HEADER })).toMatchObject({ era: "legacy" });
  });

  it.each([undefined, 7, []])("is legacy where _meta is no object: %j", (meta) => {
    expect(ours({ body: { ...REQUEST, params: { _meta: meta } }, headers: {} })).toMatchObject({ era: "legacy" });
  });

  it("never takes what looks like a version for a modern one", () => {
    const others = [
      "2025-11-25",
      "",
      "latest",
      "2026-07-28 ",
      "9999",
      "2026-07-28-draft",
      "12026-07-28",
      "x2026-07-28",
      "2026-7-28",
    ];
    for (const version of others) expect(isModernVersion(version), version).toBe(false);
    for (const version of ["2026-07-28", "2026-07-29", "2099-01-01"]) expect(isModernVersion(version)).toBe(true);
  });
});
