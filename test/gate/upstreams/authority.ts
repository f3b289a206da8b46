/**
 * An authorization server that grants tokens for client credentials, and an MCP server that takes no others. Both
 * remember what they were asked; which tokens are good, and how the endpoint answers, is up to the test.
 */
import type { ServerResponse } from "node:http";
import { minimalServer } from "./minimal.ts";
import { type Handler, header, type Recorder, startRecorder } from "./recorder.ts";
import { sendJson } from "./replies.ts";

export type Authority = {
  readonly endpoint: Recorder;
  readonly upstream: Recorder;
  readonly tokenUrl: string;
  /** Tokens in the order in which they were granted. */
  readonly granted: readonly string[];
  /** Life of tokens to come, in seconds. */
  life(seconds: number): void;
  /** Takes a token away: from now on the MCP server refuses it. */
  withdraw(token: string | undefined): void;
  /** The MCP server refuses whatever comes; or no more. */
  refuseAll(refuse: boolean): void;
  /** Tokens that the MCP server was shown, in order. */
  shown(): (string | undefined)[];
  reset(): void;
  close(): Promise<void>;
};

export async function startAuthority(prefix: string): Promise<Authority> {
  const granted: string[] = [];
  const withdrawn = new Set<string>();
  let life = 3_600;
  let refusing = false;
  const grant: Handler = (_req, res) => {
    granted.push(`${prefix}-${granted.length + 1}`);
    sendJson(res, { access_token: granted.at(-1), token_type: "Bearer", expires_in: life });
  };
  const minimal = minimalServer();
  const guarded: Handler = (req, res) => {
    const token = bearer(header(req, "authorization"));
    const good = token !== undefined && granted.includes(token) && !withdrawn.has(token) && !refusing;
    return good ? minimal.handle(req, res) : challenge(res, token);
  };
  const [endpoint, upstream] = await Promise.all([startRecorder(grant), startRecorder(guarded)]);
  return {
    endpoint,
    upstream,
    tokenUrl: endpoint.url.replace("/mcp", "/token"),
    granted,
    life: (seconds) => {
      life = seconds;
    },
    withdraw: (token) => void withdrawn.add(token ?? ""),
    refuseAll: (refuse) => {
      refusing = refuse;
    },
    shown: () => upstream.requests.map((req) => bearer(header(req, "authorization"))),
    reset: () => {
      life = 3_600;
      refusing = false;
      endpoint.answer(grant);
      endpoint.clear();
      upstream.clear();
      granted.splice(0);
      withdrawn.clear();
    },
    close: async () => void (await Promise.all([endpoint.close(), upstream.close()])),
  };
}

function bearer(value: string | undefined): string | undefined {
  return /^Bearer (.+)$/.exec(value ?? "")?.[1];
}

/** As a careless server might: with the token that it refuses in its answer. */
function challenge(res: ServerResponse, token: string | undefined): void {
  sendJson(
    res,
    { error: `bad token ${token}` },
    { "WWW-Authenticate": `Bearer error="invalid_token", token="${token}"` },
    401,
  );
}
