/** A line of a file with a mark under the place that is meant. Pure. */
import { textWidth } from "../table.ts";
import { shown } from "../terminal.ts";

/** What is shown of a long line, where no screen says how wide it is. */
const WIDTH = 120;
/** What is kept before the place when a line has to be cut. */
const BEFORE = 30;

/** `line` and `column` count from 1, columns in UTF-16 units. A file written on one line is cut around the place. */
export function snippet(text: string, line: number, column: number, screen: number | undefined): string[] {
  const source = text.split("\n", line)[line - 1]?.replace(/\r$/, "") ?? "";
  const gutter = `${line} | `;
  const room = Math.max(40, (screen ?? WIDTH) - gutter.length - 4);
  const at = column - 1;
  const start = source.length <= room || at < room - BEFORE ? 0 : at - BEFORE;
  const before = plain(`${start > 0 ? "…" : ""}${source.slice(start, at)}`);
  const rest = plain(source.slice(at, start + room));
  const more = source.length > start + room ? "…" : "";
  return [`${gutter}${before}${rest}${more}`, `${" ".repeat(gutter.length - 2)}| ${" ".repeat(textWidth(before))}^`];
}

/** A tab would stand for another width under the line than in it. */
function plain(text: string): string {
  return shown(text).replaceAll("\t", "  ");
}
