/** Rows in columns that fit the screen. Pure. The last column gives way when the screen is narrow. */

/** Where the last column would become too narrow to read, it is left to wrap instead. */
const NARROWEST = 12;
const GAP = "  ";

export type Table = { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** Lines of the table, head first. With no `width` (a pipe) nothing is cut. */
export function tableLines({ head, rows }: Table, width: number | undefined): string[] {
  const all = [head, ...rows];
  const columns = head.map((_, index) => Math.max(...all.map((row) => textWidth(row[index] ?? ""))));
  const last = columns.length - 1;
  const before = columns.slice(0, last).reduce((sum, column) => sum + column + GAP.length, 0);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(NARROWEST, width - before);
  return all.map((row) =>
    row
      .map((cell, index) => (index === last ? cut(cell, room) : padded(cell, columns[index] ?? 0)))
      .join(GAP)
      .trimEnd(),
  );
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** What terminals draw two cells wide: East Asian wide forms and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Cells that a text takes on the screen. */
export function textWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}

/** The text, or as much of it as leaves a cell for the ellipsis. */
export function cut(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const cells = WIDE.test(segment) ? 2 : 1;
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return `${kept.trimEnd()}…`;
}
