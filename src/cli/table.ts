/**
 * Rows in columns that fit the screen. Pure. When it is narrow, columns that hold words give way first, then those that
 * can be spared are left out; where that is not enough either, each row is better shown as fields under each other.
 */

/** Where the last column would become too narrow to read, it is left to wrap instead. */
const NARROWEST = 12;
const GAP = "  ";

export type Table = {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Names of columns, besides the last, that may be cut. An id must stay whole: it is there to be copied. */
  readonly flexible?: readonly string[];
  /** Names of columns that a narrow screen goes without, the first of them first. */
  readonly spare?: readonly string[];
};

/** The table without as many of its spare columns as it takes to fit; undefined when it does not fit without them all. */
export function narrowed(table: Table, width: number | undefined): Table | undefined {
  if (width === undefined || leastWidth(table) <= width) return table;
  const [first, ...spare] = table.spare ?? [];
  if (first === undefined) return undefined;
  const at = table.head.indexOf(first);
  const without = (row: readonly string[]): readonly string[] => row.filter((_, index) => index !== at);
  return narrowed({ ...table, head: without(table.head), rows: table.rows.map(without), spare }, width);
}

/** With all that may be cut as narrow as can be read. */
function leastWidth({ head, rows, flexible = [] }: Table): number {
  const last = head.length - 1;
  const least = head.map((name, index) => {
    const natural = Math.max(textWidth(name), ...rows.map((row) => textWidth(row[index] ?? "")));
    return index === last || flexible.includes(name) ? Math.min(natural, NARROWEST) : natural;
  });
  return least.reduce((total, column) => total + column, last * GAP.length);
}

/** Lines of the table, head first. With no `width` (a pipe) nothing is cut. */
export function tableLines({ head, rows, flexible = [] }: Table, width: number | undefined): string[] {
  const all = [head, ...rows];
  const natural = head.map((_, index) => Math.max(...all.map((row) => textWidth(row[index] ?? ""))));
  const columns = width === undefined ? natural : fitted(natural, head, flexible, width);
  const last = columns.length - 1;
  return all.map((row) =>
    row
      .map((cell, index) => {
        const text = cut(cell, columns[index] ?? 0);
        return index === last ? text : padded(text, columns[index] ?? 0);
      })
      .join(GAP)
      .trimEnd(),
  );
}

/** The widths with which no line is wider than the screen, as far as columns that may be cut allow it. */
function fitted(
  natural: readonly number[],
  head: readonly string[],
  flexible: readonly string[],
  width: number,
): number[] {
  const columns = [...natural];
  const last = columns.length - 1;
  const isFlexible = columns.map((_, index) => index === last || flexible.includes(head[index] ?? ""));
  const sum = (): number => columns.reduce((total, column) => total + column, last * GAP.length);
  for (let excess = sum() - width; excess > 0; excess = sum() - width) {
    // The widest gives way first, down to the next widest.
    const candidates = columns.flatMap((column, index) => (isFlexible[index] && column > NARROWEST ? [index] : []));
    const widest = candidates.sort((a, b) => (columns[b] ?? 0) - (columns[a] ?? 0))[0];
    if (widest === undefined) return columns;
    columns[widest] = (columns[widest] ?? 0) - 1;
  }
  return columns;
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
