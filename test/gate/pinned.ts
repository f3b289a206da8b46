/**
 * A gateway that holds what drifts, in front of an upstream whose tools a test changes as it likes: how tests of pins
 * list, call, look at the inventory and accept, in either era.
 */
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { send } from "./raw.ts";
import { call, type Era, speak } from "./speak.ts";
import { type MinimalServer, minimalServer, type Tool } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { messageOf } from "./upstreams/replies.ts";

export type Message = {
  readonly result?: {
    readonly tools?: readonly { readonly name: string }[];
    readonly nextCursor?: string;
    readonly isError?: boolean;
    readonly _meta?: { readonly [key: string]: { readonly rule?: string } };
  };
  readonly error?: { readonly code: number; readonly message: string };
};

export type Item = {
  readonly name: string;
  readonly state: string;
  readonly hash: string | null;
  readonly seenHash: string | null;
  readonly pinned: unknown;
  readonly seen: unknown;
};

export type Inventory = {
  readonly drift: string;
  readonly complete: boolean;
  readonly tools: number;
  readonly drifted: number;
  readonly items: readonly Item[];
};

export type Pinned = {
  readonly gateway: Gateway;
  readonly upstream: Recorder;
  readonly server: MinimalServer;
  /** A server of its own for one test, under a policy that lets everything pass but `vault`. */
  register(more?: object): Promise<string>;
  /** How many requests of a method have arrived. */
  arrived(method: string): number;
  /** Names of the tools whose calls have arrived, in order. */
  called(): unknown[];
  inventory(slug: string, query?: string): Promise<Inventory>;
  accept(slug: string, tools: readonly object[], more?: object): Promise<{ status: number; body: unknown }>;
  close(): Promise<unknown>;
};

export const POLICY = { version: "1", default: "allow", hide: ["vault"] };

export async function startPinned(): Promise<Pinned> {
  const server = minimalServer();
  const [gateway, upstream] = await Promise.all([startGateway(), startRecorder(server.handle)]);
  const messages = () => upstream.requests.map(messageOf);
  let servers = 0;
  return {
    gateway,
    upstream,
    server,
    async register(more = {}) {
      const slug = `s${++servers}`;
      await gateway.putServer(slug, { url: upstream.url, drift: "hold", ...more });
      await gateway.putPolicy(slug, "p", POLICY);
      return slug;
    },
    arrived: (method) => messages().filter((message) => message.method === method).length,
    called: () => messages().flatMap(({ method, params }) => (method === "tools/call" ? [params?.name] : [])),
    async inventory(slug, query = "") {
      const { body } = await gateway.admin("GET", `/servers/${slug}/tools?${query}`);
      return body as Inventory;
    },
    accept: (slug, tools, more = {}) => gateway.admin("POST", `/servers/${slug}/tools/accept`, { ...more, tools }),
    close: () => Promise.all([gateway.close(), upstream.close()]),
  };
}

export const tool = (name: string, description = `Does ${name}`, properties: object = {}): Tool => ({
  name,
  description,
  inputSchema: { type: "object", properties },
});

/** The answer to a request, in JSON or as the last event of a stream. */
export async function answerTo(era: Era, grant: Grant, message: Parameters<typeof speak>[2], headers: string[] = []) {
  const raw = speak(era, grant, message);
  const { text } = await send(grant.url, { ...raw, headers: [...raw.headers, ...headers] });
  return JSON.parse(text.slice(text.lastIndexOf("\ndata: ") + 1).replace(/^data: /, "")) as Message;
}

/** Names of the tools that a client is shown by one page. */
export async function shown(era: Era, grant: Grant, params: object = {}, headers: string[] = []): Promise<string[]> {
  const { result, error } = await answerTo(era, grant, { method: "tools/list", params: { ...params } }, headers);
  if (result?.tools === undefined) throw new Error(JSON.stringify(error));
  return result.tools.map(({ name }) => name);
}

/** How a call ended: `ok`, the rule that refused it, or the error's own words. */
export async function outcome(era: Era, grant: Grant, name: string, args?: object, headers: string[] = []) {
  const { result, error } = await answerTo(era, grant, call(name, args), headers);
  if (error !== undefined) return `${error.code} ${error.message}`;
  return result?._meta?.["io.grantgate/decision"]?.rule ?? (result?.isError ? "failed" : "ok");
}
