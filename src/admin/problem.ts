/**
 * How the admin API says no: problem documents (RFC 9457). Every answer that is not a success is made here.
 *
 * The detail is written for the operator and names what to do. It must never repeat a secret or a token.
 */
import type { Fault } from "../json/checked.ts";

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

export function problem(
  status: keyof typeof TITLES,
  detail: string,
  { errors, headers }: { readonly errors?: readonly Fault[]; readonly headers?: Record<string, string> } = {},
): Response {
  const document = { type: "about:blank", title: TITLES[status], status, detail, ...(errors && { errors }) };
  return new Response(JSON.stringify(document), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

/** What was sent can be read, but not be done: every fault of it at once. */
export function invalid(errors: readonly Fault[]): Response {
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const at = first === undefined || first.pointer === "" ? "" : `${first.pointer}: `;
  return problem(422, `${at}${first?.message ?? "what was sent can't be used"}${more}`, { errors });
}
