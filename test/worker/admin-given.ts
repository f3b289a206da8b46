/** What the tests of the admin API start from. */
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { adminApp } from "../../src/admin/app.ts";
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
  /** In place of the test's environment, or of some of its bindings. */
  readonly env?: Partial<Env>;
};

/** One request to the admin API. A string is sent as it is, everything else as JSON. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { body, token = env.ADMIN_TOKEN } = asked;
  const request = new Request(`${ORIGIN}/api/v1${path}`, {
    method,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const response = await adminApp.fetch(request, { ...env, ...asked.env }, createExecutionContext());
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === "" ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(text)),
  };
}

const SECRET_HEADER = `Bearer \${secret:TOKEN}`;

export const SECRET = "s3cret-of-the-upstream";

export const server = {
  name: "Files",
  url: "https://files.example.com/mcp",
  credential: { headers: { Authorization: SECRET_HEADER } },
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
