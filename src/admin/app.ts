/**
 * The admin API, everything below `/api/v1`. Nothing in it is reached without the admin token, not even the answer
 * that a path does not exist.
 */
import { Hono } from "hono";
import type { Env } from "../env.ts";
import { requireAdmin } from "./auth.ts";
import { getGrant, getGrants, postGrant, revoke } from "./grants.ts";
import { getPolicies, getPolicy, putPolicy, removePolicy } from "./policies.ts";
import { problem } from "./problem.ts";
import { getServer, getServers, putServer, removeServer } from "./servers.ts";

/** `names` are the variable parts of the path, in order. */
type Handler = (request: Request, env: Env, names: readonly string[]) => Promise<Response>;
type Methods = Readonly<Partial<Record<"GET" | "PUT" | "POST" | "DELETE", Handler>>>;

const ROUTES: Readonly<Record<string, Methods>> = {
  "/servers": { GET: getServers },
  "/servers/:slug": { GET: getServer, PUT: putServer, DELETE: removeServer },
  "/policies": { GET: getPolicies },
  "/policies/:server/:name": { GET: getPolicy, PUT: putPolicy, DELETE: removePolicy },
  "/grants": { GET: getGrants, POST: postGrant },
  "/grants/:id": { GET: getGrant },
  "/grants/:id/revoke": { POST: revoke },
};

export const adminApp = new Hono<{ Bindings: Env }>().basePath("/api/v1");

adminApp.use("*", async (context, next) => {
  await next();
  context.header("cache-control", "no-store");
});
adminApp.use("*", requireAdmin);

for (const [path, methods] of Object.entries(ROUTES)) {
  const variables = Array.from(path.matchAll(/:([a-z]+)/g), ([, name]) => name ?? "");
  for (const [method, handler] of Object.entries(methods)) {
    adminApp.on(method, path, (context) => {
      const names = variables.map((name) => context.req.param(name) ?? "");
      return handler(context.req.raw, context.env, names);
    });
  }
  const allow = Object.keys(methods).join(", ");
  adminApp.all(path, () => problem(405, `Here one can ${allow}.`, { headers: { allow } }));
}

adminApp.all("*", () => problem(404, "The admin API has nothing at this path."));

adminApp.onError((error) => {
  console.error(`admin API: ${error.message}`);
  if (error.message.includes("no such table")) {
    return problem(503, "The registry has no tables yet; make them with `wrangler d1 migrations apply GRANTGATE_DB`.");
  }
  return problem(500, "The gateway could not do this; its log says why. Nothing says that it is done: repeat it.");
});
