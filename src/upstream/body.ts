/** Reads bodies without trusting their length, their encoding or their patience. */

export type BodyFault = "too large" | "not UTF-8" | "broken off" | "silent";
export type Text =
  /** `bytes` is the size of the body as it came. */
  | { readonly ok: true; readonly text: string; readonly bytes: number }
  | { readonly ok: false; readonly fault: BodyFault };

export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly bytes: number }
  | { readonly kind: "end"; readonly text: string }
  | { readonly kind: "fault"; readonly fault: BodyFault };

/** A body as strict UTF-8 text, piece by piece. A byte order mark stays in the text. */
export class TextSource {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #timeoutMs: number | null;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** `timeoutMs` bounds the silence between two pieces; null waits for ever. */
  constructor(body: ReadableStream<Uint8Array>, timeoutMs: number | null) {
    this.#reader = body.getReader();
    this.#timeoutMs = timeoutMs;
  }

  async next(): Promise<Piece> {
    const read = this.#reader.read().catch(() => null);
    const chunk = await (this.#timeoutMs === null ? read : within(read, this.#timeoutMs));
    if (chunk === "late") return { kind: "fault", fault: "silent" };
    if (chunk === null) return { kind: "fault", fault: "broken off" };
    try {
      if (chunk.done) return { kind: "end", text: this.#decoder.decode() };
      const text = this.#decoder.decode(chunk.value, { stream: true });
      return { kind: "text", text, bytes: chunk.value.byteLength };
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
export function readText(message: Request | Response, maxBytes: number, timeoutMs: number | null): Promise<Text> {
  // Decoded bodies are longer than their Content-Length says.
  const length = message.headers.has("content-encoding") ? null : message.headers.get("content-length");
  const fits = length !== null && message.body !== null && Number(length) <= maxBytes;
  return fits ? readAtOnce(message, timeoutMs) : readPieces(message, maxBytes, timeoutMs);
}

async function readAtOnce(message: Request | Response, timeoutMs: number | null): Promise<Text> {
  const whole = message.arrayBuffer().catch(() => null);
  const bytes = await (timeoutMs === null ? whole : within(whole, timeoutMs));
  if (bytes === "late") return { ok: false, fault: "silent" };
  if (bytes === null) return { ok: false, fault: "broken off" };
  try {
    return { ok: true, text: STRICT.decode(bytes), bytes: bytes.byteLength };
  } catch {
    return { ok: false, fault: "not UTF-8" };
  }
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

async function readPieces(message: Request | Response, maxBytes: number, timeoutMs: number | null): Promise<Text> {
  if (message.body === null) return { ok: true, text: "", bytes: 0 };
  const source = new TextSource(message.body, timeoutMs);
  // A client that is cut off while it sends never reads why, so more of its message is taken in and dropped.
  const mostBytes = message instanceof Request ? 4 * maxBytes : maxBytes;
  let text = "";
  let bytes = 0;
  for (;;) {
    const piece = await source.next();
    if (piece.kind === "text") {
      bytes += piece.bytes;
      text = bytes > maxBytes ? "" : text + piece.text;
    }
    if (piece.kind === "end" && bytes <= maxBytes) return { ok: true, text: text + piece.text, bytes };
    if (piece.kind === "text" && bytes <= mostBytes) continue;
    await source.cancel();
    return { ok: false, fault: piece.kind === "fault" ? piece.fault : "too large" };
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
