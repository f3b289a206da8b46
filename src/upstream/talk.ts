/**
 * Reads an event stream. Each piece of it goes on as it comes, until the stream turns out to say much in small pieces:
 * from then on it is read ahead.
 */
import { Ahead } from "./ahead.ts";
import { LEAST_CHUNK, Pieces, type Reading } from "./pieces.ts";

/** So many small pieces in a row, of which each came within so many ms, are much. */
const MANY = 8;
const SOON_MS = 5;

export class Talk implements Reading {
  readonly #body: ReadableStream<Uint8Array>;
  readonly #pieces: Pieces;
  #ahead: Ahead | null = null;
  #inARow = 0;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#body = body;
    this.#pieces = new Pieces(body);
  }

  async read(): ReturnType<Reading["read"]> {
    if (this.#ahead !== null) return this.#ahead.read();
    const asked = Date.now();
    const piece = await this.#pieces.read();
    const isMuch = piece.value !== undefined && piece.value.length < LEAST_CHUNK && Date.now() - asked <= SOON_MS;
    this.#inARow = isMuch ? this.#inARow + 1 : 0;
    if (this.#inARow === MANY) {
      this.#pieces.release();
      this.#ahead = new Ahead(this.#body);
    }
    return piece;
  }

  cancel(): Promise<void> {
    return (this.#ahead ?? this.#pieces).cancel();
  }
}
