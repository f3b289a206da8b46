/** All that a scan can find besides a tool's class: the signals of a definition, and text that steers the model. */
import { type Meaning, SIGNAL_KINDS, SIGNALS, type SignalKind } from "../../tools/signals/signal.ts";

export type FindingKind = SignalKind | "steering";

export const MEANINGS: Readonly<Record<FindingKind, Meaning>> = {
  steering: {
    title: "Text that steers the model",
    weight: "high",
    why: "A description is read by the model as if it were its user's: one that gives orders, hides something or speaks of other tools can make it act for somebody else.",
  },
  ...SIGNALS,
};

/** In the order in which they are shown. */
export const FINDING_KINDS: readonly FindingKind[] = ["steering", ...SIGNAL_KINDS];
