/** Shows a grant's new token: alone on standard output, so that it can be piped, and nowhere else. */
import type { NewGrant } from "./admin/shapes.ts";
import { printJson } from "./show.ts";
import { shown, type Terminal } from "./terminal.ts";

export function newToken(terminal: Terminal, grant: NewGrant, what: string, { json }: { readonly json?: true }): void {
  if (json) {
    printJson(terminal, grant);
    return;
  }
  terminal.err(shown(what));
  terminal.err("The token is shown this once; keep it like a password.");
  terminal.out(grant.token);
  terminal.err(`\nEndpoint  ${shown(grant.url)}`);
  terminal.err(
    `Connect   GRANTGATE_TOKEN=<token> npx grantgate connect claude-code --server ${shown(grant.server)}  (or cursor, vscode, …)`,
  );
}
