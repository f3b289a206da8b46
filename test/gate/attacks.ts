/**
 * Bodies that say one thing to one reader and another to the next, each meant to carry a denied call past a policy that
 * allows `echo`. They are texts and bytes, since that is where readers differ.
 */
import { ENVELOPE, ID } from "./speak.ts";

export type Attack = {
  readonly name: string;
  /** `meta` is the envelope of the era as the last member of params, with its comma; empty in the legacy era. */
  readonly body: (meta: string) => string | Uint8Array;
  readonly code: number;
  /** The id that the refusal must echo. */
  readonly id: unknown;
};

export function metaOf(era: "legacy" | "modern"): string {
  return era === "modern" ? `,${ENVELOPE}` : "";
}

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;

const ECHO = '"name":"echo","arguments":{"mode":"peek"}';

/** A call with these members in its params. */
function params(members: string) {
  return (meta: string) => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":{${members}${meta}}}`;
}

/** An allowed call with these members beside its params. */
function beside(members: string) {
  return (meta: string) => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":{${ECHO}${meta}},${members}}`;
}

/** An allowed call with its head in other words. */
function head(members: string) {
  return (meta: string) => `{${members},"params":{${ECHO}${meta}}}`;
}

function bytes(change: (text: string) => Uint8Array) {
  return (meta: string) => change(params(ECHO)(meta));
}

/** The allowed call, with bytes in place of the p of `peek`. */
function spliced(...inserted: number[]) {
  return bytes((text) => {
    const at = text.indexOf("peek");
    return Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from(inserted), Buffer.from(text.slice(at + 1))]);
  });
}

/** The same params, as a list of messages to send at once. */
function batch(...tools: string[]) {
  return (meta: string) => `[${tools.map((tool) => params(`"name":"${tool}","arguments":{}`)(meta)).join()}]`;
}

const WIPE = '"params":{"name":"wipe","arguments":{}}';

