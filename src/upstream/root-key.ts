/** The root key as the environment holds it, or an error that says which secret to set. */
import type { Env } from "../env.ts";

export function rootKeyOf(env: Pick<Env, "ROOT_KEY">): string {
  if (env.ROOT_KEY === undefined || !/^[0-9a-fA-F]{64}$/.test(env.ROOT_KEY)) {
    throw new Error("ROOT_KEY is not set to 32 bytes in hex; set it with `wrangler secret put ROOT_KEY`");
  }
  return env.ROOT_KEY;
}
