/**
 * A gateway of which any one use of the platform can be made to go wrong: the built Worker on real workerd, real storage
 * and real objects, with front.mjs between them. What is not told to go wrong goes its way.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BUILT } from "../gate/build.ts";
import { type Gateway, startGateway } from "../gate/gateway.ts";

/** One use of a binding, such as `GRANTGATE_KV.get` of a key. */
export type Use = {
  readonly scene: string;
  readonly use: string;
  /** The key, the query or the name of the object. */
  readonly about: string;
};

export type Fate =
  | { readonly fate: "pass" }
  /** It throws, and nothing was done. */
  | { readonly fate: "fail" }
  /** It is done, and throws. */
  | { readonly fate: "lose" }
  /** Nothing is done, and this is answered; undefined where it is left out. */
  | { readonly fate: "answer"; readonly answer?: unknown }
  /** The object is aborted while it is at it. */
  | { readonly fate: "crash" };

export const PASS: Fate = { fate: "pass" };

export type Fronted = Gateway & {
  /** Is asked of each use what is to come of it; a promise has it wait. */
  decide(fate: (use: Use) => Fate | Promise<Fate>): void;
  /** Throws an object of this binding out of memory, with all that was under way in it. */
  abort(binding: string, name: string): Promise<void>;
};

export async function startFronted(vars: Record<string, string> = {}): Promise<Fronted> {
  let decided: (use: Use) => Fate | Promise<Fate> = () => PASS;
  const front = await readFile(join(import.meta.dirname, "front.mjs"), "utf8");
  const gateway = await startGateway(vars, {
    modules: [
      { type: "ESModule", path: join(BUILT, "front.js"), contents: front },
      { type: "ESModule", path: join(BUILT, "worker.js") },
    ],
    serviceBindings: {
      FAULTS: async (request: Request) => Response.json(await decided((await request.json()) as Use)),
    },
    r2Buckets: ["AUDIT_BUCKET"],
  });
  return {
    ...gateway,
    decide: (fate) => {
      decided = fate;
    },
    abort: async (binding, name) => {
      await fetch(`${gateway.url}/abort/${binding}/${encodeURIComponent(name)}`);
    },
  };
}
