import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import { JsonNumber } from "../../../src/json/value.ts";
import { encodeMessage, isId, readMessage, sameId } from "../../../src/mcp/message.ts";

const read = (text: string) => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return readMessage(parsed.value);
};

const NEITHER = "The body is neither a JSON-RPC request, nor a notification, nor a response.";

const reasonOf = (text: string) => {
  const message = read(text);
  return message.kind === "refused" ? message.message.replace("Bad Request: ", "") : null;
};

describe("reading a message", () => {
  it("tells requests, notifications and responses apart", () => {
    expect(read('{"jsonrpc":"2.0","id":0,"method":"ping"}')).toMatchObject({ kind: "request", id: 0 });
    expect(read('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toMatchObject({ kind: "notification" });
    expect(read('{"jsonrpc":"2.0","id":"a","result":{}}')).toMatchObject({ kind: "response", id: "a" });
    expect(read('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}')).toMatchObject({ kind: "response" });
  });

  it("gives all that it says", () => {
    const params = { name: "a" };
    expect(read('{"jsonrpc":"2.0","id":0,"method":"x","params":{"name":"a"}}')).toEqual({
      kind: "request",
      id: 0,
      method: "x",
      params,
    });
    expect(read('{"jsonrpc":"2.0","method":"x"}')).toEqual({ kind: "notification", method: "x", params: {} });
    expect(read('{"jsonrpc":"2.0","id":0,"result":{"a":1}}')).toEqual({
      kind: "response",
      id: 0,
      outcome: { kind: "result", result: { a: 1 } },
    });
    expect(read('{"jsonrpc":"2.0","error":{"code":1}}')).toEqual({
      kind: "response",
      id: null,
      outcome: { kind: "error", error: { code: 1 } },
    });
  });

  it.each([
    ["a batch", "[]", "JSON-RPC batches are not accepted; send each message in its own request."],
    ["a batch of one", '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', /batches/],
    ["a string", '"ping"', "The body is not a JSON-RPC message."],
    ["nothing", "null", /not a JSON-RPC message/],
    ["a fractional id", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', '"id" must be a string or an integer.'],
    ["an id in another form of writing", '{"jsonrpc":"2.0","id":1e+21,"method":"ping"}', /"id" must be/],
    ["an object as id", '{"jsonrpc":"2.0","id":{},"method":"ping"}', /"id" must be/],
    ["a null id", '{"jsonrpc":"2.0","id":null,"method":"ping"}', /"id" must be/],
    ["a null id of a result", '{"jsonrpc":"2.0","id":null,"result":{}}', /"id" must be/],
    ["an error with an id that is none", '{"jsonrpc":"2.0","id":true,"error":{}}', /"id" must be/],
    [
      "a result without an id",
      '{"jsonrpc":"2.0","result":{}}',
      /neither a JSON-RPC request, nor a notification, nor a/,
    ],
  ])("refuses %s", (_, text, message) => {
    expect(read(text)).toMatchObject({ kind: "refused", status: 400, code: -32600, id: null });
    expect(reasonOf(text)).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
  });

  it.each([
    ["another version", '{"jsonrpc":"1.0","id":1,"method":"ping"}', '"jsonrpc" must be "2.0".'],
    ["no version", '{"id":1,"method":"ping"}', '"jsonrpc" must be "2.0".'],
    [
      "a list of tools under another key",
      '{"jsonrpc":"2.0","id":1,"result":{"tools":[],"Tools":[]}}',
      'A key of the result could be read as "tools".',
    ],
    ["params by position", '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', '"params" must be an object.'],
    ["params that are null", '{"jsonrpc":"2.0","id":1,"method":"ping","params":null}', '"params" must be an object.'],
    ["a method that is no string", '{"jsonrpc":"2.0","id":1,"method":7}', '"method" must be a string.'],
    ["a method without a name", '{"jsonrpc":"2.0","id":1,"method":""}', '"method" must be a string.'],
    [
      "a method beside a result",
      '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}',
      '"result" is no member of a JSON-RPC request.',
    ],
    [
      "an unknown member of a request",
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":{},"extra":1}',
      '"extra" is no member of a JSON-RPC request.',
    ],
    [
      "an unknown member of a response",
      '{"jsonrpc":"2.0","id":1,"result":{},"extra":1}',
      '"extra" is no member of a JSON-RPC response.',
    ],
    ["a result beside an error", '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}', NEITHER],
    ["a result beside an error that is none", '{"jsonrpc":"2.0","id":1,"result":{},"error":7}', NEITHER],
    ["an error beside a result that is none", '{"jsonrpc":"2.0","id":1,"result":7,"error":{}}', NEITHER],
    ["a result that is no object", '{"jsonrpc":"2.0","id":1,"result":[]}', NEITHER],
    ["an error that is no object", '{"jsonrpc":"2.0","id":1,"error":"no"}', NEITHER],
    ["neither", '{"jsonrpc":"2.0","id":1}', NEITHER],
  ])("refuses %s, and answers the id that came", (_, text, reason) => {
    expect(read(text)).toEqual({
      kind: "refused",
      status: 400,
      code: -32600,
      message: `Bad Request: ${reason}`,
      id: 1,
    });
  });

  it.each([
    ["another case", '{"jsonrpc":"2.0","id":1,"method":"tools/call","Params":{}}'],
    ["another case in params", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}'],
    ["a NUL", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name\\u0000":"b"}}'],
    ["a NUL and more behind it", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"arguments\\u0000x":{}}}'],
    ["a long s", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","argument\\u017f":{}}}'],
    ["a Kelvin sign", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"ta\\u017f\\u212a":{}}}'],
    [
      "another case among capabilities",
      '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{"Tasks":{}}}}',
    ],
    [
      "another case among extensions",
      '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"extensions":{"io.modelcontextprotocol/Tasks":{}}}}}}',
    ],
    [
      "another case among what is listened to",
      '{"jsonrpc":"2.0","id":1,"method":"x","params":{"notifications":{"TaskIds":["t"]}}}',
    ],
    ["another case in _meta", '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"ProgressToken":1}}}'],
  ])("refuses a known key in disguise: %s", (_, text) => {
    expect(read(text)).toMatchObject({
      ...{ kind: "refused", status: 400, id: 1 },
      message: expect.stringMatching(/^Bad Request: the key ".*" could be read as ".*"\.$/),
    });
  });

  it("leaves the names of a tool's own arguments alone", () => {
    const text =
      '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{"Name":1,"METHOD":2}}}';
    const message = read(text);
    expect(message.kind).toBe("request");
    expect(message.kind !== "refused" && encodeMessage(message)).toBe(text);
  });

  it("echoes ids with their type and digits", () => {
    for (const id of ["0", '"0"', "9007199254740993", '""']) {
      const message = read(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
      expect(message.kind === "request" && JSON.stringify({ id: message.id })).toBe(`{"id":${id}}`);
    }
    expect(sameId(1, "1")).toBe(false);
    expect(sameId("1", "1")).toBe(true);
  });
});

describe("an id", () => {
  it.each(["0", "-1", "9007199254740993", "-9007199254740993", '""', '"a"'])(
    "is a string or an integer: %s",
    (text) => {
      expect(read(`{"jsonrpc":"2.0","id":${text},"method":"ping"}`)).toMatchObject({ kind: "request" });
    },
  );

  it.each(["1.0", "1e3", "0.5", "9007199254740993.0", "1e400", "1E2", "true"])("is nothing else: %s", (text) => {
    expect(read(`{"jsonrpc":"2.0","id":${text},"method":"ping"}`)).toMatchObject({ kind: "refused", id: null });
  });

  it("is an integer as integers are written, however it was come by", () => {
    expect([1e20, -1e20, 1e21, -1e21, 0.5, Number.NaN].map((id) => isId(id))).toEqual([
      ...[true, true, false, false, false, false],
    ]);
    expect([null, true, {}, [], undefined].some((id) => isId(id))).toBe(false);
  });

  it("is the same by type and digits", () => {
    const long = new JsonNumber("9007199254740993");
    expect(sameId(new JsonNumber("9007199254740993"), long)).toBe(true);
    expect(sameId(new JsonNumber("9007199254740992"), long)).toBe(false);
    expect(sameId(9007199254740992, long)).toBe(false);
    expect(sameId(long, 9007199254740992)).toBe(false);
    expect(sameId(undefined, "undefined")).toBe(false);
  });
});

describe("a message on the wire", () => {
  it.each([
    '{"jsonrpc":"2.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0","id":"a","method":"x","params":{"name":"a"}}',
    '{"jsonrpc":"2.0","method":"notifications/initialized"}',
    '{"jsonrpc":"2.0","method":"x","params":{"a":1}}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
    '{"jsonrpc":"2.0","id":null,"error":{"code":1}}',
  ])("is what was read: %s", (text) => {
    const message = read(text);
    expect(message.kind !== "refused" && encodeMessage(message)).toBe(text);
  });

  it("has no params where there is nothing in them", () => {
    const message = read('{"jsonrpc":"2.0","id":1,"method":"ping","params":{}}');
    expect(message.kind !== "refused" && encodeMessage(message)).toBe('{"jsonrpc":"2.0","id":1,"method":"ping"}');
  });
});
