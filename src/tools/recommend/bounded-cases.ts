/** Cases for a tool with limits for several windows: each is come to by calls that the shorter ones let pass. Pure. */
import { child } from "../../json/pointer.ts";
import type { JsonObject } from "../../json/value.ts";
import { type Bound, SECONDS } from "./peaks.ts";

/** More steps than this make no case that a person reads: such a limit has none. */
const MOST_STEPS = 60;
const START = Date.UTC(2026, 0, 1);

export function boundedCases({
  tool,
  limits,
}: {
  readonly tool: string;
  readonly limits: readonly Bound[];
}): JsonObject[] {
  return limits.flatMap(({ window, max }, index) => {
    const shorter = limits.slice(0, index);
    const rule = child(child(child("/tools", tool), "limits"), index);
    return [
      ...caseOf(`${tool} passes ${max} times a ${window}`, tool, stepsFor(max, shorter), { effect: "allow" }),
      ...caseOf(`${tool} is refused after ${max} times a ${window}`, tool, stepsFor(max + 1, shorter), {
        effect: "limit",
        rule,
      }),
    ];
  });
}

type Step = { readonly at: number; readonly times: number };

function caseOf(name: string, tool: string, steps: readonly Step[], expect: JsonObject): JsonObject[] {
  const [last] = steps.slice(-1);
  if (last === undefined || steps.length > MOST_STEPS) return [];
  const made = ({ at, times }: Step): JsonObject => ({ call: { tool }, ...(at > START && { at: iso(at) }), times });
  const before = steps.slice(0, -1).map(made);
  return [{ name, ...(before.length > 0 && { before }), ...made(last), expect }];
}

/** So many calls, as many at once as each of the limits lets pass, in the order of time. */
function stepsFor(calls: number, limits: readonly Bound[]): readonly Step[] {
  const steps: Step[] = [];
  const used = limits.map(() => ({ window: -1, count: 0 }));
  let at = START;
  for (let left = calls; left > 0 && steps.length <= MOST_STEPS; ) {
    const rooms = limits.map(({ window, max }, index) => {
      const here = Math.floor(at / (SECONDS[window] * 1000));
      const tally = used[index];
      return tally?.window === here ? max - tally.count : max;
    });
    const full = rooms.findLastIndex((room) => room <= 0);
    const limit = limits[full];
    if (limit !== undefined) {
      const length = SECONDS[limit.window] * 1000;
      at = (Math.floor(at / length) + 1) * length;
      continue;
    }
    const times = Math.min(left, ...rooms);
    steps.push({ at, times });
    left -= times;
    limits.forEach(({ window }, index) => {
      const here = Math.floor(at / (SECONDS[window] * 1000));
      const tally = used[index];
      used[index] = { window: here, count: (tally?.window === here ? tally.count : 0) + times };
    });
  }
  return steps;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
