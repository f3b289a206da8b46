/**
 * One request to the admin API and every way it can go wrong, each as a sentence with what to do next.
 * The admin token goes to the address that was named and nowhere else: redirects are not followed.
 */
import type * as z from "zod";
import { errorCode, Failure, found, unreachable } from "../failure.ts";
import type { Bearer, Gateway } from "../gateway.ts";
import { shown } from "../terminal.ts";
import { ProblemDocument } from "./shapes.ts";

/** Milliseconds. Longer than any admin request takes, shorter than a person's patience. */
const TIMEOUT = 30_000;

export type Connection = { readonly gateway: Gateway; readonly bearer: Bearer };
export type Method = "GET" | "PUT" | "POST" | "DELETE";

/** The gateway understood and said no. Its mistakes have places in the document that was sent. */
export class Refusal extends Failure {
  readonly status: number;
  readonly errors: NonNullable<ProblemDocument["errors"]>;

  constructor(status: number, document: ProblemDocument) {
    const { title, detail, errors } = document;
    const reasons = errors?.map(({ message }) => message).join("; ");
    super(1, shown(`The gateway refused: ${reasons || (detail ?? title ?? `HTTP ${status}`)}`));
    this.status = status;
    this.errors = errors ?? [];
  }
}

/** The answer's text. Throws a `Failure`; a `Refusal` when the gateway itself answered with 4xx. */
export async function send(connection: Connection, method: Method, path: string, body?: string): Promise<string> {
  const { gateway, bearer } = connection;
  const response = await reach(`${gateway.url}/api/v1${path}`, gateway, {
    method,
    headers: {
      accept: "application/json",
      authorization: `Bearer ${bearer.token}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(body === undefined ? {} : { body }),
  });
  if (response.ok) return response.text;
  if (response.status === 401 || response.status === 403) {
    throw found(
      `The gateway at ${gateway.url} does not accept the admin token from ${bearer.from}.`,
      "It must be the ADMIN_TOKEN that this gateway was given.",
    );
  }
  const document = response.problem ? parsed(ProblemDocument, response.text) : undefined;
  if (response.status >= 500) {
    const said = document?.detail ?? document?.title ?? `HTTP ${response.status}`;
    throw unreachable(shown(`The gateway at ${gateway.url} failed: ${said}`), "Its log says more.");
  }
  if (document === undefined) throw notGrantgate(gateway, response.status);
  throw new Refusal(response.status, document);
}

/** The answer's text as one of `shapes.ts`. */
export function read<T>(shape: z.ZodType<T>, text: string, { gateway }: Connection): T {
  const value = parsed(shape, text);
  if (value === undefined) throw notGrantgate(gateway, 200);
  return value;
}

type Answer = { readonly ok: boolean; readonly status: number; readonly problem: boolean; readonly text: string };

async function reach(url: string, gateway: Gateway, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT) });
    const problem = response.headers.get("content-type")?.startsWith("application/problem+json") === true;
    return { ok: response.ok, status: response.status, problem, text: await response.text() };
  } catch (error) {
    throw unreached(gateway, error);
  }
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

function notGrantgate(gateway: Gateway, status: number): Failure {
  return unreachable(
    `What answers at ${gateway.url} (HTTP ${status}) is not Grantgate's admin API.`,
    "Is the address the gateway's own, without /mcp or /api behind it?",
  );
}

function parsed<T>(shape: z.ZodType<T>, text: string): T | undefined {
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
