/** Reads a body as it comes, piece by piece. What is waited for takes little memory, and what comes fast few turns. */

/** What is read of. Each piece stays as it is until the next is asked for. */
export type Reading = {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  /** Lets go of the body; what has not been read is not wanted. */
  cancel(): Promise<void>;
};

/** What a silent stream holds of memory, in bytes; one that fills it is read by larger chunks until it says little. */
export const LEAST_CHUNK = 4_096;
const MOST_CHUNK = 262_144;

function nextSize(read: number, size: number): number {
  if (read === size) return MOST_CHUNK;
  return read < LEAST_CHUNK ? LEAST_CHUNK : size;
}

export class Pieces implements Reading {
  readonly #reader: ReadableStreamBYOBReader;
  #buffer = new ArrayBuffer(LEAST_CHUNK);

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader({ mode: "byob" });
  }

  async read(): ReturnType<Reading["read"]> {
    const piece = await this.#reader.read(new Uint8Array(this.#buffer));
    if (piece.done) return piece;
    const { buffer, byteLength } = piece.value;
    const size = nextSize(byteLength, buffer.byteLength);
    this.#buffer = size === buffer.byteLength ? buffer : new ArrayBuffer(size);
    return piece;
  }

  /** The body is for somebody else to read on. */
  release(): void {
    this.#reader.releaseLock();
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}
