/**
 * Bodies that say one thing to one reader and another to the next, each meant to carry a denied call past a policy that
 * allows `echo`. They are texts and bytes, since that is where readers differ.
 */
import { ID } from "../gate/speak.ts";

export type Attack = {
  readonly name: string;
  /** `meta` is the envelope of the era as the last member of params, with its comma; empty in the legacy era. */
  readonly body: (meta: string) => string | Uint8Array;
  readonly code: number;
  /** The id that the refusal must echo. */
  readonly id: unknown;
};

type Body = Attack["body"];

const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;
const INVALID_PARAMS = -32602;

const ECHO = '"name":"echo","arguments":{"mode":"peek"}';
const WIPE = '"params":{"name":"wipe","arguments":{}}';

/** A call with these members in its params. */
function params(members: string) {
  return (meta: string) => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":{${members}${meta}}}`;
}

/** An allowed call whose one argument is this text. */
function argument(text: string) {
  return params(`"name":"echo","arguments":{"a":${text}}`);
}

/** An allowed call with these members beside its params. */
function beside(members: string) {
  return (meta: string) => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":{${ECHO}${meta}},${members}}`;
}

/** An allowed call with its head in other words. */
function head(members: string) {
  return (meta: string) => `{${members},"params":{${ECHO}${meta}}}`;
}

function ided(id: string) {
  return head(`"jsonrpc":"2.0","id":${id},"method":"tools/call"`);
}

/** An allowed call with these members in its `_meta`. */
function inMeta(members: string) {
  return (meta: string) => {
    const more = meta === "" ? `,"_meta":{${members}}` : meta.replace('"_meta":{', `"_meta":{${members},`);
    return params(ECHO)(more);
  };
}

/** The same for what the client says it can do: of the request in the modern era, of the session in the legacy era. */
function inCapabilities(members: string) {
  return (meta: string) => {
    if (meta === "") return params(`${ECHO},"capabilities":{${members}}`)("");
    return params(ECHO)(meta.replace('clientCapabilities":{', `clientCapabilities":{${members}`));
  };
}

