import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Frame, FrameReader, FrameTooLarge, writeFrame } from "../../../src/mcp/sse.ts";

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
