/**
 * What a tool's annotations add. They are hints from a server that nobody has to believe (MCP, "Tool annotations"), so a
 * hint that warns is taken and a hint that soothes is not. A hint that is left out says nothing: most servers leave out
 * all of them, and by MCP's defaults every one of their tools would be destructive.
 */
import { isObject, type Json, member } from "../../json/value.ts";
import type { Evidence } from "./class.ts";

export function hinted(annotations: Json | undefined): Evidence[] {
  if (!isObject(annotations)) return [];
  const out: Evidence[] = [];
  if (member(annotations, "destructiveHint") === true) {
    out.push({ class: "destructive", text: "annotated as destructive", from: "annotations" });
  }
  if (member(annotations, "readOnlyHint") === false) {
    out.push({ class: "write", text: "annotated as not read-only", from: "annotations" });
  }
  return out;
}
