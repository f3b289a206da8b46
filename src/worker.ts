/** The entry of the Worker: MCP clients go to the gate, operators to the admin API, and nothing else is here. */
import { Hono } from "hono";
import { adminApp } from "./admin/app.ts";
import type { Env } from "./env.ts";
import { gate } from "./gate/gate.ts";

export { GrantLedger } from "./ledger/ledger.ts";
export { ServerLedger } from "./ledger/server-ledger.ts";
export { ToolShelf } from "./tools/shelf.ts";

const MCP_PATH = /^\/mcp\/([a-z0-9][a-z0-9-]{0,62})\/?$/;

const rest = new Hono<{ Bindings: Env }>();
rest.route("/", adminApp);
rest.get("/healthz", (context) => context.json({ status: "ok" }, 200, { "cache-control": "no-store" }));
// OAuth discovery must find nothing here, or clients drop the grant token they were given.
rest.notFound((context) => context.json({ error: "not found" }, 404, { "cache-control": "no-store" }));

export default {
  fetch(request, env, ctx) {
    // The way of a call is too hot for a router.
    const slug = MCP_PATH.exec(new URL(request.url).pathname)?.[1];
    return slug === undefined ? rest.fetch(request, env, ctx) : gate(request, env, ctx, slug);
  },
} satisfies ExportedHandler<Env>;
