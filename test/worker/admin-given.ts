/** What the tests of the admin API start from. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { admin } from "../../src/admin/app.ts";
import type { Env } from "../../src/env.ts";

export const ORIGIN = "https://gateway.example.com";

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body read as JSON; an empty object when there is none. */
  readonly body: Record<string, unknown>;
};

export type Asked = {
  readonly body?: unknown;
  readonly token?: string | null;
  /** Besides, or in place of, what is sent anyway; null for one that is not to be sent. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Where the request comes from. Failures to authenticate are counted by it, so tests of those have their own. */
  readonly address?: string;
  /** What Cloudflare Access says of whoever sends it. */
  readonly access?: ExecutionContext["access"];
  /** In place of the test's environment, or of some of its bindings. */
  readonly env?: Partial<Env>;
};

/** One request to the admin API. A string or bytes are sent as they are, everything else as JSON. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { body, access } = asked;
  const request = new Request(`${ORIGIN}/api/v1${path}`, {
    method,
    headers: headersOf(asked),
    ...(body !== undefined && {
      body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
    }),
  });
  const context = createExecutionContext();
  if (access !== undefined) Object.defineProperty(context, "access", { value: access });
  const response = await admin(request, { ...env, ...asked.env }, context);
  const text = await response.text();
  const isJson = /\bjson$/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== "" ? z.record(z.string(), z.unknown()).parse(JSON.parse(text)) : {},
  };
}

function headersOf({ body, token = env.ADMIN_TOKEN, address = "192.0.2.1", headers = {} }: Asked): Headers {
  const all = new Headers({ "cf-connecting-ip": address });
  if (token !== null) all.set("authorization", `Bearer ${token}`);
  if (body !== undefined) all.set("content-type", "application/json");
  for (const [name, value] of Object.entries(headers)) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  return all;
}

const Items = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });

/** All items of a list, page by page. */
export async function listed(path: string, limit = 1_000): Promise<Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  for (let cursor = ""; ; ) {
    const { body, text } = await ask("GET", `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${cursor}`);
    const page = Items.safeParse(body);
    if (!page.success) throw new Error(text);
    all.push(...page.data.items);
    if (page.data.next === null) return all;
    cursor = `&cursor=${page.data.next}`;
  }
}

const NewOperator = z.object({ id: z.string(), token: z.string() });

/** Makes an operator who has a token. */
export async function operatorWith(role: "viewer" | "policy_manager" | "admin"): Promise<z.infer<typeof NewOperator>> {
  const made = await ask("POST", "/operators", { body: { name: `A ${role}`, role } });
  if (made.status !== 201) throw new Error(made.text);
  return NewOperator.parse(made.body);
}

const SECRET_HEADER = `Bearer \${secret:TOKEN}`;

export const SECRET = "s3cret-of-the-upstream";

export const server = {
  name: "Files",
  url: "https://files.example.com/mcp",
  credential: { headers: { Authorization: SECRET_HEADER } },
  // Upstreams of these tests have no list of their tools.
  drift: "allow",
};

export const policy = { version: "1", default: "deny", tools: { read_file: {} } };

const NewGrant = z.object({ id: z.string(), token: z.string(), url: z.string() });

/** Makes a server, a policy and a grant under them. */
export async function grantUnder(slug: string, over: object = {}): Promise<z.infer<typeof NewGrant>> {
  await ask("PUT", `/servers/${slug}`, { body: { ...server, secrets: { TOKEN: SECRET } } });
  await ask("PUT", `/policies/${slug}/support`, { body: policy });
  const grant = await ask("POST", "/grants", { body: { server: slug, policy: "support", label: "laptop", ...over } });
  if (grant.status !== 201) throw new Error(grant.text);
  return NewGrant.parse(grant.body);
}