/** Texts that are no strict JSON, or not the same JSON to everybody. Nothing in them can be believed, the id neither. */
const UNREADABLE: Readonly<Record<string, Attack["body"]>> = {
  "a name that stands twice, the denied one last": params('"name":"echo","name":"wipe"'),
  "a name that stands twice, the denied one first": params('"name":"wipe","name":"echo"'),
  "a name that stands twice, once by an escape": params('"name":"echo","\\u006eame":"wipe"'),
  "arguments that stand twice": params(`${ECHO},"arguments":{"mode":"destroy"}`),
  "an argument that stands twice": params('"name":"echo","arguments":{"mode":"peek","mode":"destroy"}'),
  "an argument that stands twice, once by an escape": params(
    '"name":"echo","arguments":{"mode":"peek","mod\\u0065":"destroy"}',
  ),
  "a key that stands twice deep within an argument": params('"name":"echo","arguments":{"a":[{"b":{"c":1,"c":2}}]}'),
  "a key that stands twice in _meta": params(`${ECHO},"_meta":{"a":1,"a":2}`),
  "a key of no meaning that stands twice": params(`${ECHO},"x":1,"x":1`),
  "params that stand twice": beside(WIPE),
  "params that stand twice, once by an escape": beside(WIPE.replace("params", "p\\u0061rams")),
  "a method that stands twice": head(`"jsonrpc":"2.0","id":${ID},"method":"tools/call","method":"tools/list"`),
  "an id that stands twice": head(`"jsonrpc":"2.0","id":${ID},"id":8,"method":"tools/call"`),
  "a version that stands twice": head(`"jsonrpc":"2.0","jsonrpc":"2.0","id":${ID},"method":"tools/call"`),
  "a byte order mark": (meta) => `\ufeff${params(ECHO)(meta)}`,
  "a byte that is no UTF-8": spliced(0xff),
  "an overlong form of a letter": spliced(0xc1, 0xb0),
  "half a surrogate pair in UTF-8": spliced(0xed, 0xa0, 0x80),
  "a control character in a string": spliced(0x00),
  "UTF-16, little endian": bytes((text) => Buffer.from(text, "utf16le")),
  "UTF-16, little endian, with its mark": bytes((text) => Buffer.from(`\ufeff${text}`, "utf16le")),
  "UTF-16, big endian, with its mark": bytes((text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16()),
  "arguments 65 deep": params(`"name":"echo","arguments":{"a":${"[".repeat(62)}${"]".repeat(62)}}`),
  "a hundred thousand brackets": () => "[".repeat(100_000),
  "two messages, one on each line": (meta) => `${params(ECHO)(meta)}\n${params('"name":"wipe"')(meta)}`,
  "a comment": params(`${ECHO}/*,"name":"wipe"*/`),
  "a comma too many": params(`"name":"echo","arguments":{"mode":"peek",}`),
  "single quotes": params(`"name":'echo'`),
  "a number that JSON does not know": params('"name":"echo","arguments":{"a":NaN}'),
  "a number with a leading zero": params('"name":"echo","arguments":{"a":010}'),
  "half a message": (meta) => params(ECHO)(meta).slice(0, -2),
  "nothing at all": () => "",
};

/** Strict JSON that is not one plain JSON-RPC message. */
const MISSHAPEN: readonly (readonly [string, Attack["body"], id?: null])[] = [
  ["a batch of one", batch("echo"), null],
  ["a batch of one denied call", batch("wipe"), null],
  ["a batch of an allowed call and a denied one", batch("echo", "wipe"), null],
  ["an empty batch", () => "[]", null],
  ["a batch in a batch", (meta) => `[${batch("wipe")(meta)}]`, null],
  ["a bare string", () => '"tools/call"', null],
  ["a name in capitals beside the name", params(`${ECHO},"Name":"wipe"`)],
  ["a name in capitals and no other", params('"NAME":"wipe"')],
  ["a name that ends in NUL", params(`${ECHO},"name\\u0000":"wipe"`)],
  ["a name with NUL within", params(`${ECHO},"na\\u0000me":"wipe"`)],
  ["arguments in capitals", params(`${ECHO},"Arguments":{"mode":"destroy"}`)],
  ["arguments with a long s", params(`${ECHO},"argument\u017f":{"mode":"destroy"}`)],
  ["arguments with a long s, by an escape", params(`${ECHO},"argument\\u017F":{"mode":"destroy"}`)],
  ["a task with a Kelvin sign", params(`${ECHO},"tas\u212a":{}`)],
  ["a task with a long s and a Kelvin sign", params(`${ECHO},"ta\\u017f\\u212a":{}`)],
  ["a _meta in capitals", params(`${ECHO},"_Meta":{}`)],
  ["a method in capitals beside the method", beside('"Method":"tools/list"')],
  ["a method that ends in NUL", beside('"method\\u0000":"tools/list"')],
  ["params in capitals", beside(WIPE.replace("params", "Params"))],
  ["params with a long s", beside(WIPE.replace("params", "param\u017f"))],
  ["an id in capitals", beside('"ID":8')],
  ["a version in capitals", beside('"JsonRPC":"1.0"')],
  ["a member that JSON-RPC does not know", beside('"extra":{"method":"tools/call"}')],
  ["a member called __proto__", beside(`"__proto__":{${WIPE}}`)],
  ["a response that carries a method", beside('"result":{}')],
  ["an error that carries a method", beside('"error":{"code":1,"message":""}')],
  [
    "an error without an id that carries a method",
    head('"jsonrpc":"2.0","id":null,"error":{},"method":"tools/call"'),
    null,
  ],
  [
    "a response that carries a method in capitals",
    () => `{"jsonrpc":"2.0","id":${ID},"result":{},"Method":"tools/call"}`,
  ],
  ["a response with a result and an error", () => `{"jsonrpc":"2.0","id":${ID},"result":{},"error":{}}`],
  ["an id that is null", head('"jsonrpc":"2.0","id":null,"method":"tools/call"'), null],
  ["an id that is a fraction", head('"jsonrpc":"2.0","id":7.5,"method":"tools/call"'), null],
  ["an id that is a whole number in disguise", head('"jsonrpc":"2.0","id":7.0,"method":"tools/call"'), null],
  ["an id with an exponent", head('"jsonrpc":"2.0","id":7e0,"method":"tools/call"'), null],
  ["an id that is an object", head('"jsonrpc":"2.0","id":{"a":7},"method":"tools/call"'), null],
  ["an id that is a list", head('"jsonrpc":"2.0","id":[7],"method":"tools/call"'), null],
  ["an id that is true", head('"jsonrpc":"2.0","id":true,"method":"tools/call"'), null],
  ["no version", head(`"id":${ID},"method":"tools/call"`)],
  ["another version", head(`"jsonrpc":"1.0","id":${ID},"method":"tools/call"`)],
  ["a version that is a number", head(`"jsonrpc":2.0,"id":${ID},"method":"tools/call"`)],
  ["a method that is a list", head(`"jsonrpc":"2.0","id":${ID},"method":["tools/call"]`)],
  ["a method that is null", head(`"jsonrpc":"2.0","id":${ID},"method":null`)],
  ["no method", head(`"jsonrpc":"2.0","id":${ID}`)],
  ["params that are a list", () => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":["echo"]}`],
  ["params that are a string", () => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":"echo"}`],
];

/** Messages that are well formed but name no tool, or give it no arguments. */
const NAMELESS: Readonly<Record<string, Attack["body"]>> = {
  "a call without a name": params('"arguments":{}'),
  "a name that is a list": params('"name":["echo"]'),
  "a name that is an object": params('"name":{"toString":"echo"}'),
  "a name that is a number": params('"name":0'),
  "a name that is null": params('"name":null'),
  "a name below __proto__": params('"__proto__":{"name":"echo"}'),
  "arguments that are a list": params('"name":"echo","arguments":[{"mode":"destroy"}]'),
  "arguments that are a string of JSON": params('"name":"echo","arguments":"{\\"mode\\":\\"destroy\\"}"'),
  "arguments that are null": params('"name":"echo","arguments":null'),
};

export const MALFORMED: readonly Attack[] = [
  ...Object.entries(UNREADABLE).map(([name, body]) => ({ name, body, code: PARSE_ERROR, id: null })),
  ...MISSHAPEN.map(([name, body, id = ID]) => ({ name, body, code: INVALID_REQUEST, id })),
];

export const MISTOLD: readonly Attack[] = Object.entries(NAMELESS).map(([name, body]) => {
  return { name, body, code: INVALID_PARAMS, id: ID };
});
