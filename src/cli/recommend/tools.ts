/** A server's list as the classifier takes it. What is no tool was told by whoever read the list. Pure. */
import { type JsonObject, member } from "../../json/value.ts";
import type { Tool } from "../../tools/classify/classify.ts";

export function toolsIn(list: readonly JsonObject[]): readonly Tool[] {
  return list.flatMap((tool) => {
    const name = member(tool, "name");
    if (typeof name !== "string") return [];
    const [description, inputSchema, annotations] = ["description", "inputSchema", "annotations"].map((key) =>
      member(tool, key),
    );
    return [{ name, description, inputSchema, annotations }];
  });
}
