/**
 * What can go wrong at the upstream, in words for the one who called. A failure never carries the upstream's own body,
 * headers or address: those may hold its secrets.
 */

export type Failure = {
  readonly kind: "failed";
  /** The upstream's HTTP status, where it gave one. */
  readonly status: number | null;
  /** A sentence. */
  readonly reason: string;
  /** HTTP status for an exchange that can't carry the failure inside (RFC 9110, 15.6.3 and 15.6.5). */
  readonly httpStatus: 502 | 504;
  /** Nothing was sent, so the call certainly did not run. */
  readonly unsent?: true;
};

export function failure(reason: string, status: number | null = null, httpStatus: 502 | 504 = 502): Failure {
  return { kind: "failed", status, reason, httpStatus };
}

/** The request never left the gateway. */
export function unsent(reason: string): Failure {
  return { ...failure(reason), unsent: true };
}

export function timedOut(seconds: number): Failure {
  return failure(`The server sent nothing for ${inWords(seconds)}; the call was given up.`, null, 504);
}

export function unanswered(seconds: number): Failure {
  return failure(`The server gave no answer within ${inWords(seconds)}.`, 200, 504);
}

export function unreachable(): Failure {
  return failure("The server could not be reached.");
}

/** The failure that a status stands for, other than those that carry a JSON-RPC answer. */
export function failureOfStatus(status: number): Failure {
  if (status === 401 || status === 403) {
    return failure(`The server refused the gateway's credential (HTTP ${status}); an operator must mend it.`, status);
  }
  if (status >= 300 && status < 400) {
    return failure(`The server answered with a redirect (HTTP ${status}), which the gateway does not follow.`, status);
  }
  if (status === 429) return failure("The server is limiting the gateway's calls (HTTP 429); try later.", status);
  if (status === 504 || status === 524) return failure(`The server took too long (HTTP ${status}).`, status, 504);
  return failure(`The server answered with HTTP ${status}.`, status);
}

function inWords(seconds: number): string {
  return `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
}
