/** The difference between two policies, line by line, as people read it. Pure. */
import { diff } from "node:util";
import { canonicalJson } from "../../json/canonical.ts";
import { parseJson } from "../../json/parse.ts";
import type { Json } from "../../json/value.ts";

export type DiffLine = { readonly kind: "same" | "added" | "removed" | "gap"; readonly text: string };

/** Unchanged lines that stay around a change, so that it can be placed. */
const CONTEXT = 3;
/** Comparing line by line takes time with the square of the difference; beyond this only the numbers are told. */
const MOST_LINES = 4000;

/** Both documents are written the same way first, so order of keys and white space are no difference. */
export function policyDiff(before: Json, after: Json): DiffLine[] {
  return lineDiff(pretty(before), pretty(after));
}

function pretty(document: Json): string[] {
  const sorted = parseJson(canonicalJson(document));
  return JSON.stringify(sorted.ok ? sorted.value : document, null, 2).split("\n");
}

export function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++;
  }
  const removed = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  if (removed.length + added.length > MOST_LINES) {
    return [{ kind: "gap", text: `${removed.length} lines become ${added.length}; too many to show` }];
  }
  // node:util writes 1 before what only its first argument has, and fails on two empty ones.
  const entries = removed.length + added.length === 0 ? [] : diff(removed, added);
  const changed = entries.map(([sign, text]): DiffLine => ({ kind: SIGNS[sign + 1] ?? "same", text }));
  const same = (text: string): DiffLine => ({ kind: "same", text });
  return shortened([...before.slice(0, start).map(same), ...changed, ...before.slice(before.length - end).map(same)]);
}

const SIGNS = ["added", "same", "removed"] as const;

/** Long stretches without a change become one gap. */
function shortened(lines: readonly DiffLine[]): DiffLine[] {
  const kept = lines.map((_, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ kind }) => kind !== "same"),
  );
  return lines.flatMap((line, index): DiffLine[] => {
    if (kept[index]) return [line];
    return index === 0 || kept[index - 1] ? [{ kind: "gap", text: "…" }] : [];
  });
}
