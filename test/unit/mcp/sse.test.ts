import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, FrameReader, FrameTooLarge, KEEP_ALIVE, messageFrame, writeFrame } from "../../../src/mcp/sse.ts";

const readAll = (pieces: readonly string[]): Frame[] => {
  const reader = new FrameReader(1_000_000);
  return pieces.flatMap((piece) => reader.push(piece));
};
const EMPTY = { comments: [], event: null, id: null, retry: null, data: null };

describe("server-sent events", () => {
  it("read the same however the stream is cut", () => {
    const stream = 'event: message\r\nid: 7\r\ndata: {"a":\rdata: 1}\r\r\n: hi\n\nretry: 10\ndata\n\ndata:x\n\n';
    const whole = readAll([stream]);
    expect(whole.map((frame) => frame.data)).toEqual(['{"a":\n1}', null, "", "x"]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const pieces = at.slice(1).map((end, index) => stream.slice(at[index], end));
        expect(readAll(pieces)).toEqual(whole);
      }),
    );
  });

  it("read back as they are written", () => {
    const line = fc.string().filter((text) => !/[\r\n\0]/.test(text) && !text.startsWith(" "));
    const frame = fc.record({
      comments: fc.constant([]),
      event: fc.option(line),
      id: fc.option(line),
      retry: fc.option(fc.nat().map(String)),
      data: fc.array(line, { minLength: 1 }).map((lines) => lines.join("\n")),
    });
    fc.assert(
      fc.property(frame, (written) => {
        expect(readAll([writeFrame(written)])).toEqual([written]);
      }),
    );
  });

  it("let a comment through at once, so that it keeps the way open", () => {
    expect(readAll([": keep-alive\n"])).toEqual([{ ...EMPTY, comments: [" keep-alive"] }]);
  });

  it.each<[string, string, Partial<Frame>[]]>([
    ["a field without a colon", "event\n\n", [{ event: "" }]],
    ["one space behind the colon, and no more", "data:  a\n\n", [{ data: " a" }]],
    ["no space behind the colon", "data:a b\n\n", [{ data: "a b" }]],
    ["the last of several of one field", "event: a\nevent: b\nid: 1\nid: 2\n\n", [{ event: "b", id: "2" }]],
    ["data of several lines", "data: a\ndata\ndata: b\n\n", [{ data: "a\n\nb" }]],
    ["an id with a NUL, which counts for nothing", "id: a\0b\ndata: x\n\n", [{ data: "x" }]],
    ["a retry that is a number", "retry: 0123\n\n", [{ retry: "0123" }]],
    ["a retry that is none", "retry: 1s\nretry: s1\nretry:\n\n", [{}]],
    ["a field that nobody knows", "dat: a\nData: b\n\n", [{}]],
    ["a comment between the lines of an event", "data: a\n: hi\ndata: b\n\n", [{ comments: [" hi"], data: "a\nb" }]],
    ["comments one by one", ":\n:a\n", [{ comments: [""] }, { comments: ["a"] }]],
    ["nothing between events", "\n\ndata: a\n\n\n\ndata: b\n\n", [{ data: "a" }, { data: "b" }]],
    ["a byte order mark at the very beginning, and not elsewhere", "\ufeffdata: \ufeffa\n\n", [{ data: "\ufeffa" }]],
    ["no event that has not come to its end", "data: a\n\ndata: b\n", [{ data: "a" }]],
    [
      "an end of line of every kind",
      "data: a\r\rdata: b\r\n\r\ndata: c\n\n",
      [{ data: "a" }, { data: "b" }, { data: "c" }],
    ],
  ])("are read as browsers read them: %s", (_, stream, frames) => {
    expect(readAll([stream])).toEqual(frames.map((frame) => ({ ...EMPTY, ...frame })));
    expect(readAll(["", ...stream])).toEqual(frames.map((frame) => ({ ...EMPTY, ...frame })));
  });

  it("take a byte order mark for data where the stream has begun", () => {
    expect(readAll([":a\n", "\ufeffdata: b\n\n"])).toEqual([{ ...EMPTY, comments: ["a"] }, EMPTY]);
  });

  it("are written line by line", () => {
    expect(writeFrame({ comments: ["a", " b"], event: "e", id: "1", retry: "5", data: "x\ny" })).toBe(
      ":a\n: b\nevent: e\nid: 1\nretry: 5\ndata: x\ndata: y\n\n",
    );
    expect(writeFrame(EMPTY)).toBe("\n");
    expect(writeFrame({ ...EMPTY, data: "" })).toBe("data: \n\n");
    expect(messageFrame('{"a":1}')).toBe('event: message\ndata: {"a":1}\n\n');
    expect(KEEP_ALIVE).toBe(": keep-alive\n\n");
  });

  it("end a line nowhere but where all clients do", () => {
    const ends = ["\r", "\u000b", "\u000c", "\u001c", "\u0085", "\u2028", "\u2029"].join("");
    const json = '"\u0085\u2028\u2029"';
    expect(writeFrame({ comments: [`a${ends}b`], event: `c${ends}\t`, id: ends, retry: null, data: json })).toBe(
      ':ab\nevent: c\t\nid: \ndata: "\\u0085\\u2028\\u2029"\n\n',
    );
    expect(messageFrame(json)).toBe('event: message\ndata: "\\u0085\\u2028\\u2029"\n\n');
  });

  it("may each be as large as their bound, however many lines they are of, and no larger", () => {
    const within = (...pieces: string[]) => {
      const reader = new FrameReader(100);
      return () => pieces.flatMap((piece) => reader.push(piece));
    };
    expect(within("x".repeat(100))).not.toThrow();
    expect(within("x".repeat(60), "x".repeat(41))).toThrow(FrameTooLarge);
    // A line takes 16 beside its text.
    expect(within(`${"x".repeat(84)}\n`)).not.toThrow();
    expect(within(`${"x".repeat(85)}\n`)).toThrow(FrameTooLarge);
    expect(within(`${"x".repeat(34)}\n${"x".repeat(34)}\n`)).not.toThrow();
    expect(within(`${"x".repeat(34)}\n${"x".repeat(35)}\n`)).toThrow(FrameTooLarge);
    expect(within(`${"x".repeat(34)}\n`, "x".repeat(50))).not.toThrow();
    expect(within(`${"x".repeat(34)}\n`, "x".repeat(51))).toThrow(FrameTooLarge);
    expect(within(`${"x".repeat(84)}\n\n`, `${"x".repeat(84)}\n\n`)).not.toThrow();
  });

  it("never grow beyond their bound", () => {
    const push = (text: string) => () => {
      const reader = new FrameReader(1000);
      for (let at = 0; at < text.length; at += 100) reader.push(text.slice(at, at + 100));
    };
    expect(push(`data: ${"x".repeat(2000)}`)).toThrow(FrameTooLarge);
    expect(push("data: x\n".repeat(2000))).toThrow(FrameTooLarge);
    expect(push(`data: ${"x".repeat(900)}\n\n`.repeat(5))).not.toThrow();
  });
});
