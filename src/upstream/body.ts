/** Reads bodies without trusting their length, their encoding or their patience. */
import { joined } from "../mcp/echo.ts";
import { Patience } from "./patience.ts";
import { LEAST_CHUNK, Pieces, type Reading } from "./pieces.ts";

export type BodyFault = "too large" | "not UTF-8" | "broken off" | "silent";
export type Text =
  /** `bytes` is the size of the body as it came. */
  | { readonly ok: true; readonly text: string; readonly bytes: number }
  | { readonly ok: false; readonly fault: BodyFault };

export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly bytes: number }
  | { readonly kind: "end"; readonly text: string }
  | { readonly kind: "fault"; readonly fault: BodyFault };

export type Chunk =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "end" }
  | { readonly kind: "fault"; readonly fault: BodyFault };

/** A whole body as it came. */
export type Whole =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly fault: BodyFault };

/** A body as strict UTF-8 text, piece by piece. A byte order mark stays in the text. */
export class TextSource {
  readonly #reading: Reading;
  readonly #back: Chunk[] = [];
  readonly #patience: Patience | null;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** `timeoutMs` bounds the silence between two pieces; null waits for ever. */
  constructor(reading: Reading, timeoutMs: number | null) {
    this.#reading = reading;
    this.#patience = timeoutMs === null ? null : new Patience(timeoutMs);
  }

  /** What comes next, which stays as it is until more is asked for. */
  async chunk(): Promise<Chunk> {
    const read = this.#reading.read().catch(() => null);
    const chunk = await (this.#patience === null ? read : this.#patience.wait(read));
    if (chunk === "late") return { kind: "fault", fault: "silent" };
    if (chunk === null) return { kind: "fault", fault: "broken off" };
    return chunk.done || chunk.value === undefined ? { kind: "end" } : { kind: "bytes", bytes: chunk.value };
  }

  /** Gives back what `chunk` gave: it is read first by `next`. */
  back(chunk: Chunk): void {
    this.#back.push(chunk);
  }

  async next(): Promise<Piece> {
    const chunk = this.#back.shift() ?? (await this.chunk());
    if (chunk.kind === "fault") return chunk;
    try {
      if (chunk.kind === "end") return { kind: "end", text: this.#decoder.decode() };
      const text = this.#decoder.decode(chunk.bytes, { stream: true });
      return { kind: "text", text, bytes: chunk.bytes.byteLength };
    } catch {
      return { kind: "fault", fault: "not UTF-8" };
    }
  }

  /** Lets go of the body; what has not been read is not wanted. */
  async cancel(): Promise<void> {
    this.#patience?.end();
    await this.#reading.cancel().catch(() => undefined);
  }
}

/** Reads a whole body, at most `maxBytes` of it; `timeoutMs` bounds the wait for all of it, null waits for ever. */
export async function readText(message: Request | Response, maxBytes: number, timeoutMs: number | null): Promise<Text> {
  return textOf(await readBytes(message, maxBytes, timeoutMs));
}

/** As `readText`, before it is read as text. */
export async function readBytes(
  message: Request | Response,
  maxBytes: number,
  timeoutMs: number | null,
): Promise<Whole> {
  const { headers, body } = message;
  if (body === null) return { ok: true, bytes: new Uint8Array(0) };
  // Decoded bodies are longer than their Content-Length says.
  const length = headers.has("content-encoding") ? null : headers.get("content-length");
  const source = length !== null && Number(length) <= maxBytes ? null : new TextSource(new Pieces(body), null);
  // A client that is cut off while it sends never reads why, so more of its message is taken in and dropped.
  const mostBytes = message instanceof Request ? 4 * maxBytes : maxBytes;
  const reading = source === null ? readAtOnce(message) : readChunks(source, maxBytes, mostBytes);
  // A byte now and then is no answer either: the time is for all of them.
  const whole = timeoutMs === null ? await reading : await within(reading, timeoutMs);
  if (whole !== "late" && whole.ok) return whole;
  await source?.cancel();
  return whole === "late" ? { ok: false, fault: "silent" } : whole;
}

function readAtOnce(message: Request | Response): Promise<Whole> {
  return message.arrayBuffer().then(
    (bytes) => ({ ok: true, bytes: new Uint8Array(bytes) }),
    () => ({ ok: false, fault: "broken off" }),
  );
}

async function readChunks(source: TextSource, maxBytes: number, mostBytes: number): Promise<Whole> {
  // One place for all: an array of its own for each byte that comes alone would be hundreds of times as large.
  let whole: Uint8Array = new Uint8Array(LEAST_CHUNK);
  let size = 0;
  for (;;) {
    const chunk = await source.chunk();
    if (chunk.kind === "fault") return { ok: false, fault: chunk.fault };
    if (chunk.kind === "end" && size <= maxBytes) return { ok: true, bytes: whole.subarray(0, size) };
    const from = size;
    size += chunk.kind === "bytes" ? chunk.bytes.byteLength : 0;
    if (chunk.kind === "end" || size > mostBytes) return { ok: false, fault: "too large" };
    if (size > maxBytes) continue;
    if (size > whole.length) whole = joined([whole, new Uint8Array(size)]);
    whole.set(chunk.bytes, from);
  }
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function textOf(whole: Whole): Text {
  if (!whole.ok) return whole;
  try {
    return { ok: true, text: STRICT.decode(whole.bytes), bytes: whole.bytes.byteLength };
  } catch {
    return { ok: false, fault: "not UTF-8" };
  }
}

/** The promise's value, or "late" when it has none after `ms` milliseconds. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | "late"> {
  const patience = new Patience(ms);
  return patience.wait(promise).finally(() => patience.end());
}
