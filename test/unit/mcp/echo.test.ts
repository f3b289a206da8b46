import { timingSafeEqual } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import { JsonNumber } from "../../../src/json/value.ts";
import { aroundId, type Echo, Follower, firstEvent, withId } from "../../../src/mcp/echo.ts";
import { filteredList } from "../../../src/mcp/list.ts";
import { encodeMessage, type Id, readMessage } from "../../../src/mcp/message.ts";
import { FrameReader, writeFrame } from "../../../src/mcp/sse.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What a text with this id goes out as when it is read and edited. */
function edited(text: string, id: Id): string | null {
  const parsed = parseJson(text);
  const message = parsed.ok ? readMessage(parsed.value) : null;
  if (message?.kind !== "response" || message.outcome.kind !== "result" || message.id !== id) return null;
  const result = filteredList(message.outcome.result, (tool) => !tool.startsWith("x"));
  return encodeMessage({ kind: "response", id, outcome: { kind: "result", result } });
}

function rememberedBody(came: string, id: Id): Echo | null {
  const gave = edited(came, id);
  const [before, after] = [aroundId(came, id), gave === null ? null : aroundId(gave, id)];
  return before && after ? { came: before, gave: after } : null;
}

/** What the echo gives for bytes that come in chunks; null where it does not know them. */
function echoed(echo: Echo, chunks: readonly Uint8Array[], id: Id): { text: string; rest: string } | null {
  const follower = new Follower(echo.came, id, timingSafeEqual);
  for (const [nth, chunk] of chunks.entries()) {
    const step = follower.push(chunk);
    if (step.kind === "differs") return null;
    if (step.kind === "whole") {
      const rest = [step.rest, ...chunks.slice(nth + 1)].map((bytes) => Buffer.from(bytes).toString());
      return { text: decoder.decode(withId(echo.gave, id)), rest: rest.join("") };
    }
  }
  return null;
}

function chunked(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((end, nth) => bytes.subarray(places[nth], end));
}

const ids = fc.oneof(
  fc.integer(),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom<Id>('"id":1}', "é→", ""),
);
const tools = fc.array(
  fc.record({
    name: fc.constantFrom("a", "xb", 'c,"id":1', "→"),
    description: fc.string({ unit: "binary" }),
    id: fc.integer(),
  }),
  { maxLength: 4 },
);
const space = fc.constantFrom("", " ", "\n  ");
/** Responses in the orders in which peers write their members, with an id of theirs to put in. */
const responses = fc.tuple(tools, space, fc.integer({ min: 0, max: 3 })).map(([list, gap, order]) => (id: Id) => {
  const members = [
    `"jsonrpc":${gap}"2.0"`,
    `"id":${gap}${JSON.stringify(id)}`,
    `"result":{"tools":${JSON.stringify(list)},"id":9}`,
  ];
  const [version = "", place = "", result = ""] = members;
  const orders = [
    [version, place, result],
    [place, version, result],
    [result, version, place],
    [result, place, version],
  ];
  return `{${gap}${(orders[order] ?? members).join(`,${gap}`)}${gap}}`;
});

