/** What is journalled of a call's arguments, as the policy chooses: whatever is decided about the call. */
import { argumentDigest } from "../audit/argument-key.ts";
import { recordedArguments } from "../audit/arguments.ts";
import type { Env } from "../env.ts";
import { isObject, type JsonObject } from "../json/value.ts";
import type { Refusal } from "../mcp/refusal.ts";
import type { CompiledPolicy } from "../policy/compile.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import type { Incoming } from "./read.ts";

const NONE: JsonObject = Object.freeze(Object.create(null));

/** Canonical JSON, to be waited for only where it takes a digest; undefined for what is no call of a tool. */
export function recordedOf(
  env: Env,
  grant: string,
  policy: CompiledPolicy | null,
  incoming: Incoming | Refusal,
): string | Promise<string> | undefined {
  if (incoming.kind !== "message" || incoming.message.kind !== "request") return undefined;
  const { method, params } = incoming.message;
  const { arguments: given = NONE } = params;
  if (method !== "tools/call" || !isObject(given)) return undefined;
  const choice = policy?.record.arguments ?? "keys";
  return recordedArguments(choice, given, () => argumentDigest(rootKeyOf(env).present, grant));
}
