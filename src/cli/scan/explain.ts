/**
 * What stood between a scan and a list of tools, as a sentence with what to do next. What a server said goes through
 * `shown` and without the secrets that it was sent.
 */
import { ProtocolError } from "@modelcontextprotocol/client";
import { causes, type Failure, unreachable } from "../failure.ts";
import type { Era } from "../mcp/client.ts";
import { shown } from "../terminal.ts";
import { type Answer, TooLarge } from "./guarded-fetch.ts";
import { firstLine, isOlder, isTimeout, systemCode } from "./sdk-errors.ts";
import type { Redact } from "./secrets.ts";

export type Attempt = {
  /** The URL without secrets, or the command. */
  readonly place: string;
  readonly era: Era;
  /** Whether anything was sent that could be a credential. */
  readonly hasHeaders: boolean;
  readonly redact: Redact;
};

export function explainedHttp(error: unknown, answer: Answer | undefined, attempt: Attempt): Failure {
  const { place, redact } = attempt;
  const status = answer?.status ?? 0;
  const all = causes(error);
  if (all.some((cause) => cause instanceof TooLarge)) {
    return unreachable(`What answers at ${place} sends more than any list of tools has.`);
  }
  if (isTimeout(error)) return unreachable(`No answer came from ${place} in time.`, WAIT);
  if (answer === undefined) return unreached(error, attempt);
  if (status >= 300 && status < 400) {
    const to = answer.location === null ? "" : ` to ${shown(redact(answer.location)).slice(0, 300)}`;
    return unreachable(
      `${place} redirects${to} (HTTP ${status}), which is not followed: headers are for one address.`,
      "If that is the server, name it instead.",
    );
  }
  if (status === 401 || status === 403) return refused(status, attempt);
  if (status === 404 || status === 405) return elsewhere(status, attempt);
  if (status === 429) return unreachable(`${place} takes no more requests for now (HTTP 429).`, "Try again later.");
  if (status >= 500) {
    return unreachable(
      `The server at ${place} failed (HTTP ${status}).`,
      attempt.era === "auto"
        ? "Some servers fail at being asked for their era: try --era legacy."
        : "Its log says more.",
    );
  }
  if (
    status >= 200 &&
    status < 300 &&
    !/^(?:application\/json|text\/event-stream)$/.test(answer.type) &&
    status !== 202
  ) {
    return notMcp(place, answer.type === "" ? "its answer has no media type" : `it answers with ${shown(answer.type)}`);
  }
  const code = systemCode(error);
  if (code !== undefined)
    return unreachable(`${place} broke off in the middle of an answer (${code}).`, "Try again; its log may say more.");
  return explainedTalk(error, attempt);
}

/** The conversation itself, over whatever it went. */
export function explainedTalk(error: unknown, { place, era, redact }: Attempt): Failure {
  if (isTimeout(error)) return unreachable(`No answer came from ${place} in time.`, WAIT);
  const refusal = causes(error).find((cause) => cause instanceof ProtocolError);
  if (era === "modern" && (refusal !== undefined || isOlder(error))) {
    return unreachable(`${place} does not speak the 2026-07-28 protocol.`, "Leave out --era modern.");
  }
  if (era === "legacy" && refusal !== undefined) {
    return unreachable(
      `${place} refused to begin: ${said(refusal, redact)}.`,
      "If it speaks only 2026-07-28, leave out --era legacy.",
    );
  }
  if (refusal !== undefined) return unreachable(`${place} answered with an error: ${said(refusal, redact)}.`);
  return notMcp(place, said(error, redact) || "what it answered is no message of the protocol");
}

const WAIT = "Is it well? `--timeout <seconds>` waits longer.";

function refused(status: number, { place, hasHeaders }: Attempt): Failure {
  const how = status === 401 ? "wants to know who asks (HTTP 401)" : "refuses access (HTTP 403)";
  return unreachable(
    `${place} ${how}.`,
    hasHeaders
      ? "The header that was sent is not what it wants: is the token right, and not expired?"
      : 'Give it what it wants: --header "Authorization: Bearer $TOKEN".',
  );
}

function elsewhere(status: number, { place, era }: Attempt): Failure {
  const next = /\/sse$/.test(place)
    ? "A URL that ends in /sse is often the HTTP+SSE transport of 2024, which is not spoken here; many servers also have /mcp."
    : era === "legacy"
      ? "Is the path right? It often ends in /mcp. If it speaks only 2026-07-28, leave out --era legacy."
      : "Is the path right? It often ends in /mcp.";
  return unreachable(`There is no MCP endpoint at ${place} (HTTP ${status}).`, next);
}

function notMcp(place: string, why: string): Failure {
  return unreachable(
    `What answers at ${place} does not speak MCP: ${why}.`,
    "Is it the server's MCP endpoint? It often ends in /mcp.",
  );
}

const TLS = /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO)/;

function unreached(error: unknown, { place, redact }: Attempt): Failure {
  const code = systemCode(error);
  if (code !== undefined && TLS.test(code)) {
    return unreachable(
      `The certificate or the TLS of ${place} is not trusted (${code}).`,
      "If an authority of your own signed it, name its file in NODE_EXTRA_CA_CERTS.",
    );
  }
  const next: Readonly<Record<string, string>> = {
    ENOTFOUND: "There is no host of that name: is it spelt right, and can this machine see it?",
    EAI_AGAIN: "Names can't be looked up now: is the network there?",
    ECONNREFUSED: "Nothing listens there: is the server running, and is the port right?",
  };
  const how = code ?? said(causes(error).at(-1), redact);
  return unreachable(
    `Nothing answers at ${place} (${how}).`,
    next[code ?? ""] ?? "Is the address right, and the server running?",
  );
}

function said(error: unknown, redact: Redact): string {
  return shown(redact(firstLine(error)));
}
