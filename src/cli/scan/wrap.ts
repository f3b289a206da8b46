/** Text in lines that fit. Pure. */
import { textWidth } from "../table.ts";

/** `hang`: stands before every line but the first. A word that is longer than a line stands on one of its own. */
export function wrapped(text: string, width: number, hang: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line.trim() !== "" && textWidth(longer) > Math.max(width, 20)) {
      lines.push(line);
      line = `${hang}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}
