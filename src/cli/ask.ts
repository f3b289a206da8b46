/** Asks on a terminal: for a secret, which is never shown, not even as stars; and for a yes. */
import { createInterface } from "node:readline/promises";
import type { ReadStream, WriteStream } from "node:tty";
import { usage } from "./failure.ts";

const ENTER = new Set(["\r", "\n"]);
const INTERRUPT = "\u0003";
const END = "\u0004";
const ERASE = new Set(["\u007f", "\b"]);

export function askHidden(question: string, input: ReadStream, output: WriteStream): Promise<string> {
  output.write(`${question}: `);
  const wasRaw = input.isRaw;
  input.setRawMode(true);
  input.setEncoding("utf8");
  input.resume();
  return new Promise((resolve, reject) => {
    let answer = "";
    const done = (finish: () => void): void => {
      input.off("data", read);
      input.setRawMode(wasRaw);
      input.pause();
      output.write("\n");
      finish();
    };
    const read = (chunk: string): void => {
      for (const character of chunk) {
        if (ENTER.has(character)) {
          done(() => resolve(answer));
          return;
        }
        if (character === INTERRUPT || character === END) {
          done(() => reject(usage("Nothing was entered.")));
          return;
        }
        answer = ERASE.has(character) ? answer.slice(0, -1) : answer + character;
      }
    };
    input.on("data", read);
  });
}

/** Only `y` and `yes` are a yes; Ctrl-C and the end of the input are a no. */
export async function askYes(question: string, input: ReadStream, output: WriteStream): Promise<boolean> {
  const lines = createInterface({ input, output });
  const over = new AbortController();
  lines.once("close", () => over.abort());
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `, { signal: over.signal })).trim());
  } catch {
    output.write("\n");
    return false;
  } finally {
    lines.close();
  }
}
