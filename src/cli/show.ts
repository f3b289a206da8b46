/** How commands write results: JSON for programs, tables and fields for people. Text from outside can't steer the screen. */

import { jsonText } from "./json-text.ts";
import { narrowed, type Table, tableLines } from "./table.ts";
import { shown, type Terminal } from "./terminal.ts";

export function printJson({ out }: Terminal, value: unknown): void {
  out(jsonText(value, 2));
}

/** `empty` is said, and not printed, when there are no rows. */
export function printTable(terminal: Terminal, { rows, ...table }: Table, empty: string): void {
  if (rows.length === 0) {
    terminal.err(empty);
    return;
  }
  const whole = { ...table, rows: rows.map((row) => row.map(cell)) };
  const fitting = narrowed(whole, terminal.width);
  if (fitting === undefined) {
    printRecords(terminal, whole);
    return;
  }
  const [head = "", ...lines] = tableLines(fitting, terminal.width);
  terminal.out([terminal.paint("bold", head), ...lines].join("\n"));
}

/** On a screen that is too narrow for columns: row by row, a line for each of its cells that are not empty. */
function printRecords(terminal: Terminal, { head, rows }: Table): void {
  rows.forEach((row, index) => {
    if (index > 0) terminal.out("");
    const named = head.flatMap((name, at) => (name === "" || !row[at] ? [] : [[name, row[at]] as const]));
    printFields(terminal, Object.fromEntries(named));
  });
}

/** One thing, a line for each of its fields. Fields without a value are left out. */
export function printFields({ out, paint }: Terminal, fields: Readonly<Record<string, string | undefined>>): void {
  const present = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  const width = Math.max(...present.map(([name]) => name.length));
  out(present.map(([name, value]) => `${paint("bold", name.padEnd(width))}  ${cell(value)}`).join("\n"));
}

export function cell(text: string): string {
  return shown(text).replaceAll("\n", " ").replaceAll("\t", " ");
}

/** `3 grants`, `1 grant`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
