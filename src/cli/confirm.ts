/** Whoever destroys something says so twice: with `--yes`, or to a question. Where nobody can be asked, nothing happens. */
import type { Context } from "./context.ts";
import { found, usage } from "./failure.ts";

export type Yes = { readonly yes?: true };

/** Returns when it may be done, and throws a `Failure` when not. `what` completes "Really …?". */
export async function confirmed({ terminal }: Pick<Context, "terminal">, { yes }: Yes, what: string): Promise<void> {
  if (yes) return;
  if (terminal.confirm === undefined) {
    throw usage(`Nobody can be asked here whether to ${what}.`, "Add --yes when that is what you want.");
  }
  if (!(await terminal.confirm(`Really ${what}?`))) throw found("Nothing was changed.");
}
