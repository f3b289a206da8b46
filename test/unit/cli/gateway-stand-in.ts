/**
 * A small HTTP server with the admin API's shape: keeps what it is sent, and remembers every request. It stands in
 * for the gateway where a test is about what the command sends, and never about what the gateway decides.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { canonicalJson } from "../../../src/json/canonical.ts";

export const ADMIN_TOKEN = "admin-token-of-the-stand-in";

export type Seen = {
  readonly method: string;
  readonly path: string;
  readonly auth: string;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
};
/** `lines` are sent as they are, as NDJSON. */
export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  readonly lines?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly problem?: true;
};
export type StandIn = { readonly url: string; readonly seen: Seen[]; readonly writes: () => string[] };

/** `refuse` may answer a request with a problem document instead, and `reply` with anything. */
export async function standIn(
  refuse: (seen: Seen) => object | undefined = () => undefined,
  reply: (seen: Seen) => Reply | undefined = () => undefined,
): Promise<StandIn> {
  const servers = new Map<string, Record<string, unknown>>();
  const policies = new Map<string, Record<string, unknown>>();
  const seen: Seen[] = [];
  let revision = 0;

  const answer = (request: Seen): Reply => {
    if (request.auth !== `Bearer ${ADMIN_TOKEN}`) return { status: 401, body: { detail: "no" }, problem: true };
    const refused = refuse(request);
    if (refused !== undefined) return { status: 422, body: refused, problem: true };
    const other = reply(request);
    if (other !== undefined) return other;
    const [, kind = "", one = "", two = "", three = ""] =
      request.path.replace("/api/v1", "").split("?")[0]?.split("/") ?? [];
    if (kind === "servers" && request.method === "PUT") {
      const { secrets = {}, ...file } = JSON.parse(request.body);
      const kept = servers.get(one);
      const names = [...new Set([...(kept ? Object(kept.secrets) : []), ...Object.keys(secrets)])];
      servers.set(one, {
        ...file,
        slug: one,
        credential: file.credential ?? null,
        secrets: names,
        version: hash(request.body),
        revision: ++revision,
      });
      return { status: kept ? 200 : 201, body: servers.get(one) };
    }
    if (kind === "servers" && request.method === "DELETE") return { status: servers.delete(one) ? 204 : 404 };
    if (kind === "servers" && one !== "") return { status: 200, body: servers.get(one) };
    if (kind === "servers") return { status: 200, body: { items: [...servers.values()], next: null } };
    if (kind === "policies" && request.method === "PUT") {
      const document = JSON.parse(request.body);
      const made = { ...policy(one, two, hash(canonicalJson(document)), ++revision), document };
      policies.set(`${one}/${two}`, made);
      return { status: 200, body: made };
    }
    if (kind === "policies" && request.method === "DELETE") {
      return { status: policies.delete(`${one}/${two}`) ? 204 : 404 };
    }
    if (kind === "policies" && two !== "") return { status: 200, body: policies.get(`${one}/${two}`) };
    if (kind === "policies") {
      const server = new URL(request.path, "http://x").searchParams.get("server");
      const items = [...policies.values()].filter((each) => server === null || each.server === server);
      return { status: 200, body: { items, next: null } };
    }
    if (kind === "grants" && request.method === "POST" && two !== "" && two !== "rotate") {
      const status = { suspend: "suspended", resume: "active", revoke: "revoked" }[two] ?? "active";
      return { status: 200, body: { ...grant({ label: "old" }), id: one, status } };
    }
    if (kind === "grants" && request.method === "POST") {
      const wish = two === "rotate" ? { label: "old" } : JSON.parse(request.body);
      return { status: 201, body: { ...grant(wish), token: "ggt_new", url: "https://g/mcp/s" } };
    }
    if (kind === "grants" && request.method !== "GET") {
      const wish = request.body === "" ? {} : JSON.parse(request.body);
      const change = three === "" && two === "" ? wish : two === "policy" ? wish : {};
      return { status: 200, body: { ...grant({ label: "old" }), ...change, id: one } };
    }
    if (kind === "grants") {
      return { status: 200, body: { items: [grant({ label: "ci", tags: ["net"] })], next: null } };
    }
    return { status: 404, body: { detail: "nothing here" }, problem: true };
  };

  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const request_ = { method, path, auth: headers.authorization ?? "", body: await text(request), headers };
    seen.push(request_);
    const { status, body, lines, problem, headers: more } = answer(request_);
    const type = lines ? "application/x-ndjson" : problem ? "application/problem+json" : "application/json";
    response.writeHead(status, { "content-type": type, ...more });
    response.end(lines ? lines.map((line) => `${line}\n`).join("") : body === undefined ? "" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const writes = (): string[] =>
    seen.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  return { url: `http://127.0.0.1:${port}`, seen, writes };
}

export function policy(server: string, name: string, version: string, revision: number): Record<string, unknown> {
  const at = "2026-11-21T12:00:00.000Z";
  return {
    server,
    name,
    version,
    revision,
    author: "ADMIN_TOKEN",
    message: null,
    createdAt: at,
    updatedAt: at,
    grants: 0,
  };
}

export function grant(more: Record<string, unknown>): Record<string, unknown> {
  const createdAt = "2026-11-21T12:00:00.000Z";
  return {
    id: "grt_1",
    server: "s",
    policy: "p",
    label: "l",
    tags: [],
    status: "active",
    credential: null,
    tokens: [{ createdAt, expiresAt: null }],
    revision: 1,
    createdAt,
    updatedAt: createdAt,
    expiresAt: null,
    revokedAt: null,
    ...more,
  };
}

function hash(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
