/** A command line as a user types it, and what came of it. */
import { run } from "../../../src/cli/run.ts";
import { ADMIN_TOKEN, type StandIn } from "./gateway-stand-in.ts";
import { context, folder, type Screen, screen } from "./stage.ts";

export type Ran = { readonly exit: number; readonly out: string; readonly err: string };

/** `line` is split at spaces, or given as words. */
export async function grantgate(
  line: string | readonly string[],
  {
    at,
    env = {},
    files = {},
    root = folder(files),
    terminal = screen(),
  }: {
    readonly at?: StandIn;
    readonly env?: Record<string, string>;
    readonly files?: Record<string, string>;
    readonly root?: string;
    readonly terminal?: Screen;
  } = {},
): Promise<Ran> {
  const settings = at === undefined ? {} : { GRANTGATE_URL: at.url, GRANTGATE_ADMIN_TOKEN: ADMIN_TOKEN };
  const exit = await run(
    typeof line === "string" ? line.split(" ") : line,
    context(terminal, { env: { ...settings, ...env }, root, cwd: root }),
  );
  return { exit, out: terminal.outText(), err: terminal.errText() };
}
