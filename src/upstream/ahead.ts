/**
 * Reads a stream that says much in small pieces: the platform takes in what comes, and JavaScript is woken for all of it
 * together. To be woken for each piece costs many times what it takes to pass the piece on.
 *
 * It must never keep back what has come for longer than a moment, nor take in more than a bounded part of what was not
 * read yet.
 */
import { Patience } from "./patience.ts";
import type { Reading } from "./pieces.ts";

/** How long what has come may wait for more, in ms. */
const MOMENT_MS = 20;
/** What is read before the moment is over, in bytes. */
const MUCH = 16_384;

export class Ahead implements Reading {
  readonly #reader: ReadableStreamBYOBReader;
  readonly #drain: ReadableStreamBYOBReader;
  readonly #gone = new AbortController();
  readonly #patience = new Patience(MOMENT_MS);
  #buffer = new ArrayBuffer(2 * MUCH);
  #drained = new ArrayBuffer(2 * MUCH);
  /** Comes when much has come, or all. */
  #coming: Promise<void> | null = null;

  constructor(body: ReadableStream<Uint8Array>) {
    // Each branch keeps what only the other one has taken. One is drained by the platform, which waits for no more of it
    // than is asked for: so much may lie in the other, that is read. The first of the two keeps whole blocks for what came.
    const [drained, read] = body.tee();
    const { readable, writable } = new IdentityTransformStream();
    drained.pipeTo(writable, { signal: this.#gone.signal }).catch(() => undefined);
    this.#drain = readable.getReader({ mode: "byob" });
    this.#reader = read.getReader({ mode: "byob" });
  }

  /** All that has come until the moment is over, or the first that comes then. */
  async read(): ReturnType<Reading["read"]> {
    await this.#patience.wait(this.#gather());
    const read = await this.#reader.read(new Uint8Array(this.#buffer));
    if (!read.done) this.#buffer = read.value.buffer;
    return read;
  }

  async cancel(): Promise<void> {
    this.#patience.end();
    this.#gone.abort();
    await this.#reader.cancel();
  }

  #gather(): Promise<void> {
    this.#coming ??= this.#drain.readAtLeast(MUCH, new Uint8Array(this.#drained)).then(
      ({ done, value }) => {
        if (done) return;
        this.#drained = value.buffer;
        this.#coming = null;
      },
      () => undefined,
    );
    return this.#coming;
  }
}
