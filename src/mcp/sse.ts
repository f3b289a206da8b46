/**
 * Server-sent events (WHATWG HTML, 9.2), read and written one event at a time.
 *
 * What is read is written anew, so an upstream cannot slip a frame past the reader by a line ending that clients take
 * otherwise. An event never grows beyond its bound.
 */

export type Frame = {
  /** Comment lines before the event, without their colon. */
  readonly comments: readonly string[];
  readonly event: string | null;
  readonly id: string | null;
  readonly retry: string | null;
  /** The data lines joined by newlines; null for a frame without data. */
  readonly data: string | null;
};

/** Thrown by `FrameReader.push` when one event is larger than its bound. */
export class FrameTooLarge extends Error {}

/** What a line takes beside its text, in UTF-16 units: millions of short ones are large too. */
const LINE = 16;

export class FrameReader {
  readonly #maxLength: number;
  /** The line that has begun. It is only ever added to, since to look at it again with each piece would take for ever. */
  #rest = "";
  #lines: string[] = [];
  #held = 0;
  #started = false;
  #afterCr = false;

  /** `maxLength` bounds one event, in UTF-16 units. */
  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  /** Takes the next piece of the stream and gives the frames it completes. */
  push(piece: string): Frame[] {
    const frames: Frame[] = [];
    if (piece === "") return frames;
    // A CR ends its line at once, so that no event waits for the next; an LF that comes behind it ends no other.
    let from = (this.#afterCr && piece.startsWith("\n")) || (!this.#started && piece.startsWith("\ufeff")) ? 1 : 0;
    this.#started = true;
    this.#afterCr = piece.endsWith("\r");
    const ending = /\r\n|\n|\r/g;
    ending.lastIndex = from;
    for (let match = ending.exec(piece); match !== null; match = ending.exec(piece)) {
      const line = this.#rest + piece.slice(from, match.index);
      this.#rest = "";
      from = match.index + match[0].length;
      this.#line(line, frames);
    }
    this.#rest += piece.slice(from);
    if (this.#held + this.#rest.length > this.#maxLength) throw new FrameTooLarge();
    return frames;
  }

  #line(line: string, frames: Frame[]): void {
    if (line !== "") {
      this.#lines.push(line);
      this.#held += line.length + LINE;
      if (this.#held > this.#maxLength) throw new FrameTooLarge();
      if (line.startsWith(":") && this.#lines.length === 1) this.#flush(frames);
    } else if (this.#lines.length > 0) {
      this.#flush(frames);
    }
  }

  #flush(frames: Frame[]): void {
    frames.push(frameOf(this.#lines));
    this.#lines = [];
    this.#held = 0;
  }
}

function frameOf(lines: readonly string[]): Frame {
  const comments: string[] = [];
  const data: string[] = [];
  let event: string | null = null;
  let id: string | null = null;
  let retry: string | null = null;
  for (const line of lines) {
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "") comments.push(line.slice(1));
    else if (field === "data") data.push(value);
    else if (field === "event") event = value;
    else if (field === "id" && !value.includes("\0")) id = value;
    else if (field === "retry" && /^[0-9]+$/.test(value)) retry = value;
  }
  return { comments, event, id, retry, data: data.length === 0 ? null : data.join("\n") };
}

/** Controls, and what Unicode calls a line's end: some clients end a line there (Python's `splitlines`). */
const OTHER_ENDS = /[\u2028\u2029]|[^\P{Cc}\n\t]/gu;

/** JSON with no line end in it but LF. The others stand within strings only, where the escape says the same. */
function plain(json: string): string {
  return json.replaceAll("\u0085", "\\u0085").replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** The data must be JSON as `JSON.stringify` writes it, or of no meaning. */
export function writeFrame(frame: Frame): string {
  let text = frame.comments.map((comment) => `:${comment}\n`).join("");
  if (frame.event !== null) text += `event: ${frame.event}\n`;
  if (frame.id !== null) text += `id: ${frame.id}\n`;
  if (frame.retry !== null) text += `retry: ${frame.retry}\n`;
  text = text.replace(OTHER_ENDS, "");
  if (frame.data !== null)
    text += plain(frame.data)
      .split("\n")
      .map((line) => `data: ${line}\n`)
      .join("");
  return `${text}\n`;
}

/** An event that carries one JSON-RPC message. */
export function messageFrame(text: string): string {
  return `event: message\ndata: ${plain(text)}\n\n`;
}

/** A comment: nothing to a client, but it shows the way to it is still open. */
export const KEEP_ALIVE = ": keep-alive\n\n";
