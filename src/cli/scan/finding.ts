/** One thing about a tool, a prompt or a server's instructions that is worth a look. */
import type { Weight } from "../../tools/signals/signal.ts";
import type { Steering } from "../../tools/steering/steering.ts";
import { type FindingKind, MEANINGS } from "./kinds.ts";

export type Finding = {
  readonly kind: FindingKind;
  /** What kind of steering it is. */
  readonly detail?: Steering["kind"];
  /** JSON Pointer into what it is about. */
  readonly at: string;
  readonly parameter: string | undefined;
  /** A sentence without its full stop, about what it stands under. */
  readonly text: string;
};

export function weightOf({ kind }: Finding): Weight {
  return MEANINGS[kind].weight;
}

export function steered({ kind: detail, at, text }: Steering): Finding {
  return { kind: "steering", detail, at, parameter: undefined, text: text.replace(/\.$/, "") };
}
