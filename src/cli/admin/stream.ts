/**
 * An answer that is too long to hold: lines of NDJSON, as they come. Memory is bounded by the longest line. A stream
 * that falls silent or breaks off is a failure, never a short result.
 */
import type { Gateway } from "../gateway.ts";
import { notGrantgate, refusal, unreached } from "./refusal.ts";
import { answerOf, type Connection, headersOf } from "./request.ts";

/** Milliseconds. An export of a filter that matches little may take a while between two lines. */
const SILENCE = 120_000;

export async function* lines(connection: Connection, path: string): AsyncGenerator<string> {
  const { gateway, bearer } = connection;
  const over = new AbortController();
  let silence = setTimeout(() => over.abort(timeout()), SILENCE);
  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(() => over.abort(timeout()), SILENCE);
  };
  try {
    const headers = { ...headersOf(bearer, {}), accept: "application/x-ndjson" };
    const response = await reached(gateway, () =>
      fetch(`${gateway.url}/api/v1${path}`, { headers, redirect: "manual", signal: over.signal }),
    );
    if (!response.ok) throw refusal(connection, answerOf(response, await response.text()));
    // A page of somebody between here and there must never be taken for records.
    if (response.headers.get("content-type")?.startsWith("application/x-ndjson") !== true) {
      throw notGrantgate(gateway, response.status);
    }
    if (response.body !== null) yield* split(chunks(gateway, response.body, heard));
  } finally {
    clearTimeout(silence);
    over.abort();
  }
}

async function* chunks(gateway: Gateway, body: ReadableStream<Uint8Array>, heard: () => void): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reached(gateway, () => reader.read());
    if (done) break;
    heard();
    yield decoder.decode(value, { stream: true });
  }
  yield decoder.decode();
}

/** Lines without their ends, empty ones left out. A text is only searched once, however small its pieces. */
export async function* split(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let held: string[] = [];
  for await (const text of texts) {
    const [first = "", ...more] = text.split("\n");
    held.push(first);
    for (const next of more) {
      const line = held.join("");
      if (line !== "") yield line;
      held = [next];
    }
  }
  const last = held.join("");
  if (last !== "") yield last;
}

async function reached<T>(gateway: Gateway, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreached(gateway, error);
  }
}

function timeout(): DOMException {
  return new DOMException("no line for too long", "TimeoutError");
}
