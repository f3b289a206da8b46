/**
 * Where attacks are made and judged: a gateway, the witness behind it, and a client with an honest grant and an honest
 * legacy session. Whatever was tried, the witness must have seen nothing, and the very same grant and session must serve
 * on.
 */
import { expect } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { send } from "../gate/raw.ts";
import { call, type Era, headersFor, ID, type Message, openSession, textOf } from "../gate/speak.ts";
import { header, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";

export type Field = {
  readonly upstream: Recorder;
  readonly gateway: Gateway;
  readonly grant: Grant;
  /** Honest headers for a message; those of the legacy era name the session. */
  headers(era: Era, message?: Message): string[];
  close(): Promise<void>;
};

/** The policy must allow `echo`. */
export async function openField(policy: object, server: object = {}): Promise<Field> {
  const [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url, ...server });
  await gateway.putPolicy("upstream", "careful", policy);
  const grant = await gateway.grant("upstream", "careful");
  const session = await openSession(grant);
  upstream.clear();
  return {
    upstream,
    gateway,
    grant,
    headers: (era, message = call("echo")) => [
      ...headersFor(era, grant, message),
      ...(era === "legacy" ? session : []),
    ],
    close: async () => void (await Promise.all([gateway.close(), upstream.close()])),
  };
}

const HONEST = call("echo", { mode: "honest" });

export async function expectUnharmed(field: Field | undefined, era: Era): Promise<void> {
  if (field === undefined) return;
  const { grant, upstream, headers } = field;
  const seen = upstream.requests.map(({ method, text }) => `${method} ${text.slice(0, 1000)}`);
  upstream.clear();
  expect(seen).toEqual([]);
  const answer = await send(grant.url, { headers: headers(era, HONEST), body: textOf(era, HONEST) });
  expect(answer).toMatchObject({ status: 200, json: { id: ID, result: { content: [{ text: '{"mode":"honest"}' }] } } });
  const served = upstream.requests.map((req) => [req.json, header(req, "mcp-session-id")]);
  upstream.clear();
  expect(served).toEqual([[JSON.parse(textOf(era, HONEST)), era === "legacy" ? "session-1" : undefined]]);
}

export function refusal(code: number, id: unknown = ID): object {
  return { jsonrpc: "2.0", id, error: { code, message: expect.any(String) } };
}

export function denial(era: Era, rule: string, text: string): object {
  return {
    jsonrpc: "2.0",
    id: ID,
    result: {
      ...(era === "modern" && { resultType: "complete" }),
      isError: true,
      content: [{ type: "text", text: expect.stringContaining(`[POLICY DENIED] ${text}`) }],
      _meta: expect.objectContaining({ "io.grantgate/decision": expect.objectContaining({ rule }) }),
    },
  };
}
