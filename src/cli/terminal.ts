/**
 * What a command may do to the screen. Commands get it as an argument, so a test reads what a person would see.
 * It must never let text from a server steer the terminal: whatever comes from outside goes through `shown`.
 */
import { once } from "node:events";
import { styleText } from "node:util";
import { visible } from "../tools/steering/hidden.ts";
import { askHidden, askYes } from "./ask.ts";
import { cut } from "./table.ts";

export type Style = Parameters<typeof styleText>[0];

export type Terminal = {
  /** Results. Ends each text with a line break. */
  readonly out: (text: string) => void;
  /** Resolves when results are taken again: whoever writes much waits for it, or memory fills. */
  readonly drained?: () => Promise<void>;
  /** Progress and errors, so that a result can be piped. */
  readonly err: (text: string) => void;
  readonly paint: (style: Style, text: string) => string;
  readonly paintErr: (style: Style, text: string) => string;
  /** A line that takes the place of the one before it, to show how far a long work is; empty takes it away. */
  readonly status?: (text: string) => void;
  /** Columns of the screen, or undefined when the output goes to a file or a pipe: then nothing is cut. */
  readonly width: number | undefined;
  /** Reads a secret without echo; undefined where nobody sits. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Asks for a yes; anything else is a no. Left out where nobody sits. */
  readonly confirm?: (question: string) => Promise<boolean>;
};

/** `styleText` looks at the stream, `NO_COLOR` and `FORCE_COLOR` by itself. */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    out: (text) => stdout.write(`${text}\n`),
    drained: async () => {
      if (stdout.writableNeedDrain) await once(stdout, "drain");
    },
    err: (text) => stderr.write(`${text}\n`),
    paint: (style, text) => styleText(style, text, { stream: stdout }),
    paintErr: (style, text) => styleText(style, text, { stream: stderr }),
    ...(stderr.isTTY && { status: (text) => stderr.write(`\r\u001b[K${cut(text, (stderr.columns || 80) - 1)}`) }),
    width: stdout.isTTY ? stdout.columns : undefined,
    ask: stdin.isTTY && stderr.isTTY ? (question) => askHidden(question, stdin, stderr) : undefined,
    ...(stdin.isTTY && stderr.isTTY && { confirm: (question) => askYes(question, stdin, stderr) }),
  };
}

/**
 * Text from outside, with every character made visible that steers a terminal or hides in what a person reads. Line breaks
 * and tabs stay, and what honest text is made of, as pictures and joined letters.
 */
export function shown(text: string): string {
  return visible(text.replaceAll("\r\n", "\n"));
}
