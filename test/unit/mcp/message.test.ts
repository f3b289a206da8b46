import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import { encodeMessage, readMessage, sameId } from "../../../src/mcp/message.ts";

const read = (text: string) => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return readMessage(parsed.value);
};

describe("reading a message", () => {
  it("tells requests, notifications and responses apart", () => {
    expect(read('{"jsonrpc":"2.0","id":0,"method":"ping"}')).toMatchObject({ kind: "request", id: 0 });
    expect(read('{"jsonrpc":"2.0","method":"notifications/initialized"}')).toMatchObject({ kind: "notification" });
    expect(read('{"jsonrpc":"2.0","id":"a","result":{}}')).toMatchObject({ kind: "response", id: "a" });
    expect(read('{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}')).toMatchObject({ kind: "response" });
  });

  it.each([
    ["a batch", "[]"],
    ["a batch of one", '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'],
    ["another version", '{"jsonrpc":"1.0","id":1,"method":"ping"}'],
    ["no version", '{"id":1,"method":"ping"}'],
    ["a null id", '{"jsonrpc":"2.0","id":null,"method":"ping"}'],
    ["a fractional id", '{"jsonrpc":"2.0","id":1.5,"method":"ping"}'],
    ["an object as id", '{"jsonrpc":"2.0","id":{},"method":"ping"}'],
    ["params by position", '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}'],
    ["a method that is no string", '{"jsonrpc":"2.0","id":1,"method":7}'],
    ["a method beside a result", '{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}'],
    ["a result beside an error", '{"jsonrpc":"2.0","id":1,"result":{},"error":{}}'],
    ["an unknown member", '{"jsonrpc":"2.0","id":1,"method":"ping","extra":1}'],
    ["a string", '"ping"'],
  ])("refuses %s", (_, text) => {
    expect(read(text)).toMatchObject({ kind: "refused", status: 400, code: -32600 });
  });

  it.each([
    ["another case", '{"jsonrpc":"2.0","id":1,"method":"tools/call","Params":{}}'],
    ["another case in params", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","Name":"b"}}'],
    ["a NUL", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name\\u0000":"b"}}'],
    ["a long s", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","argument\\u017f":{}}}'],
    ["a Kelvin sign", '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"ta\\u017f\\u212a":{}}}'],
    ["another case in _meta", '{"jsonrpc":"2.0","id":1,"method":"x","params":{"_meta":{"ProgressToken":1}}}'],
  ])("refuses a known key in disguise: %s", (_, text) => {
    expect(read(text)).toMatchObject({ kind: "refused", status: 400, id: 1, message: /could be read as/ });
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
