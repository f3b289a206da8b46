/**
 * The admin API, everything below `/api/v1`: who asks, whether they may, and the route that does it. Nothing in it is
 * reached without authentication, not even the answer that a path does not exist.
 */
import type { Env } from "../env.ts";
import { causeOf, log } from "../observe/log.ts";
import { authenticate } from "./auth/authenticate.ts";
import { mayDo, type Operator } from "./auth/operator.ts";
import { Dismissed } from "./commit.ts";
import { match, segmentsOf } from "./match.ts";
import { problem } from "./problem.ts";
import type { Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

export const BASE = "/api/v1";

export async function admin(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const answer = await answerTo(request, env, ctx).catch((error) => failed(request, error));
  answer.headers.set("cache-control", "no-store");
  if (request.method !== "HEAD") return answer;
  await answer.body?.cancel();
  return new Response(null, answer);
}

async function answerTo(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const operator = await authenticate(request, env, ctx);
  if (operator instanceof Response) return operator;
  const path = segmentsOf(new URL(request.url).pathname.slice(BASE.length));
  const here = path === null ? [] : ROUTES.flatMap((route) => at(route, path));
  if (here.length === 0) return problem(404, "The admin API has nothing at this path.");
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = here.find(({ route }) => route.method === method);
  if (found === undefined) {
    const allow = here.map(({ route }) => route.method).join(", ");
    return problem(405, `Here one can ${allow}.`, { headers: { allow } });
  }
  if (!mayDo(operator, found.route.role)) return forbidden(operator, found.route.role);
  return found.route.run({ env, ctx, request, operator, now: Date.now() }, found.params);
}

type Found = { readonly route: Route; readonly params: Record<string, string> };

function at(route: Route, path: readonly string[]): readonly Found[] {
  const params = match(route, path);
  return params === null ? [] : [{ route, params }];
}

function forbidden({ name, role }: Operator, least: Route["role"]): Response {
  return problem(403, `This takes the role ${least}; ${name} has the role ${role}.`);
}

function failed({ method, url }: Request, error: unknown): Response {
  if (error instanceof Dismissed) {
    return problem(
      403,
      "Nothing was changed: since this request was sent, its operator was revoked or given another role.",
    );
  }
  const cause = causeOf(error);
  log("error", "admin API failed", { method, path: new URL(url).pathname, cause });
  if (/no such (?:table|column)/.test(cause)) {
    return problem(
      503,
      "The registry lacks tables; make them with `wrangler d1 migrations apply GRANTGATE_DB` (with --remote or --local).",
    );
  }
  return problem(500, "The gateway could not do this; its log says why. Nothing says that it is done: repeat it.");
}
