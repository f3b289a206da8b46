/**
 * Fetches a token. Bounded in time and in size, never redirected, and never to where the gateway may not send: the
 * client's secret goes to the address that the operator named, or nowhere.
 */
import { readText } from "../body.ts";
import type { OAuth } from "../credential-file.ts";
import { destinationFault, type Whereabouts } from "../destination.ts";
import { type Failure, unsent } from "../failure.ts";
import { readTokenAnswer } from "./answer.ts";
import { tokenRequest } from "./request.ts";
import { type Token, tokenOf } from "./token.ts";

export const TIMEOUT_SECONDS = 10;
const MOST_BYTES = 65_536;

export async function fetchToken(client: OAuth, whereabouts: Whereabouts): Promise<Token | Failure> {
  const fault = destinationFault(client.tokenUrl, whereabouts);
  if (fault !== null) return without(`${fault}; an operator must mend it`);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_SECONDS * 1_000);
  const askedAt = Date.now();
  try {
    const { headers, body } = tokenRequest(client);
    const request = {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      cache: "no-store",
      signal: abort.signal,
    } as const;
    const response = await fetch(client.tokenUrl, request);
    const { status } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      return without(`answered with a redirect (HTTP ${status}), which the gateway does not follow`);
    }
    const answer = await readText(response, MOST_BYTES, null);
    if (!answer.ok) return abort.signal.aborted ? tooLate() : without(`gave an answer that is ${answer.fault}`);
    const read = readTokenAnswer(status, answer.text);
    return typeof read === "string" ? without(read) : tokenOf(read, askedAt);
  } catch {
    return abort.signal.aborted ? tooLate() : without("could not be reached");
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}

function tooLate(): Failure {
  return { ...without(`gave no token within ${TIMEOUT_SECONDS} seconds`), httpStatus: 504 };
}

function without(why: string): Failure {
  return unsent(`The server's token endpoint ${why}.`);
}
