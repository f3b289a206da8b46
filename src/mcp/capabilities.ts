/**
 * What each side is told that the other can do. The tasks extension is taken out in both directions, because a task
 * hands a tool's result out by other methods than the call that policy decided; and what the server's record does not
 * open is not offered.
 */
import { isObject, type Json, type JsonObject, member } from "../json/value.ts";
import { CAPABILITIES_KEY, type Era } from "./era.ts";
import type { Surface } from "./methods.ts";

const TASKS_EXTENSION = "io.modelcontextprotocol/tasks";

/** The params of a request as the upstream may see them: no word of tasks. */
export function withoutTasks(era: Era, method: string, params: JsonObject): JsonObject {
  const plain = omit(params, "task");
  if (era === "modern") return edit(plain, "_meta", (meta) => edit(meta, CAPABILITIES_KEY, dropTasks));
  return method === "initialize" ? edit(plain, "capabilities", dropTasks) : plain;
}

/** The result of `initialize` or `server/discover` as the client may see it. */
export function offered(result: JsonObject, surface: readonly Surface[]): JsonObject {
  return edit(result, "capabilities", (capabilities) => {
    let open = dropTasks(capabilities);
    for (const part of ["tools", "resources", "prompts"] as const) {
      if (!surface.includes(part)) open = omit(open, part);
    }
    const completes = surface.includes("resources") || surface.includes("prompts");
    return completes ? open : omit(open, "completions");
  });
}

/** The params of `subscriptions/listen`, asking for nothing that is not open. */
export function listening(params: JsonObject, surface: readonly Surface[]): JsonObject {
  return edit(params, "notifications", (asked) => {
    let open = omit(asked, "taskIds");
    if (!surface.includes("tools")) open = omit(open, "toolsListChanged");
    if (!surface.includes("prompts")) open = omit(open, "promptsListChanged");
    if (!surface.includes("resources")) open = omit(omit(open, "resourcesListChanged"), "resourceSubscriptions");
    return open;
  });
}

function dropTasks(capabilities: JsonObject): JsonObject {
  return edit(omit(capabilities, "tasks"), "extensions", (extensions) => omit(extensions, TASKS_EXTENSION));
}

function edit(object: JsonObject, key: string, change: (value: JsonObject) => JsonObject): JsonObject {
  const value: Json | undefined = member(object, key);
  if (!isObject(value)) return object;
  const changed = change(value);
  return changed === value ? object : { ...object, [key]: changed };
}

function omit(object: JsonObject, key: string): JsonObject {
  if (!(key in object)) return object;
  const { [key]: _, ...rest } = object;
  return rest;
}
