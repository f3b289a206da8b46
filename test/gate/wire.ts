/**
 * The plain HTTP requests of clients of both eras, for tests that look at statuses, headers and bytes. They are well
 * formed, so that whatever is refused is refused for what the test is about.
 */
import type { Grant } from "./gateway.ts";
import { textOf } from "./speak.ts";

/** Whom a request goes to and by what right; no token, no Authorization header. */
export type Target = Pick<Grant, "url"> & Partial<Pick<Grant, "token">>;
type HeaderMap = Readonly<Record<string, string>>;
type Params = Readonly<Record<string, unknown>>;

/** What a tool call brought, as far as tests look at it. */
export type CallAnswer = {
  readonly status: number;
  readonly result?: {
    readonly resultType?: string;
    readonly isError?: boolean;
    readonly content: readonly { readonly type: string; readonly text: string }[];
    readonly _meta?: { readonly [key: string]: unknown };
  };
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
};

const ACCEPT = { accept: "application/json, text/event-stream", "content-type": "application/json" };

/** Any request at all; whatever is not named in `init` is left out. */
export function send({ url, token }: Target, init: RequestInit & { headers?: HeaderMap } = {}): Promise<Response> {
  const authorization: HeaderMap = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, { ...init, headers: { ...authorization, ...init.headers } });
}

/** A legacy request. */
export function post(target: Target, method: string, params: Params = {}, headers: HeaderMap = {}): Promise<Response> {
  const body = textOf("legacy", { method, params });
  return send(target, { method: "POST", body, headers: { ...ACCEPT, ...headers } });
}

/** A modern request, with its envelope and the headers that mirror it. */
export function postModern(
  target: Target,
  method: string,
  params: Params = {},
  headers: HeaderMap = {},
): Promise<Response> {
  const body = textOf("modern", { method, params });
  const name: HeaderMap = typeof params.name === "string" ? { "mcp-name": params.name } : {};
  const mirrored = { "mcp-protocol-version": "2026-07-28", "mcp-method": method, ...name };
  return send(target, { method: "POST", body, headers: { ...ACCEPT, ...mirrored, ...headers } });
}

/** The standing stream of a legacy client. */
export function openStream(target: Target, headers: HeaderMap = {}): Promise<Response> {
  return send(target, { headers: { accept: "text/event-stream", ...headers } });
}

/** A legacy tool call, and its answer read as JSON. */
export async function call(target: Target, name: string, args: Params = {}): Promise<CallAnswer> {
  return read(await post(target, "tools/call", { name, arguments: args }));
}

export async function callModern(target: Target, name: string, args: Params = {}): Promise<CallAnswer> {
  return read(await postModern(target, "tools/call", { name, arguments: args }));
}

/** Names of the tools that a legacy client is shown. */
export async function listedTools(target: Target): Promise<string[]> {
  const answer = (await (await post(target, "tools/list")).json()) as { result: { tools: { name: string }[] } };
  return answer.result.tools.map(({ name }) => name);
}

/** What the gateway says it decided, from the answer to a call. */
export function decisionOf(answer: CallAnswer | undefined): unknown {
  return answer?.result?._meta?.["io.grantgate/decision"];
}

/** An answer that was long in coming is a stream, and its last event is the answer. */
async function read(response: Response): Promise<CallAnswer> {
  const text = await response.text();
  const streamed = response.headers.get("content-type") === "text/event-stream";
  const json = streamed ? text.slice(text.lastIndexOf("\ndata: ") + "\ndata: ".length) : text;
  return { status: response.status, ...(JSON.parse(json) as Omit<CallAnswer, "status">) };
}
