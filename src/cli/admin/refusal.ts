/** Every way in which a request to the admin API can go wrong, each as a sentence with what to do next. */
import { errorCode, Failure, found, unreachable } from "../failure.ts";
import type { Gateway } from "../gateway.ts";
import { shown } from "../terminal.ts";
import { parsed } from "./parsed.ts";
import type { Answer, Connection } from "./request.ts";
import { ProblemDocument } from "./shapes.ts";

/** The gateway understood and said no. Its mistakes have places in the document that was sent. */
export class Refusal extends Failure {
  readonly status: number;
  readonly errors: NonNullable<ProblemDocument["errors"]>;

  constructor(status: number, { title, detail, errors }: ProblemDocument, next?: string) {
    const reasons = errors?.map(({ pointer, message }) => (pointer ? `${pointer}: ${message}` : message)).join("; ");
    super(1, shown(`The gateway refused: ${reasons || (detail ?? title ?? `HTTP ${status}`)}`), next);
    this.status = status;
    this.errors = errors ?? [];
  }
}

const NEXT: Readonly<Record<number, string>> = {
  403: "An admin can give another role: `npx grantgate operator role <id> <role>`; `npx grantgate whoami` tells your id.",
  412: "Somebody changed it meanwhile. Nothing is lost and nothing was changed: look at it, and run the command again.",
  428: "It must be said which revision is changed. This command is older than the gateway: update it.",
};

export function refusal({ gateway, bearer }: Connection, answer: Answer): Failure {
  const { status } = answer;
  if (status === 401) {
    return found(
      `The gateway at ${gateway.url} does not accept the token from ${bearer.from}.`,
      "It must be this gateway's ADMIN_TOKEN, or the token (ggo_…) of an operator that is not revoked.",
    );
  }
  const document = answer.problem ? parsed(ProblemDocument, answer.text) : undefined;
  if (status === 429) {
    const wait = answer.retryAfter === null ? "a minute" : `${answer.retryAfter} seconds`;
    return unreachable(
      `The gateway at ${gateway.url} takes no more attempts from this address for now.`,
      `Too many had a wrong token. Try again in ${wait}; the token here comes from ${bearer.from}.`,
    );
  }
  if (status >= 500) {
    const said = document?.detail ?? document?.title ?? `HTTP ${status}`;
    return unreachable(shown(`The gateway at ${gateway.url} failed: ${said}`), "Its log says more.");
  }
  if (document === undefined) return notGrantgate(gateway, status);
  return new Refusal(status, document, NEXT[status] ?? listed(document));
}

/** Where to look up a name that the gateway does not know. */
function listed({ detail, errors = [] }: ProblemDocument): string | undefined {
  const said = [detail ?? "", ...errors.map(({ message }) => message)].join(" ");
  if (/ has no revision /.test(said)) return "`npx grantgate policy versions <server>/<policy>` lists those there are.";
  const [, noun] = /there is no (grant|operator|policy|server) /i.exec(said) ?? [];
  return noun === undefined ? undefined : `\`npx grantgate ${noun} list\` shows what there is.`;
}

/** Nothing answered: says how, and where to look. */
export function unreached(gateway: Gateway, error: unknown): Failure {
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  const how = timedOut ? "no answer in time" : (errorCode(error) ?? "no connection");
  return unreachable(
    `No gateway answers at ${gateway.url} (${how}).`,
    gateway.local === undefined ? "Is GRANTGATE_URL right, and is it deployed?" : "Start it with `npm start`.",
  );
}

export function notGrantgate(gateway: Gateway, status: number): Failure {
  const isDoor = (status >= 300 && status < 400) || status === 403;
  return unreachable(
    `What answers at ${gateway.url} (HTTP ${status}) is not Grantgate's admin API.`,
    isDoor
      ? "Does Cloudflare Access stand before it? Then set CLOUDFLARE_ACCESS_CLIENT_ID and CLOUDFLARE_ACCESS_CLIENT_SECRET."
      : "Is the address the gateway's own, without /mcp or /api behind it?",
  );
}
