/**
 * What a client must be told when a server fails: that it failed and how, in the client's era and in the gateway's own
 * words, with nothing of the server's own beside them.
 */
import { expect } from "vitest";
import type { Grant } from "./gateway.ts";
import { type Answer, send } from "./raw.ts";
import { call, ERAS, type Era, ID, type Message, speak } from "./speak.ts";

export type Said = {
  readonly reason: RegExp;
  /** Of the upstream, as the answer names it. */
  readonly status?: number;
  /** Of the answer to a greeting. */
  readonly httpStatus?: 502 | 504;
  /** Where another reason is given to a greeting, which must be whole in time. */
  readonly greeting?: Pick<Said, "reason" | "status">;
  /** The server began a stream, and in a stream the failure is told. */
  readonly streams?: true;
};

/** Stands in all that a failing server sends. */
export const SECRET = "secret-of-the-server";

/** Parts of its address, of its pages and of its answers. */
const PRIVATE = [SECRET, "127.0.0.1", "localhost", "log in", "Bad Gateway", "invalid_token", "example", "never whole"];

/** All that an answer may carry: headers of the gateway's own, then those of any HTTP connection. */
const HEADERS = [
  ...["content-type", "cache-control", "x-accel-buffering", "mcp-session-id", "traceresponse"],
  ...["date", "connection", "keep-alive", "transfer-encoding", "content-length"],
];

export const CALL = call("echo", { a: 1 });
export const LIST: Message = { method: "tools/list" };
export const GREETING: Readonly<Record<Era, Message>> = {
  legacy: { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } },
  modern: { method: "server/discover" },
};

export function ask(era: Era, message: Message, to: Grant): Promise<Answer> {
  return send(to.url, speak(era, to, message));
}

/** The answer, or the last message of the stream that it is. */
export function messageIn({ text, json }: Answer): unknown {
  const data = text.split("\n").filter((line) => line.startsWith("data: {"));
  return json ?? JSON.parse(data.at(-1)?.slice("data: ".length) ?? "null");
}

/** Asks in both eras at once: a call, a list and a greeting each. */
export async function expectExplained(to: Grant, upstreamUrl: string, said: Said): Promise<void> {
  await Promise.all(
    ERAS.map(async (era) => {
      const asked = [CALL, LIST, GREETING[era]].map((message) => ask(era, message, to));
      const answers = await Promise.all(asked);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, said.httpStatus ?? 502]);
      expect(answers.map(messageIn)).toEqual([
        toolFailure(era, said),
        plainFailure(said),
        plainFailure(said.greeting ?? said),
      ]);
      const type = said.streams ? "text/event-stream" : "application/json";
      expect(answers.map(({ headers }) => headers["content-type"])).toEqual([type, type, "application/json"]);
      for (const answer of answers) expectNothingOf(new URL(upstreamUrl), answer);
    }),
  );
}

/** Neither its address nor anything that it sent. */
export function expectNothingOf(upstream: URL, answer: Answer): void {
  for (const text of [...PRIVATE, `:${upstream.port}`]) expect(answer.text).not.toContain(text);
  expectOwnHeadersOnly(answer);
  expect(JSON.stringify(answer.headers)).not.toContain(SECRET);
}

export function expectOwnHeadersOnly({ headers }: Answer): void {
  expect(Object.keys(headers).filter((name) => !HEADERS.includes(name))).toEqual([]);
}

const REQUEST_ID = /^[0-9A-Z]{26}$/;

function toolFailure(era: Era, { reason, status = null }: Pick<Said, "reason"> & { status?: number | null }): object {
  const text = expect.stringMatching(new RegExp(`^\\[UPSTREAM FAILED\\] .*${reason.source}`));
  const upstream = { code: -31004, status, request: expect.stringMatching(REQUEST_ID) };
  return {
    jsonrpc: "2.0",
    id: ID,
    result: {
      isError: true,
      ...(era === "modern" && { resultType: "complete" }),
      content: [{ type: "text", text }],
      _meta: expect.objectContaining({ "io.grantgate/upstream": upstream }),
    },
  };
}

function plainFailure({ reason, status = null }: Pick<Said, "reason"> & { status?: number | null }): object {
  const data = { status, request: expect.stringMatching(REQUEST_ID) };
  return { jsonrpc: "2.0", id: ID, error: { code: -31004, message: expect.stringMatching(reason), data } };
}
