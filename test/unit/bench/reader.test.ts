import { describe, expect, it } from "vitest";
import { type Reply, replyReader } from "../../../bench/harness/connection.ts";

const SIZED = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello\r\n\r\n5\n";
const CHUNKED =
  "HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel\r\n\r\nA;x=y\r\n0\r\n\r\n67890\r\n0\r\n\r\n";

/** What is read of an answer that comes in pieces of so many bytes, and that nothing is left. */
function readIn(size: number, answer: string): Reply | null {
  const read = replyReader();
  const bytes = Buffer.from(answer);
  for (let at = 0; at < bytes.length; at += size) {
    const reply = read(bytes.subarray(at, at + size));
    if (reply !== null) return at + size >= bytes.length ? reply : null;
  }
  return null;
}

describe.each([1, 2, 3, 7, 1_000])("an answer that comes %d bytes at a time", (size) => {
  it("is read to the length it says", () => {
    expect(readIn(size, SIZED)).toEqual({ status: 200, bytes: 11 });
  });

  it("is read chunk by chunk, whatever they hold", () => {
    expect(readIn(size, CHUNKED)).toEqual({ status: 404, bytes: 15 });
  });
});

it("takes no answer that is longer than it says, or does not say", () => {
  expect(() => replyReader()(Buffer.from(`${SIZED}!`))).toThrow("longer than it says");
  expect(() => replyReader()(Buffer.from("HTTP/1.1 200 OK\r\n\r\nhello"))).toThrow("does not say how long");
});
