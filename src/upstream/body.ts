/** Reads bodies without trusting their length, their encoding or their patience. */
import { joined } from "../mcp/echo.ts";

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

/** What a silent stream holds of memory, in bytes; one that fills it is read by larger chunks until it says little. */
const LEAST_CHUNK = 4_096;
const MOST_CHUNK = 262_144;

function nextSize(read: number, size: number): number {
  if (read === size) return MOST_CHUNK;
  return read < LEAST_CHUNK ? LEAST_CHUNK : size;
}

/** A body as strict UTF-8 text, piece by piece. A byte order mark stays in the text. */
export class TextSource {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #back: Chunk[] = [];
  #buffer = new ArrayBuffer(LEAST_CHUNK);
  readonly #timeoutMs: number | null;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** `timeoutMs` bounds the silence between two pieces; null waits for ever. */
  constructor(body: ReadableStream<Uint8Array>, timeoutMs: number | null) {
    this.#reader = body.getReader({ mode: "byob" });
    this.#timeoutMs = timeoutMs;
  }

  /** What comes next, which stays as it is until more is asked for. */
  async chunk(): Promise<Chunk> {
    const read = this.#reader.read(new Uint8Array(this.#buffer)).catch(() => null);
    const chunk = await (this.#timeoutMs === null ? read : within(read, this.#timeoutMs));
    if (chunk === "late") return { kind: "fault", fault: "silent" };
    if (chunk === null) return { kind: "fault", fault: "broken off" };
    if (chunk.done) return { kind: "end" };
    const { buffer, byteLength } = chunk.value;
    const size = nextSize(byteLength, buffer.byteLength);
    this.#buffer = size === buffer.byteLength ? buffer : new ArrayBuffer(size);
    return { kind: "bytes", bytes: chunk.value };
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
    await this.#reader.cancel().catch(() => undefined);
  }
}

/** Reads a whole body, at most `maxBytes` of it; `timeoutMs` bounds the wait for it, null waits for ever. */
export async function readText(message: Request | Response, maxBytes: number, timeoutMs: number | null): Promise<Text> {
  return textOf(await readBytes(message, maxBytes, timeoutMs));
}

/** As `readText`, before it is read as text. */
export function readBytes(message: Request | Response, maxBytes: number, timeoutMs: number | null): Promise<Whole> {
  // Decoded bodies are longer than their Content-Length says.
  const length = message.headers.has("content-encoding") ? null : message.headers.get("content-length");
  const fits = length !== null && message.body !== null && Number(length) <= maxBytes;
  return fits ? readAtOnce(message, timeoutMs) : readChunks(message, maxBytes, timeoutMs);
}

async function readAtOnce(message: Request | Response, timeoutMs: number | null): Promise<Whole> {
  const whole = message.arrayBuffer().catch(() => null);
  const bytes = await (timeoutMs === null ? whole : within(whole, timeoutMs));
  if (bytes === "late") return { ok: false, fault: "silent" };
  if (bytes === null) return { ok: false, fault: "broken off" };
  return { ok: true, bytes: new Uint8Array(bytes) };
}

async function readChunks(message: Request | Response, maxBytes: number, timeoutMs: number | null): Promise<Whole> {
  if (message.body === null) return { ok: true, bytes: new Uint8Array(0) };
  const source = new TextSource(message.body, timeoutMs);
  // A client that is cut off while it sends never reads why, so more of its message is taken in and dropped.
  const mostBytes = message instanceof Request ? 4 * maxBytes : maxBytes;
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = await source.chunk();
    if (chunk.kind === "bytes") {
      size += chunk.bytes.byteLength;
      if (size <= maxBytes) chunks.push(chunk.bytes.slice());
      else chunks.length = 0;
    }
    if (chunk.kind === "end" && size <= maxBytes) return { ok: true, bytes: joined(chunks) };
    if (chunk.kind === "bytes" && size <= mostBytes) continue;
    await source.cancel();
    return { ok: false, fault: chunk.kind === "fault" ? chunk.fault : "too large" };
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
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), ms);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
