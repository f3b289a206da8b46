/** One step of a case, decided and counted as the gateway would: what the client would be told of it. Pure. */
import type { CaseGrant, CaseStep, Effect } from "../../policy/cases.ts";
import type { CompiledPolicy } from "../../policy/compile.ts";
import { type Call, decide } from "../../policy/decide.ts";
import { deniedText, heldTo, limitText, unknownToolText } from "../../policy/told.ts";
import { type Books, charge } from "./count.ts";

/** What surrounds the calls: `server` is the slug that the policy sees. A schema is the same object each time. */
export type About = Required<Pick<Call, "server" | "schemaOf">>;

/** `text` is what the client reads. */
export type Actual = {
  readonly effect: Effect;
  readonly rule: string | undefined;
  readonly text: string | undefined;
};

const ALLOWED: Actual = { effect: "allow", rule: undefined, text: undefined };
const UNKNOWN: CaseGrant = { id: "", label: "", tags: [], session: null };

export function callOf({ call, grant, at }: CaseStep, about: About): Call {
  const { id, label, tags } = grant ?? UNKNOWN;
  return { ...call, ...about, grant: { id, label, tags }, time: at };
}

/** The decision about the last of the step's calls. All of them lie at one instant, so they are decided alike. */
export function play(policy: CompiledPolicy, step: CaseStep, books: Books, about: About): Actual {
  const decision = decide(step.grant === null ? null : policy, callOf(step, about));
  switch (decision.effect) {
    case "hide":
      return { effect: "hide", rule: decision.rule, text: unknownToolText(step.call.tool) };
    case "deny":
    case "approval":
      return { effect: decision.effect, rule: decision.rule, text: deniedText(decision.text) };
    case "allow":
      break;
  }
  let last = ALLOWED;
  for (let time = 0; time < step.times; time++) {
    const limited = charge(books, decision.limits, step.grant ?? UNKNOWN, step.at);
    const demand = limited === null ? undefined : decision.limits[limited.demand];
    last =
      limited === null || demand === undefined
        ? ALLOWED
        : { effect: "limit", rule: demand.rule, text: limitText(heldTo(demand, step.grant?.session ?? null), limited) };
  }
  return last;
}
