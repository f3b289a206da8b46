/**
 * A small HTTP server with the admin API's shape: keeps what it is sent, and remembers every request. It stands in
 * for the gateway where a test is about what the command sends, and never about what the gateway decides.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";
import { canonicalJson } from "../../../src/json/canonical.ts";

export const ADMIN_TOKEN = "admin-token-of-the-stand-in";

export type Seen = { readonly method: string; readonly path: string; readonly auth: string; readonly body: string };
export type StandIn = { readonly url: string; readonly seen: Seen[]; readonly writes: () => string[] };

/** `refuse` may answer a request with a problem document instead. */
export async function standIn(refuse: (seen: Seen) => object | undefined = () => undefined): Promise<StandIn> {
  const servers = new Map<string, Record<string, unknown>>();
  const policies = new Map<string, Record<string, unknown>>();
  const seen: Seen[] = [];

  const answer = (request: Seen): { status: number; body: unknown; problem?: true } => {
    if (request.auth !== `Bearer ${ADMIN_TOKEN}`) return { status: 401, body: { detail: "no" }, problem: true };
    const refused = refuse(request);
    if (refused !== undefined) return { status: 422, body: refused, problem: true };
    const [, kind = "", one = "", two = ""] = request.path.replace("/api/v1", "").split("?")[0]?.split("/") ?? [];
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
      });
      return { status: kept ? 200 : 201, body: servers.get(one) };
    }
    if (kind === "servers") return { status: 200, body: { items: [...servers.values()] } };
    if (kind === "policies" && request.method === "PUT") {
      const document = JSON.parse(request.body);
      const made = { server: one, name: two, version: hash(canonicalJson(document)), document };
      policies.set(`${one}/${two}`, made);
      return { status: 200, body: made };
    }
    if (kind === "policies" && two !== "") return { status: 200, body: policies.get(`${one}/${two}`) };
    if (kind === "policies") return { status: 200, body: { items: [...policies.values()] } };
    if (kind === "grants" && request.method === "POST" && two === "revoke") {
      return { status: 200, body: { ...grant({ label: "old" }), id: one, status: "revoked" } };
    }
    if (kind === "grants" && request.method === "POST") {
      return { status: 201, body: { ...grant(JSON.parse(request.body)), token: "ggt_new", url: "https://g/mcp/s" } };
    }
    if (kind === "grants") return { status: 200, body: { items: [grant({ label: "ci", tags: ["net"] })] } };
    return { status: 404, body: { detail: "nothing here" }, problem: true };
  };

  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const request_ = { method, path, auth: headers.authorization ?? "", body: await text(request) };
    seen.push(request_);
    const { status, body, problem } = answer(request_);
    response.writeHead(status, { "content-type": problem ? "application/problem+json" : "application/json" });
    response.end(JSON.stringify(body));
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

function grant(more: Record<string, unknown>): Record<string, unknown> {
  const createdAt = "2026-11-21T12:00:00.000Z";
  return {
    id: "grt_1",
    server: "s",
    policy: "p",
    label: "l",
    tags: [],
    status: "active",
    createdAt,
    expiresAt: null,
    ...more,
  };
}

function hash(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