/** An allowed call with something in front of it, between its tokens or behind it. */
function around(before: string, between: string, behind: string) {
  return (meta: string) => before + params(ECHO)(meta).replace('"params":', `"params":${between}`) + behind;
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

function utf32(text: string, swapped: boolean): Buffer {
  const units = Buffer.from(Uint32Array.from([...text], (letter) => letter.codePointAt(0) ?? 0).buffer);
  return swapped ? units.swap32() : units;
}

/** The same params, as a list of messages to send at once. */
function batch(...tools: string[]) {
  return (meta: string) => `[${tools.map((tool) => params(`"name":"${tool}","arguments":{}`)(meta)).join()}]`;
}

function named(names: readonly string[], name: (text: string) => string, body: (text: string) => Body): Row[] {
  return names.map((text) => [name(text), body(text)]);
}

type Row = readonly [name: string, body: Body, id?: unknown];

const MANY = Array.from({ length: 20_000 }, (_, nth) => `"k${nth}":1`).join();

const NUMBERS = [
  ...["NaN", "Infinity", "-Infinity", "+1", ".5", "5.", "-.5", "010", "-01", "00", "0x10", "0b1", "1_000", "1e", "1e+"],
  ...["--1", "-", "1.e1", "1,5", "1n", "\uff11"],
];
const WORDS = ["True", "nul", "undefined", "TRUE", "nullx"];
const ESCAPES = ["\\x41", "\\u12", "\\u{41}", "\\'", "\\0", "\\U00000041", "\\u00zz", "\\"];
const BLANKS = ["\\u00a0", "\\u2028", "\\u2029", "\\u3000", "\\u200b", "\\ufeff", "\\u0085", "\\f", "\\v", "\\0"];

/** Texts that are no strict JSON, or not the same JSON to everybody. Nothing in them can be believed, the id neither. */
const UNREADABLE: readonly Row[] = [
  ["a name that stands twice, the denied one last", params('"name":"echo","name":"wipe"')],
  ["a name that stands twice, the denied one first", params('"name":"wipe","name":"echo"')],
  ["a name that stands twice, once by an escape", params('"name":"echo","\\u006eame":"wipe"')],
  ["a name that stands twice, all in escapes", params('"name":"echo","\\u006E\\u0061\\u006D\\u0065":"wipe"')],
  ["arguments that stand twice", params(`${ECHO},"arguments":{"mode":"destroy"}`)],
  ["an argument that stands twice", params('"name":"echo","arguments":{"mode":"peek","mode":"destroy"}')],
  [
    "an argument that stands twice, once by an escape",
    params('"name":"echo","arguments":{"mode":"peek","mod\\u0065":"destroy"}'),
  ],
  [
    "an argument that stands twice, once by a pair of escapes",
    params('"name":"echo","arguments":{"\u{1f600}":1,"\\ud83d\\ude00":2}'),
  ],
  ["an argument that stands twice, behind 20,000 others", params(`"name":"echo","arguments":{${MANY},"k1":2}`)],
  ["an argument called __proto__ that stands twice", argument('{"__proto__":{},"__proto__":{}}')],
  ["an argument called constructor that stands twice", argument('{"constructor":1,"constructor":2}')],
  ["an argument without a name that stands twice", argument('{"":1,"":2}')],
  ["an argument called 0 that stands twice", argument('{"0":1,"0":2}')],
  ["a key that stands twice deep within an argument", argument('[{"b":{"c":1,"c":2}}]')],
  ["a key that stands twice sixty levels down", argument(`${"[".repeat(58)}{"c":1,"c":2}${"]".repeat(58)}`)],
  ["a key that stands twice in _meta", inMeta('"a":1,"a":2')],
  ["a progress token that stands twice", inMeta('"progressToken":1,"progressToken":2')],
  ["a _meta that stands twice", (meta) => params(`${ECHO},"_meta":{}`)(meta || ',"_meta":{}')],
  ["a capability that stands twice", inCapabilities('"roots":{},"roots":{}')],
  ["a key of no meaning that stands twice", params(`${ECHO},"x":1,"x":1`)],
  ["params that stand twice", beside(WIPE)],
  ["params that stand twice, once by an escape", beside(WIPE.replace("params", "p\\u0061rams"))],
  ["a method that stands twice", head(`"jsonrpc":"2.0","id":${ID},"method":"tools/call","method":"tools/list"`)],
  ["an id that stands twice", head(`"jsonrpc":"2.0","id":${ID},"id":8,"method":"tools/call"`)],
  ["an id that stands twice, alike", head(`"jsonrpc":"2.0","id":${ID},"id":${ID},"method":"tools/call"`)],
  ["a version that stands twice", head(`"jsonrpc":"2.0","jsonrpc":"2.0","id":${ID},"method":"tools/call"`)],
  ["a member of no meaning that stands twice", beside('"__proto__":1,"__proto__":2')],

  ["a byte order mark", (meta) => `\ufeff${params(ECHO)(meta)}`],
  ["two byte order marks", (meta) => `\ufeff\ufeff${params(ECHO)(meta)}`],
  ["a byte order mark behind a blank", (meta) => ` \ufeff${params(ECHO)(meta)}`],
  ["a byte order mark at the end", (meta) => `${params(ECHO)(meta)}\ufeff`],
  ["a byte that is no UTF-8", spliced(0xff)],
  ["a byte that continues nothing", spliced(0x80)],
  ["a byte that is not continued", spliced(0xc3)],
  ["a letter of Latin-1", spliced(0xe9)],
  ["an overlong form of a letter", spliced(0xc1, 0xb0)],
  ["an overlong form of NUL", spliced(0xc0, 0x80)],
  ["an overlong form in three bytes", spliced(0xe0, 0x81, 0xb0)],
  ["an overlong form in four bytes", spliced(0xf0, 0x80, 0x81, 0xb0)],
  ["a form of five bytes", spliced(0xf8, 0x88, 0x80, 0x80, 0x80)],
  ["half a surrogate pair in UTF-8", spliced(0xed, 0xa0, 0x80)],
  ["a surrogate pair in UTF-8", spliced(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80)],
  ["a letter beyond Unicode", spliced(0xf4, 0x90, 0x80, 0x80)],
  ["a letter cut off at the end", bytes((text) => Buffer.concat([Buffer.from(text), Buffer.from([0xe2, 0x82])]))],
  ["UTF-16, little endian", bytes((text) => Buffer.from(text, "utf16le"))],
  ["UTF-16, little endian, with its mark", bytes((text) => Buffer.from(`\ufeff${text}`, "utf16le"))],
  ["UTF-16, big endian", bytes((text) => Buffer.from(text, "utf16le").swap16())],
  ["UTF-16, big endian, with its mark", bytes((text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16())],
  ["UTF-32, little endian", bytes((text) => utf32(text, false))],
  ["UTF-32, big endian, with its mark", bytes((text) => utf32(`\ufeff${text}`, true))],
  ["UTF-7", (meta) => params(ECHO)(meta).replaceAll('"', "+ACI-")],

  ["arguments 65 deep", argument(`${"[".repeat(62)}${"]".repeat(62)}`)],
  ["arguments 65 deep, in objects", argument(`${'{"a":'.repeat(62)}1${"}".repeat(62)}`)],
  ["a hundred thousand brackets", () => "[".repeat(100_000)],
  ["four million brackets", () => "[".repeat(4_000_000)],
  ["four megabytes of objects in objects", () => '{"a":'.repeat(800_000)],

  ["two messages, one behind the other", (meta) => params(ECHO)(meta) + params('"name":"wipe"')(meta)],
  ["two messages, one on each line", (meta) => `${params(ECHO)(meta)}\n${params('"name":"wipe"')(meta)}`],
  ["two messages with NUL between", (meta) => `${params(ECHO)(meta)}\0${params('"name":"wipe"')(meta)}`],
  ["two messages with a comma between", (meta) => `${params(ECHO)(meta)},${params('"name":"wipe"')(meta)}`],
  ["a record separator in front", around("\x1e", "", "\n")],
  ["a prefix against inclusion in front", around(")]}',\n", "", "")],
  ["a name of a variable in front", around("x=", "", ";")],
  ["an event of a stream", around("data: ", "", "\n\n")],
  ["a form", (meta) => `message=${encodeURIComponent(params(ECHO)(meta))}`],
  ["a bracket too many", around("", "", "}")],
  ["half a message", (meta) => params(ECHO)(meta).slice(0, -2)],
  ["all but the last bracket", (meta) => params(ECHO)(meta).slice(0, -1)],
  ["nothing at all", () => ""],
  ["nothing but blanks", () => " \r\n\t"],

  ["a comment", params(`${ECHO}/*,"name":"wipe"*/`)],
  ["a comment to the end of the line", params(`${ECHO}//,"name":"wipe"\n`)],
  ["a comment behind a hash", params(`${ECHO}#,"name":"wipe"\n`)],
  ["a comma too many", params('"name":"echo","arguments":{"mode":"peek",}')],
  ["a comma too many in a list", argument("[1,]")],
  ["a comma and nothing else", argument("[,]")],
  ["no comma", params('"name":"echo" "arguments":{}')],
  ["a semicolon", params('"name":"echo";"arguments":{}')],
  ["no colon", params('"name" "echo"')],
  ["an equals sign", params('"name"="echo"')],
  ["single quotes", params(`"name":'echo'`)],
  ["a key without quotes", params('name:"echo"')],
  ["a key that is a number", params(`${ECHO},1:2`)],
  ["a list with a key", argument('["a":1]')],
  ["a control character in a string", spliced(0x00)],
  ["a line break in a string", spliced(0x0a)],
  ["a tab in a string", spliced(0x09)],
  ["a control character in a key", argument('{"a\u0001":1}')],
  ...named(
    NUMBERS,
    (text) => `the number ${text}`,
    (text) => argument(text),
  ),
  ...named(
    WORDS,
    (text) => `the word ${text}`,
    (text) => argument(text),
  ),
  ...named(
    ESCAPES,
    (text) => `the escape ${text}`,
    (text) => params(`"name":"${text}"`),
  ),
  ...named(
    BLANKS,
    (text) => `the blank ${text}`,
    (text) => around("", blank(text), ""),
  ),
];

function blank(name: string): string {
  const others: Readonly<Record<string, string>> = { "\\f": "\f", "\\v": "\v", "\\0": "\0" };
  return others[name] ?? String.fromCharCode(Number.parseInt(name.slice(2), 16));
}

/** A key as readers that match loosely still know it, written as in JSON. */
function disguises(key: string): (readonly [how: string, written: string])[] {
  const capital = key.replace(/[a-z]/, (letter) => letter.toUpperCase());
  const all: (readonly [string, string])[] = [
    ["with a capital", capital],
    ["in capitals", key.toUpperCase()],
    ["with NUL behind it", `${key}\\u0000`],
    ["with NUL and more behind it", `${key}\\u0000x`],
    ["with NUL in it", `${key.slice(0, 2)}\\u0000${key.slice(2)}`],
    ["with a long s", key.replace("s", "\u017f")],
    ["with a long s, by an escape", key.replace("s", "\\u017F")],
    ["with a Kelvin sign", key.replace("k", "\u212a")],
  ];
  return all.filter(([, written]) => written !== key);
}

/** Each of the keys in each disguise, in what `place` makes of such a member. */
function disguised(where: string, keys: readonly string[], place: (member: string) => Body): Row[] {
  return keys.flatMap((key) =>
    disguises(key).map(([how, written]): Row => [`${key} ${how} ${where}`, place(`"${written}":{}`)]),
  );
}

const OF_META = ["protocolVersion", "clientCapabilities", "clientInfo"].map((key) => `io.modelcontextprotocol/${key}`);
const OF_NOTIFICATIONS = ["taskIds", "toolsListChanged", "resourceSubscriptions"];

const DISGUISED: readonly Row[] = [
  ...disguised("beside the message", ["jsonrpc", "id", "method", "params", "result", "error"], beside),
  ...disguised("in params", ["name", "arguments", "_meta", "uri", "task", "cursor", "requestState"], (member) =>
    params(`${ECHO},${member}`),
  ),
  ...disguised("in _meta", [...OF_META, "progressToken"], inMeta),
  ...disguised("among capabilities", ["tasks", "extensions"], inCapabilities),
  ...disguised("among extensions", ["io.modelcontextprotocol/tasks"], (member) =>
    inCapabilities(`"extensions":{${member}}`),
  ),
  ...disguised("among what is listened to", OF_NOTIFICATIONS, (member) =>
    params(`${ECHO},"notifications":{${member}}`),
  ),
  ...disguised("in a reference", ["name", "uri"], (member) => params(`${ECHO},"ref":{${member}}`)),
  ["a name in capitals and no other", params('"NAME":"wipe"')],
  ["params in capitals that carry a denied call", beside(WIPE.replace("params", "PARAMS"))],
  ["arguments in capitals that carry denied ones", params(`${ECHO},"Arguments":{"mode":"destroy"}`)],
];

const BATCHES: readonly (readonly [string, Body])[] = [
  ["a batch of one", batch("echo")],
  ["a batch of one denied call", batch("wipe")],
  ["a batch of an allowed call and a denied one", batch("echo", "wipe")],
  ["a batch of a hundred", batch(...Array.from({ length: 100 }, () => "echo"))],
  ["an empty batch", () => "[]"],
  ["a batch in a batch", (meta) => `[${batch("wipe")(meta)}]`],
  ["a batch of notifications", () => '[{"jsonrpc":"2.0","method":"notifications/initialized"}]'],
  ["a batch of responses", () => '[{"jsonrpc":"2.0","id":1,"result":{}}]'],
  [
    "a batch of a response and a denied call",
    (meta) => `[{"jsonrpc":"2.0","id":1,"result":{}},${params('"name":"wipe"')(meta)}]`,
  ],
  ["a batch of nothing that can be one", () => '[1,null,"tools/call"]'],
  ["an object like a batch", (meta) => `{"0":${params('"name":"wipe"')(meta)},"length":1}`],
  ["a string that holds a call", (meta) => JSON.stringify(params('"name":"wipe"')(meta))],
  ["a bare string", () => '"tools/call"'],
  ["a bare number", () => "7"],
  ["a bare null", () => "null"],
  ["a bare true", () => "true"],
  ["an empty object", () => "{}"],
];

const BAD_IDS = [
  ...["null", "7.5", "7.0", "7e0", "1e2", "1e+21", "1e999", "-0.0", "0.1e1", "true", "false", '{"a":7}', "[7]", "[]"],
];

/** Strict JSON that is not one plain JSON-RPC message. */
const MISSHAPEN: readonly Row[] = [
  ...BATCHES.map(([name, body]): Row => [name, body, null]),
  ...DISGUISED,
  ...BAD_IDS.map((id): Row => [`the id ${id}`, ided(id), null]),
  ["a member that JSON-RPC does not know", beside('"extra":{"method":"tools/call"}')],
  ["a member called __proto__", beside(`"__proto__":{${WIPE}}`)],
  ["a member called constructor", beside(`"constructor":{"prototype":{${WIPE}}}`)],
  ["a member called toJSON", beside('"toJSON":"x"')],
  ["a member without a name", beside('"":1')],
  ["a session among its members", beside('"sessionId":"session-1"')],
  ["no version", head(`"id":${ID},"method":"tools/call"`)],
  ...['"1.0"', '"2"', '"2.0 "', '"\uff12.0"', '"2.00"', "2.0", "2", "null", '["2.0"]', '{"2":0}'].map(
    (version): Row => [`the version ${version}`, head(`"jsonrpc":${version},"id":${ID},"method":"tools/call"`)],
  ),
  ["a version below __proto__", head(`"__proto__":{"jsonrpc":"2.0"},"id":${ID},"method":"tools/call"`)],
  ...['["tools/call"]', "null", "7", "{}", "true", '""'].map(
    (method): Row => [`the method ${method}`, head(`"jsonrpc":"2.0","id":${ID},"method":${method}`)],
  ),
  ["no method", head(`"jsonrpc":"2.0","id":${ID}`)],
  ...['["echo"]', '"echo"', "null", "false", "0", "[]", '[{"name":"echo"}]'].map(
    (given): Row => [
      `the params ${given}`,
      () => `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":${given}}`,
    ],
  ),

  ["a response that carries a method", beside('"result":{}')],
  ["an error that carries a method", beside('"error":{"code":1,"message":""}')],
  [
    "an error without an id that carries a method",
    head('"jsonrpc":"2.0","id":null,"error":{},"method":"tools/call"'),
    null,
  ],
  ["a response that carries params", () => `{"jsonrpc":"2.0","id":${ID},"result":{},${WIPE}}`],
  [
    "a response that carries a method in capitals",
    () => `{"jsonrpc":"2.0","id":${ID},"result":{},"Method":"tools/call"}`,
  ],
  ["a response with a result and an error", () => `{"jsonrpc":"2.0","id":${ID},"result":{},"error":{}}`],
  ...["[]", '"done"', "null", "7", "true"].flatMap((value): Row[] => [
    [`the result ${value}`, () => `{"jsonrpc":"2.0","id":${ID},"result":${value}}`],
    [`the error ${value}`, () => `{"jsonrpc":"2.0","id":${ID},"error":${value}}`],
  ]),
  ["a result without an id", () => '{"jsonrpc":"2.0","result":{}}', null],
  ["a result whose id is null", () => '{"jsonrpc":"2.0","id":null,"result":{}}', null],
  ["a result whose id is a fraction", () => '{"jsonrpc":"2.0","id":7.5,"result":{}}', null],
  ["a result that lists tools in capitals", () => `{"jsonrpc":"2.0","id":${ID},"result":{"TOOLS":[]}}`],
];

/** Messages that are well formed but name no tool, or give it no arguments. */
const NAMELESS: readonly Row[] = [
  ["a call without a name", params('"arguments":{}')],
  ...['["echo"]', '{"toString":"echo"}', "0", "true", "null"].map(
    (name): Row => [`the name ${name}`, params(`"name":${name}`)],
  ),
  ["a name below __proto__", params('"__proto__":{"name":"echo"}')],
  ["a name below constructor", params('"constructor":{"prototype":{"name":"echo"}}')],
  ...['[{"mode":"destroy"}]', "[]", '"{\\"mode\\":\\"destroy\\"}"', "null", "0", "true"].map(
    (args): Row => [`the arguments ${args}`, params(`"name":"echo","arguments":${args}`)],
  ),
];

function attacks(rows: readonly Row[], code: number, otherwise: unknown): Attack[] {
  return rows.map(([name, body, id = otherwise]) => ({ name, body, code, id }));
}

export const MALFORMED: readonly Attack[] = [
  ...attacks(UNREADABLE, PARSE_ERROR, null),
  ...attacks(MISSHAPEN, INVALID_REQUEST, ID),
];

export const MISTOLD: readonly Attack[] = attacks(NAMELESS, INVALID_PARAMS, ID);
