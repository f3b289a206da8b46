/** What a change changed, in a line: `label: "ci" → "laptop", expiresAt: none → 2027-01-31T00:00:00.000Z`. Pure. */

/** Longer ones are only said to have changed; \`--json\` has them whole. */
const LONGEST = 48;
const VERSION = /^[0-9a-f]{64}$/;

type Facts = Readonly<Record<string, unknown>>;

export function changeText({ before, after }: { readonly before?: unknown; readonly after?: unknown }): string {
  // What is made or deleted is told by the action; all of its facts would be no answer to what changed.
  if (!isFacts(before) || !isFacts(after)) return "";
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => difference(name, text(before[name]), text(after[name])))
    .join(", ");
}

function difference(name: string, before: string | undefined, after: string | undefined): string {
  return before === undefined || after === undefined ? `${name} changed` : `${name}: ${before} → ${after}`;
}

/** Undefined when it is too much to show. */
function text(value: unknown): string | undefined {
  if (value === null || value === undefined) return "none";
  if (typeof value === "string" && VERSION.test(value)) return value.slice(0, 8);
  if (Array.isArray(value) && value.some((item) => typeof item === "object")) return undefined;
  const shown = Array.isArray(value) ? value.join(", ") || "none" : JSON.stringify(value);
  return typeof value === "object" && !Array.isArray(value) ? undefined : shown.length > LONGEST ? undefined : shown;
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
