/** Says on stderr how far it is: one line that changes on a terminal, one line for each case elsewhere. */

export type Progress = {
  /** Something new begins, of so many turns. */
  begin(what: string, turns: number): void;
  /** A turn is over. */
  step(): void;
  end(): void;
};

const CLEAR_LINE = "\r\x1b[2K";

export function progressOn(stream: NodeJS.WriteStream): Progress {
  let [what, turns, done, began] = ["", 0, 0, 0];
  const draw = () => {
    if (stream.isTTY) stream.write(`${CLEAR_LINE}${what}  ${done} of ${turns}`);
  };
  return {
    begin(next, count) {
      [what, turns, done, began] = [next, count, 0, performance.now()];
      draw();
    },
    step() {
      done += 1;
      draw();
    },
    end() {
      const seconds = ((performance.now() - began) / 1000).toFixed(0);
      stream.write(`${stream.isTTY ? CLEAR_LINE : ""}${what}  ${seconds} s\n`);
    },
  };
}

const [GREEN, RED, PLAIN] = ["\x1b[32m", "\x1b[31m", "\x1b[0m"];

/** What is met in green, what is not in red, on a terminal only. */
export function coloured(text: string, stream: NodeJS.WriteStream): string {
  if (!stream.isTTY) return text;
  return text.replaceAll(
    /(\*\*not met\*\*)|(?<=\| )met(?= )/g,
    (found) => `${found === "met" ? GREEN : RED}${found}${PLAIN}`,
  );
}
