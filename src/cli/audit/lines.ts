/** Audit records as people read them: a table, or a line each as they come. Pure. */
import type { AuditRecord } from "../admin/shapes.ts";
import { cell } from "../show.ts";
import { cut, type Table } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { second } from "../time.ts";

export function auditTable(records: readonly AuditRecord[]): Table {
  return {
    head: ["TIME", "GRANT", "TOOL", "EFFECT", "RULE", "MS"],
    flexible: ["GRANT", "TOOL", "RULE"],
    spare: ["MS", "GRANT"],
    rows: records.map(({ time, grant, tool, method, effect, rule, upstream }) => [
      second(time),
      grant.label,
      tool ?? method,
      effect,
      rule ?? "",
      upstream == null ? "" : String(upstream.latencyMs),
    ]),
  };
}

const GRANT = 16;
const TOOL = 28;
const EFFECT = 8;

const COLOUR = { allow: "green", deny: "red", hide: "red", limit: "yellow", approval: "yellow" } as const;

/** With fixed columns, since what comes next is not known yet. */
export function auditLine(record: AuditRecord, { paint, width }: Pick<Terminal, "paint" | "width">): string {
  const { time, grant, tool, method, effect, rule, upstream } = record;
  const taken = upstream == null ? "" : `${upstream.latencyMs} ms`;
  const colour = Object.entries(COLOUR).find(([name]) => name === effect)?.[1] ?? "dim";
  const before = [second(time), column(grant.label, GRANT), column(tool ?? method, TOOL)].join("  ");
  const shownEffect = column(effect, EFFECT);
  const room = width === undefined ? Number.POSITIVE_INFINITY : Math.max(12, width - before.length - EFFECT - 4);
  const rest = cut(
    [rule ?? "", taken]
      .filter((part) => part !== "")
      .map(cell)
      .join("  "),
    room,
  );
  return `${before}  ${paint(colour, shownEffect)}  ${rest}`.trimEnd();
}

function column(text: string, width: number): string {
  return cut(cell(text), width).padEnd(width);
}
