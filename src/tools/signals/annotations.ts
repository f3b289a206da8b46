/**
 * Annotations that soothe where the tool itself says otherwise. A client may believe them (MCP, "Tool annotations": they
 * are hints, and not to be trusted of a server that is not).
 */
import { isObject, type Json, member } from "../../json/value.ts";
import { RISK } from "../classify/class.ts";
import type { Classification } from "../classify/classify.ts";
import type { Signal } from "./signal.ts";

/** Below it a class is a guess, and a guess contradicts nobody. */
const SURE = 0.7;
/** For what only changes something, name and description must agree: many verbs (`open`) do both. */
const AGREED = 0.9;

export function contradictions(
  annotations: Json | undefined,
  { class: toolClass, evidence, confidence }: Classification,
): Signal[] {
  if (!isObject(annotations)) return [];
  const hint = (name: string): Json | undefined => member(annotations, name);
  const signal = (name: string, text: string): Signal => ({
    kind: "annotation",
    at: `/annotations/${name}`,
    parameter: undefined,
    text,
  });
  const own = evidence.filter(({ from }) => from !== "annotations");
  const because = own.find((each) => each.class === toolClass)?.text;
  const isSure = confidence >= (toolClass === "write" ? AGREED : SURE) && because !== undefined;
  const readOnly = hint("readOnlyHint") === true;
  if (readOnly && hint("destructiveHint") === true) {
    return [signal("readOnlyHint", "annotated as read-only and as destructive at once")];
  }
  if (readOnly && toolClass !== "read" && isSure) {
    return [signal("readOnlyHint", `annotated as read-only, but its class is ${toolClass}: ${because}`)];
  }
  if (hint("destructiveHint") === false && RISK[toolClass] === "critical" && isSure) {
    return [signal("destructiveHint", `annotated as not destructive, but its class is ${toolClass}: ${because}`)];
  }
  return [];
}
