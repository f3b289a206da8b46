/**
 * The ratios of a run as a picture: what of the passthrough's calls the gateway does in a second, and how many times the
 * CPU it takes for one, with the bars that each is held to. Drawn so that it reads on a light page and on a dark one. Pure.
 */

export type Row = {
  readonly title: string;
  /** Part of the passthrough's calls in a second. */
  readonly throughput: number;
  /** Times the passthrough's CPU for a call. */
  readonly cpu: number;
  readonly bars: { readonly throughput?: number; readonly cpu?: number };
};

const ROW = 26;
const TOP = 64;
const TITLES = 250;
const PANEL = 250;
const GAP = 60;
const WIDTH = TITLES + 2 * PANEL + 2 * GAP;

/** A bar that is longer is cut: its number says how long it is, and the others can still be told from each other. */
const MOST_TIMES = 8;

/** Greys and colours that stand out from white and from near black alike. */
const TEXT = "#7d8590";
const LINE = "#8b949e55";
const KEPT = "#3fa266";
const BROKEN = "#d1703c";
const FREE = "#5b8fd1";

export function picture(rows: readonly Row[], told: string): string {
  const height = TOP + rows.length * ROW + 44;
  const most = Math.min(MOST_TIMES, Math.max(2, ...rows.map(({ cpu }) => Math.ceil(cpu))));
  const panels = [
    panel("calls in a second, passthrough = 1", TITLES, 1, rows, ({ throughput, bars }) => ({
      value: throughput,
      bar: bars.throughput,
      isKept: throughput >= (bars.throughput ?? 0),
    })),
    panel("CPU for a call, passthrough = 1", TITLES + PANEL + GAP, most, rows, ({ cpu, bars }) => ({
      value: cpu,
      bar: bars.cpu,
      isKept: cpu <= (bars.cpu ?? Number.POSITIVE_INFINITY),
    })),
  ];
  const titles = rows.map(({ title }, nth) => text(TITLES - 12, middleOf(nth), title, "end"));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img"`,
    `  font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="12" fill="${TEXT}">`,
    `  <title>What the gateway costs beside a bare passthrough</title>`,
    ...[...titles, ...panels.flat(), text(12, height - 16, told, "start")].map((line) => `  ${line}`),
    "</svg>",
    "",
  ].join("\n");
}

type Value = { readonly value: number; readonly bar: number | undefined; readonly isKept: boolean };

function panel(title: string, left: number, most: number, rows: readonly Row[], of: (row: Row) => Value): string[] {
  const at = (value: number) => left + (Math.min(value, most) / most) * PANEL;
  const bottom = TOP + rows.length * ROW;
  const one = at(1);
  return [
    `<text x="${left}" y="28" font-weight="600">${escaped(title)}</text>`,
    `<line x1="${left}" y1="${TOP - 8}" x2="${left}" y2="${bottom}" stroke="${LINE}"/>`,
    `<line x1="${round(one)}" y1="${TOP - 8}" x2="${round(one)}" y2="${bottom}" stroke="${TEXT}" stroke-dasharray="2 3"/>`,
    text(one, TOP - 16, "1", "middle"),
    ...rows.flatMap((row, nth) => {
      const { value, bar, isKept } = of(row);
      const top = TOP + nth * ROW + 5;
      const colour = bar === undefined ? FREE : isKept ? KEPT : BROKEN;
      const drawn = `<rect x="${left}" y="${top}" width="${round(at(value) - left)}" height="${ROW - 10}" rx="2" fill="${colour}"/>`;
      const mark =
        bar === undefined
          ? []
          : [
              `<line x1="${round(at(bar))}" y1="${top - 3}" x2="${round(at(bar))}" y2="${top + ROW - 7}" stroke="${TEXT}" stroke-width="2"/>`,
            ];
      // Behind whichever is longer, so that no text lies on a mark.
      const behind = Math.max(at(value), bar === undefined ? 0 : at(bar)) + 6;
      return [drawn, ...mark, text(behind, middleOf(nth), value.toFixed(2), "start")];
    }),
  ];
}

function middleOf(nth: number): number {
  return TOP + nth * ROW + ROW / 2 + 4;
}

function text(x: number, y: number, what: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${round(x)}" y="${y}" text-anchor="${anchor}">${escaped(what)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(what: string): string {
  return what.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
