/** The entry of the Worker: MCP clients go to the gate, operators to the admin API, and nothing else is here. */
import { admin, BASE } from "./admin/app.ts";
import { keepAwake } from "./admin/care/watch.ts";
import type { Env } from "./env.ts";
import { gate } from "./gate/gate.ts";
import { readyz } from "./observe/readyz.ts";

export { Doorkeeper } from "./admin/auth/doorkeeper.ts";
export { Caretaker } from "./admin/care/caretaker.ts";
export { GrantLedger } from "./ledger/ledger.ts";
export { ServerLedger } from "./ledger/server-ledger.ts";
export { ToolShelf } from "./tools/pins/shelf.ts";
export { CredentialKeeper } from "./upstream/oauth/keeper.ts";

const MCP_PATH = /^\/mcp\/([a-z0-9][a-z0-9-]{0,62})\/?$/;

export default {
  fetch(request, env, ctx) {
    keepAwake(env, ctx);
    const { pathname } = new URL(request.url);
    const slug = MCP_PATH.exec(pathname)?.[1];
    if (slug !== undefined) return gate(request, env, ctx, slug);
    return `${pathname}/`.startsWith(`${BASE}/`) ? admin(request, env, ctx) : other(pathname, env);
  },
} satisfies ExportedHandler<Env>;

async function other(pathname: string, env: Env): Promise<Response> {
  switch (pathname) {
    case "/healthz":
      return plain(200, { status: "ok" });
    case "/readyz":
      return readyz(env);
    default:
      // OAuth discovery must find nothing here, or clients drop the grant token they were given.
      return plain(404, { error: "not found" });
  }
}

function plain(status: number, body: object): Response {
  return Response.json(body, { status, headers: { "cache-control": "no-store" } });
}
