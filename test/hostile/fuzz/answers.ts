/** What an upstream may answer: an honest answer to one request, alone or in a stream, and what becomes of it. */
import { isUtf8 } from "node:buffer";
import { call, ERAS, type Era, type Message, textOf } from "../../gate/speak.ts";
import { answerTo, textResult } from "../../gate/upstreams/replies.ts";
import { BYTE_MUTATIONS } from "./mutate-bytes.ts";
import { STRUCTURE_MUTATIONS } from "./mutate-structure.ts";
import { RESPELLINGS, type TextMutation, TOKEN_MUTATIONS } from "./mutate-tokens.ts";
import { TOOLS } from "./policy.ts";
import { type Random, randomOf } from "./random.ts";

export type Given = {
  readonly nth: number;
  readonly era: Era;
  /** What the client asks, and what the upstream answers to it. */
  readonly message: Message;
  readonly status: number;
  readonly type: string;
  readonly body: Buffer;
  readonly mutations: readonly string[];
};

const ASKED: readonly ((nth: number) => readonly [Message, object])[] = [
  () => [{ method: "tools/list" }, { tools: TOOLS }],
  () => [{ method: "tools/list" }, { tools: TOOLS, ttlMs: 5, cacheScope: "public" }],
  () => [
    { method: "tools/list", params: { cursor: "2" } },
    { tools: TOOLS.slice(0, 3), nextCursor: "3" },
  ],
  (nth) => [call("echo", { n: nth }), textResult(`said ${nth}`)],
  (nth) => [call("peek_a", { n: nth }), { ...textResult("seen"), structuredContent: { n: nth, of: [1, 2.5] } }],
  () => [{ method: "prompts/get", params: { name: "greet" } }, { messages: [] }],
];

const PROGRESS = '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":1}}';

export function givenOf(seed: number, nth: number): Given {
  const random = randomOf(seed ^ 0x5eed, nth);
  const era = random.pick(ERAS);
  const [asked, result] = random.pick(ASKED)(nth);
  const message = { id: random.pick([nth, `case-${nth}`]), ...asked };
  const mutations: string[] = [];
  let body: Buffer = Buffer.from(JSON.stringify(answerTo(JSON.parse(textOf(era, message)), result)));
  for (let steps = random.pick([0, 1, 1, 1, 2, 2]); steps > 0; steps--) body = mutate(body, random, mutations);
  const streams = random.oneIn(2);
  if (streams) body = streamOf(body, random);
  if (streams && random.oneIn(3)) body = onBytes(body, random, mutations);
  const type = streams ? "text/event-stream" : random.pick([JSON_TYPE, JSON_TYPE, "application/json; charset=latin1"]);
  const status = random.oneIn(20) ? random.pick([201, 202, 400, 404, 500]) : 200;
  return { nth, era, message, status, type, body, mutations };
}

const JSON_TYPE = "application/json";

function mutate(body: Buffer, random: Random, mutations: string[]): Buffer {
  const kind = random.below(10);
  if (kind < 2 || !isUtf8(body)) return onBytes(body, random, mutations);
  const from: Readonly<Record<string, TextMutation>> =
    kind < 3 ? RESPELLINGS : kind < 4 ? STRUCTURE_MUTATIONS : TOKEN_MUTATIONS;
  const [name, change] = random.pick(Object.entries(from));
  mutations.push(name);
  return Buffer.from(change(body.toString(), random));
}

function onBytes(body: Buffer, random: Random, mutations: string[]): Buffer {
  const [name, change] = random.pick(Object.entries(BYTE_MUTATIONS));
  mutations.push(name);
  return change(body, random);
}

/** The bytes in one event, by any of the line ends there are, behind or before others. */
function streamOf(body: Buffer, random: Random): Buffer {
  const end = random.pick(["\n", "\r\n", "\r"]);
  const space = random.pick(["", " "]);
  const event = (data: string) => `${random.pick(["", `event: message${end}`])}data:${space}${data}${end}${end}`;
  const data = body.toString("latin1");
  const whole = random.oneIn(6) ? data.replaceAll(",", `,${end}data:${space}`) : data;
  const before = random.pick(["", "", event(PROGRESS), `: a${end}`, `id: 1${end}${end}`, `retry: 10${end}`]);
  const after = random.pick(["", "", event(PROGRESS), event(data), "data: {", end]);
  return Buffer.from(before + event(whole) + after, "latin1");
}
