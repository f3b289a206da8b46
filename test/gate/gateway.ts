/**
 * The built Worker on real workerd with real KV, Durable Objects and D1, driven from outside as an operator and a client
 * would. Nothing stands before or behind the Worker: clients and upstreams are on sockets of its own, so a connection
 * that opens, waits or breaks is seen on the other side as it happens. Each gateway has storage of its own and a fresh
 * port.
 */
import { Miniflare } from "miniflare";
import { ADMIN_TOKEN, migrate, NAME, workerdOptions } from "./workerd.ts";

export type Grant = { readonly id: string; readonly token: string; readonly url: string };

export type Gateway = {
  readonly url: string;
  /** A call of the admin API as an admin; any status is an answer. */
  admin(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** Nothing is held unless `server` says so: most upstreams of the tests list no tools, or others each time. */
  putServer(slug: string, server: object): Promise<void>;
  putPolicy(server: string, name: string, policy: object): Promise<void>;
  grant(server: string, policy: string | null, more?: object): Promise<Grant>;
  revoke(id: string): Promise<void>;
  /** Takes the grant's ledger out of memory; its storage stays. */
  evict(grantId: string): Promise<void>;
  /** All that the Worker has logged so far. */
  logs(): string;
  close(): Promise<void>;
};

/** `more` are options of workerd, in place of those that all gateways of the tests have or beside them. */
export async function startGateway(vars: Record<string, string> = {}, more: object = {}): Promise<Gateway> {
  const logged: unknown[] = [];
  const listening = { handleStructuredLogs: (log: unknown) => logged.push(log) };
  const workerd = new Miniflare(workerdOptions(vars, { ...listening, ...more }));
  const url = await workerd.ready;
  await migrate(workerd);

  async function admin(method: string, path: string, body?: unknown) {
    const response = await fetch(new URL(`/api/v1${path}`, url), {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === "" ? null : (JSON.parse(text) as unknown) };
  }

  async function must(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await admin(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  return {
    url: url.href.replace(/\/$/, ""),
    admin,
    async putServer(slug, server) {
      await must("PUT", `/servers/${slug}`, { name: slug, drift: "allow", ...server });
    },
    async putPolicy(server, name, policy) {
      await must("PUT", `/policies/${server}/${name}`, policy);
    },
    async grant(server, policy, more = {}) {
      return (await must("POST", "/grants", { server, policy, label: "test", ...more })) as Grant;
    },
    async revoke(id) {
      await must("POST", `/grants/${id}/revoke`);
    },
    evict: (grantId) => workerd.unsafeEvictDurableObject(NAME, "GrantLedger", { name: grantId }),
    logs: () => JSON.stringify(logged),
    close: () => workerd.dispose(),
  };
}

/** A gateway in front of one server, with a policy that allows all. */
export async function openGate(upstreamUrl: string): Promise<{ url: string; token: string; close(): Promise<void> }> {
  const gateway = await startGateway();
  await gateway.putServer("upstream", { url: upstreamUrl, drift: "hold" });
  await gateway.putPolicy("upstream", "open", { version: "1", default: "allow" });
  const { url, token } = await gateway.grant("upstream", "open");
  return { url, token, close: () => gateway.close() };
}
