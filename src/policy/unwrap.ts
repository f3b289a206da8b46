/**
 * Tools that run other tools by name: which call one of them carries inside itself.
 *
 * The call inside is read exactly where the policy says, and from nowhere else. It must never come out as some other
 * call than the server will run: what can't be read is denied, not guessed.
 */
import { takenFor } from "../json/fold.ts";
import { isObject, type JsonObject } from "../json/value.ts";
import { type Call, type Found, follow } from "./call.ts";
import { deny, type Refusal } from "./decision.ts";
import type { Unwrap } from "./document.ts";
import { pathLabel, strayed } from "./label.ts";
import { type Path, readPath } from "./path.ts";
import { quoted, shownWithType } from "./quote.ts";

export type CompiledUnwrap = { readonly rule: string; readonly tool: Path; readonly arguments: Path };

export type Unwrapped = { readonly ok: true; readonly call: Call } | { readonly ok: false; readonly refusal: Refusal };

/** How many calls may be carried one inside the other, the outermost not counted. */
export const MOST_INNER = 4;

export function compileUnwrap(unwrap: Unwrap, rule: string): CompiledUnwrap {
  return { rule, tool: compiledPath(unwrap.tool), arguments: compiledPath(unwrap.arguments) };
}

/** Leads to nothing in any call. Documents that were read hold no path that can't be; a made-up one must not pass. */
const NOWHERE: Path = { root: "tool", steps: [{ kind: "index", index: 0 }] };

function compiledPath(text: string): Path {
  const read = readPath(text);
  return read.ok ? read.path : NOWHERE;
}

/** The call inside, as if its caller had made it directly. */
export function unwrapped({ rule, tool, arguments: path }: CompiledUnwrap, call: Call): Unwrapped {
  const [name] = follow(tool, call);
  if (name?.kind !== "value" || typeof name.value !== "string" || name.value === "") {
    return no(rule, tool, name, "the name of the tool that this call runs, a string that is not empty");
  }
  const [given] = follow(path, call);
  const args = argumentsIn(given);
  if (args === undefined) return no(rule, path, given, "the arguments of the tool that this call runs, an object");
  const twin = twinOn(tool, call) ?? twinOn(path, call);
  if (twin !== undefined) return { ok: false, refusal: deny(rule, twin) };
  return { ok: true, call: { ...call, tool: name.value, arguments: args } };
}

export function tooDeep(rule: string): Refusal {
  return deny(rule, `This call carries more than ${MOST_INNER} calls, one inside the other; call the tool directly.`);
}

/** A server that matches keys loosely could run what stands under another key than the one that was read here. */
function twinOn(path: Path, call: Call): string | undefined {
  for (const [at, step] of path.steps.entries()) {
    const [on] = follow({ ...path, steps: path.steps.slice(0, at) }, call);
    if (step.kind !== "key" || on?.kind !== "value" || !isObject(on.value)) continue;
    const { key } = step;
    const twin = Object.keys(on.value).find((other) => other !== key && takenFor(other, key));
    if (twin !== undefined) return `The key ${quoted(twin)} could be taken for ${quoted(key)}; leave it out.`;
  }
  return undefined;
}

/** Absent and null are no arguments, as in a call without any. */
function argumentsIn(given: Found | undefined): JsonObject | undefined {
  if (given?.kind === "absent" || (given?.kind === "value" && given.value === null)) return Object.create(null);
  return given?.kind === "value" && isObject(given.value) ? given.value : undefined;
}

function no(rule: string, path: Path, found: Found | undefined, wanted: string): Unwrapped {
  if (found?.kind === "astray") return { ok: false, refusal: deny(rule, strayed(path, found)) };
  const is = found?.kind === "value" ? shownWithType(found.value) : "absent";
  return { ok: false, refusal: deny(rule, `${pathLabel(path)} is ${is}; it has to be ${wanted}.`) };
}
