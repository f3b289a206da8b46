/**
 * Which gateway a command talks to, and with which secret.
 *
 * Secrets belong to a place: the admin token of `.dev.vars` and the demo grant are for the gateway of this checkout
 * and must never be sent to another one, whatever else is or is not set.
 */
import { type Context, type Environment, variable } from "./context.ts";
import { localAdminToken } from "./dev-vars.ts";
import { usage } from "./failure.ts";
import { type LocalState, readLocal } from "./local.ts";

export type Gateway = {
  /** Origin and path prefix, without a slash at the end. */
  readonly url: string;
  /** Set when this is the gateway of this checkout. */
  readonly local: LocalState | undefined;
};

export type Bearer = {
  readonly token: string;
  /** For messages: where the token came from. */
  readonly from: string;
  /** Headers that let a program through Cloudflare Access (a service token), where it stands before the gateway. */
  readonly access?: Readonly<Record<string, string>>;
};

export function findGateway({ env, root }: Pick<Context, "env" | "root">): Gateway {
  const local = readLocal(root);
  const named = variable(env, "GRANTGATE_URL");
  if (named !== undefined) {
    const url = gatewayUrl(named);
    return { url, local: local !== undefined && gatewayUrl(local.url) === url ? local : undefined };
  }
  if (local === undefined) {
    throw usage(
      "No gateway is known here.",
      "Start one with `npm start`, or set GRANTGATE_URL (and GRANTGATE_ADMIN_TOKEN) to a deployed one.",
    );
  }
  return { url: gatewayUrl(local.url), local };
}

export function adminBearer(gateway: Gateway, { env, root }: Pick<Context, "env" | "root">): Bearer {
  const named = variable(env, "GRANTGATE_ADMIN_TOKEN");
  // Without an address beside it, a token in the environment may be another gateway's.
  const isPair = named !== undefined && variable(env, "GRANTGATE_URL") !== undefined;
  const own = gateway.local === undefined || isPair ? undefined : localAdminToken(root);
  if (own !== undefined) return bearer(own, ".dev.vars");
  if (named !== undefined) return { ...bearer(named, "GRANTGATE_ADMIN_TOKEN"), ...serviceToken(env) };
  throw usage(
    `No admin token for ${gateway.url}.`,
    "Set GRANTGATE_ADMIN_TOKEN to the ADMIN_TOKEN that this gateway was given, or to an operator's token (ggo_…).",
  );
}

function serviceToken(env: Environment): Pick<Bearer, "access"> {
  const id = variable(env, "CLOUDFLARE_ACCESS_CLIENT_ID");
  const secret = variable(env, "CLOUDFLARE_ACCESS_CLIENT_SECRET");
  if (id === undefined || secret === undefined) return {};
  return {
    access: {
      "cf-access-client-id": bearer(id, "CLOUDFLARE_ACCESS_CLIENT_ID").token,
      "cf-access-client-secret": bearer(secret, "CLOUDFLARE_ACCESS_CLIENT_SECRET").token,
    },
  };
}

export type CallOptions = { readonly token?: string; readonly server?: string };

/** The MCP endpoint and the grant token of a call: what was typed, then the environment, then the demo grant. */
export function callTarget(
  gateway: Gateway,
  env: Environment,
  options: CallOptions,
): { readonly url: string; readonly server: string; readonly bearer: Bearer } {
  const server = serverOf(gateway, options.server);
  const found = grantBearer(gateway, env, { ...options, server });
  if (found === undefined) {
    throw usage(
      `No grant token for server ${server}.`,
      `Make one with \`npx grantgate grant create --server ${server} …\` and give it with --token or GRANTGATE_TOKEN.`,
    );
  }
  return { url: `${gateway.url}/mcp/${encodeURIComponent(server)}`, server, bearer: found };
}

/** The server that was named, or the demo's. */
export function serverOf({ local }: Gateway, named: string | undefined): string {
  const server = named ?? local?.demo?.server;
  if (server === undefined) throw usage("Which server?", "Name it with --server <slug>.");
  return server;
}

export function grantBearer(
  { local }: Gateway,
  env: Environment,
  { token, server }: CallOptions & { readonly server: string },
): Bearer | undefined {
  const named = variable(env, "GRANTGATE_TOKEN");
  if (token !== undefined) return bearer(token, "--token");
  if (named !== undefined) return bearer(named, "GRANTGATE_TOKEN");
  return local?.demo?.server === server ? bearer(local.demo.token, "the demo grant") : undefined;
}

function gatewayUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw usage("GRANTGATE_URL is no web address.", "Write it like https://grantgate.example.workers.dev.");
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw usage("GRANTGATE_URL holds more than an origin and a path.", "Take out user, password, query and fragment.");
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** Checked here, because a header refuses a bad value with an error that repeats it. */
function bearer(token: string, from: string): Bearer {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) {
    throw usage(`The token from ${from} holds characters that no token has.`, "Was it copied whole, on one line?");
  }
  return { token: trimmed, from };
}
