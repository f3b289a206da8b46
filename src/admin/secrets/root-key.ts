/** ROOT_KEY, or the answer that says how to set it. */
import type { Env } from "../../env.ts";
import { rootKeyOf } from "../../upstream/root-key.ts";
import { problem } from "../problem.ts";
import type { Read } from "../request/body.ts";

export function readRootKey(env: Env): Read<ReturnType<typeof rootKeyOf>> {
  try {
    return { ok: true, value: rootKeyOf(env) };
  } catch (error) {
    return {
      ok: false,
      refused: problem(503, error instanceof Error ? `${error.message}.` : "ROOT_KEY can't be read."),
    };
  }
}