describe("an echo of a body", () => {
  it("gives what reading and editing gives, for every id and however the body is cut", () => {
    let runs = 0;
    let known = 0;
    fc.assert(
      fc.property(responses, ids, ids, fc.array(fc.nat()), (response, first, second, cuts) => {
        const echo = rememberedBody(response(first), first);
        runs += 1;
        if (echo === null) return;
        known += 1;
        const given = echoed(echo, chunked(encoder.encode(response(second)), cuts), second);
        expect(given).toEqual({ text: edited(response(second), second), rest: "" });
      }),
      { numRuns: 2_000 },
    );
    expect(known).toBeGreaterThan(runs * 0.6);
  });

  it("knows no text that differs anywhere, and none with another id in it", () => {
    fc.assert(
      fc.property(
        responses,
        ids,
        ids,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        fc.array(fc.nat()),
        (response, first, second, at, by, cuts) => {
          const echo = rememberedBody(response(first), first);
          if (echo === null) return;
          const bytes = encoder.encode(response(second));
          bytes[at % bytes.length] = ((bytes[at % bytes.length] ?? 0) + by) % 256;
          expect(echoed(echo, chunked(bytes, cuts), second)).toBeNull();
          if (first !== second)
            expect(echoed(echo, [encoder.encode(response(first))], second)?.rest ?? null).toBeNull();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("gives back what agreed before a difference, so that nothing that came is lost", () => {
    const [bytes, other] = [encoder.encode('{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}'), encoder.encode("x")];
    const echo = rememberedBody(decoder.decode(bytes), 1);
    if (echo === null) throw new Error("not remembered");
    const follower = new Follower(echo.came, 1, timingSafeEqual);
    expect(follower.push(bytes.subarray(0, 30)).kind).toBe("so far");
    expect(follower.push(other).kind).toBe("differs");
    expect(follower.agreed()).toEqual(bytes.subarray(0, 30));
  });

  it("gives what came behind the text, wherever that ends in a chunk", () => {
    const text = '{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}';
    for (const at of [0, 1, 22, text.length]) {
      const echo = rememberedBody(text, 1);
      if (echo === null) throw new Error("not remembered");
      const follower = new Follower(echo.came, 1, timingSafeEqual);
      if (at > 0 && at < text.length) expect(follower.push(encoder.encode(text.slice(0, at))).kind).toBe("so far");
      const step = follower.push(encoder.encode(`${text.slice(at % text.length)}more`));
      expect(step.kind === "whole" && decoder.decode(step.rest)).toBe("more");
      expect(follower.at).toBe(text.length);
    }
  });
});

describe("the place of an id", () => {
  it("is where another id changes the id of the message and nothing else", () => {
    fc.assert(
      fc.property(responses, ids, (response, id) => {
        const text = response(id);
        const place = aroundId(text, id);
        if (place !== null) expect(decoder.decode(withId(place, "another"))).toBe(response("another"));
      }),
    );
  });

  it.each<[string, Id, string]>([
    ['{"jsonrpc":"2.0","id":1,"result":{}}', 1, '{"jsonrpc":"2.0","id":'],
    ['data: {"jsonrpc":"2.0","id":1,"result":{"id":2}}\n\n', 1, 'data: {"jsonrpc":"2.0","id":'],
    ['{"result":{"id":"b"},"id" : "a" }', "a", '{"result":{"id":"b"},"id" : '],
    ['{"id":-12,"result":{}}', -12, '{"id":'],
    [`{"id":"${"a".repeat(99)}","result":{}}`, "a".repeat(99), '{"id":'],
    [`{"id":${"9".repeat(99)},"result":{}}`, new JsonNumber("9".repeat(99)), '{"id":'],
  ])("is told in %s", (text, id, before) => {
    const around = aroundId(text, id);
    expect(around && decoder.decode(around.before)).toBe(before);
    expect(around && decoder.decode(around.after)).toBe(text.slice(before.length + JSON.stringify(id).length));
  });

  it.each([
    [`{"id":${"9".repeat(100)},"result":{}}`, new JsonNumber("9".repeat(100))],
    [`{"id":"${"a".repeat(100)}","result":{}}`, "a".repeat(100)],
    ['{"jsonrpc":"2.0","id":12,"result":{}}', 1],
    ['{"jsonrpc":"2.0","id":1.0,"result":{}}', 1],
    ['{"jsonrpc":"2.0","result":{"id":1},"id":12}', 1],
    ['{"jsonrpc":"2.0","id":"\\u0061","result":{}}', "a"],
    ['{"jsonrpc":"2.0","\\u0069d":1,"result":{"id":1}}', 1],
    ['{"jsonrpc":"2.0","id":"\\"","result":{}}', '"'],
    ['{"jsonrpc":"2.0","result":{"id":"}"},"id":"}"}', "}"],
    [`{"id":"${"a".repeat(300)}","result":{}}`, "a".repeat(300)],
  ])("is not told in %s", (text, id) => {
    expect(aroundId(text, id)).toBeNull();
  });
});

describe("the first event of a stream", () => {
  const head = fc.constantFrom(
    "",
    "event: message\n",
    "event:message\r\n",
    "id: 1\n",
    ": hi\n",
    "\ufeff",
    "retry: 1\n",
  );
  const ending = fc.constantFrom("\n\n", "\r\n\r\n", "\n\r\n", "\r\r", "\r\n\n", "\n", "\ndata: more\n\n");
  const data = fc.constantFrom("", " ", "  ").chain((gap) => fc.string({ unit: "binary" }).map((text) => gap + text));

  it("is what the reader of frames takes for it", () => {
    let runs = 0;
    let known = 0;
    fc.assert(
      fc.property(head, data, ending, data, (begin, text, end, behind) => {
        const stream = `${begin}data:${text}${end}${behind}`;
        const event = firstEvent(stream);
        runs += 1;
        if (event === undefined) return;
        known += 1;
        const frames = new FrameReader(10_000).push(event);
        expect(frames).toEqual([
          { comments: [], event: frames[0]?.event, id: null, retry: null, data: frames[0]?.data },
        ]);
        expect(frames[0]?.data).not.toBeNull();
        expect(new FrameReader(10_000).push(stream)[0]).toEqual(frames[0]);
        expect(stream.startsWith(event)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
    expect(known).toBeGreaterThan(runs / 10);
  });

  it.each([
    ["data: {}\n\n", true],
    ["data:{}\r\n\r\n", true],
    ["event: message\ndata: {}\n\n", true],
    ["event:message\r\ndata:{}\n\n", true],
    ["event: \ndata: \n\n", true],
    ["event: a b\ndata: {}\n\n", false],
    ["data: {}\ndata: {}\n\n", false],
    [" data: {}\n\n", false],
    ["data: {}\n", false],
    ["data: a\rb\n\n", false],
    ["id: 1\ndata: {}\n\n", false],
  ])("is a single line of data, and at most a plain type: %j", (text, known) => {
    expect(firstEvent(`${text}data: more\n\n`)).toBe(known ? text : undefined);
  });

  it("is found in what frames are written as", () => {
    const text = writeFrame({ comments: [], event: "message", id: null, retry: null, data: '{"a":1}' });
    expect(firstEvent(`${text}: more`)).toBe(text);
  });
});
