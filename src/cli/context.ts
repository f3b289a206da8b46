/** Where a command runs. Everything it takes from outside comes through here: no command reads `process` itself. */
import type { Terminal } from "./terminal.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export type Context = {
  readonly terminal: Terminal;
  readonly env: Environment;
  /** The folder the user stands in; paths they type are relative to it. */
  readonly cwd: string;
  /** The checkout this command lies in: where `.dev.vars`, `policies/` and `.wrangler/` are. */
  readonly root: string;
  /** The user's own folder, where most clients keep their settings. */
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly now: () => Date;
};

/** The variable's value; empty counts as not set, as it does in shells and CI settings. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === "" ? undefined : value;
}
