/**
 * Which pages may call (specification, "Transports", Security: servers must check Origin), and the CORS headers that
 * tell a browser so. Programs send no Origin and pass. The gateway's own origin counts as https only, so that a name
 * re-bound to a laptop's loopback address gains nothing; on loopback, loopback origins pass.
 */

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

export function isAllowedOrigin(request: Request, allowed: readonly string[]): boolean {
  const origin = request.headers.get("origin");
  if (origin === null) return true;
  if (allowed.includes(origin)) return true;
  const from = URL.parse(origin);
  const to = new URL(request.url);
  if (from === null || from.origin !== origin) return false;
  if (LOOPBACK.has(to.hostname)) return LOOPBACK.has(from.hostname);
  return from.protocol === "https:" && from.origin === to.origin;
}

/** The answer to a preflight of an allowed origin. */
export function preflight(request: Request): Response {
  const asked = (request.headers.get("access-control-request-headers") ?? "").split(",").map((name) => name.trim());
  const params = asked.filter((name) => /^mcp-param-[A-Za-z0-9!#$%&'*+.^_`|~-]+$/i.test(name));
  return new Response(null, {
    status: 204,
    headers: {
      "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
      "access-control-allow-headers": [...ALLOWED_HEADERS, ...params].join(", "),
      "access-control-max-age": "600",
    },
  });
}

/** Lets the page of an allowed origin read the answer. */
export function withCors(request: Request, response: Response): Response {
  const origin = request.headers.get("origin");
  if (origin === null) return response;
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", "mcp-session-id, www-authenticate, retry-after, traceresponse");
  response.headers.append("vary", "origin");
  return response;
}

const ALLOWED_HEADERS = [
  "authorization",
  "content-type",
  "accept",
  "mcp-protocol-version",
  "mcp-method",
  "mcp-name",
  "mcp-session-id",
  "last-event-id",
  "traceparent",
  "tracestate",
  "baggage",
];
