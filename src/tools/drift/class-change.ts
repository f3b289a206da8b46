/** Whether a tool's class is another one now, and what says so. */
import { type JsonObject, member } from "../../json/value.ts";
import { compareClasses } from "../classify/class.ts";
import { type Classification, classify } from "../classify/classify.ts";
import type { Change } from "./drift.ts";

export function classOf(definition: JsonObject): Classification {
  const name = member(definition, "name");
  return classify({
    name: typeof name === "string" ? name : "",
    description: member(definition, "description"),
    inputSchema: member(definition, "inputSchema"),
    annotations: member(definition, "annotations"),
  });
}

/** A lower class is told too: a tool may be talked down in one step to do harm in the next. */
export function classChanges(pinned: JsonObject, seen: JsonObject): Change[] {
  const before = classOf(pinned);
  const after = classOf(seen);
  const order = compareClasses(after.class, before.class);
  if (order === 0) return [];
  const why = (order > 0 ? after : before).evidence[0]?.text ?? "";
  if (order > 0) {
    const weight = after.risk === "critical" ? "critical" : "high";
    const text = `Its class was ${before.class} and is ${after.class}: ${why}.`;
    return [{ kind: "class raised", weight, at: "", text }];
  }
  const text = `Its class was ${before.class} (${why}) and is ${after.class}.`;
  return [{ kind: "class lowered", weight: "medium", at: "", text }];
}
