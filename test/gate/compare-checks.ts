/**
 * Compares two verdicts of the referee check by check, and words what differs for a person: a gateway is to be invisible,
 * so one line here is one thing it does to a server.
 */
import type { Check } from "./referee.ts";

export function differences(direct: readonly Check[], through: readonly Check[]): string[] {
  const before = byName(direct);
  const after = byName(through);
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name) => {
    const expected = statuses(before.get(name));
    const found = statuses(after.get(name));
    if (expected === found) return [];
    const reasons = (after.get(name) ?? []).flatMap(({ message }) => message ?? []);
    return [`${name}: ${expected} directly, ${found} through the gateway. ${reasons.join(" / ")}`.trimEnd()];
  });
}

/** A scenario may report one id several times. */
function byName(checks: readonly Check[]): Map<string, Check[]> {
  return Map.groupBy(checks, ({ scenario, id }) => `${scenario} ${id}`);
}

function statuses(checks: readonly Check[] = []): string {
  const all = checks.map(({ status }) => status).sort();
  return all.length === 0 ? "absent" : all.join(", ");
}
