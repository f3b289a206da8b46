/**
 * A server by its slug: asked itself where its server.json says how and all variables are set, or else what the gateway
 * has pinned of it. Secrets come from where `apply` takes them.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { type CredentialRecord, credentialHeaders, oauthClient } from "../../upstream/credential.ts";
import { fetchToken } from "../../upstream/oauth/fetch.ts";
import { secretNames } from "../../upstream/server-file.ts";
import { readSource } from "../apply/folder.ts";
import { readServerFile, type ServerSpec } from "../apply/server-file.ts";
import { type Context, variable } from "../context.ts";
import { Failure, unreachable, usage } from "../failure.ts";
import { readLocal } from "../local.ts";
import { demoVariables } from "../start/demo-server.ts";
import { type Headers, readHeaders } from "./headers.ts";
import { pinnedInventory } from "./inventory.ts";
import { listedAtUrl } from "./remote.ts";
import type { Listed, Progress, SourceOptions } from "./source.ts";

export type ServerFolder = { readonly slug: string; readonly folder: string };

export async function listedBySlug(
  context: Context,
  slug: string,
  options: SourceOptions,
  progress: Progress,
): Promise<Listed> {
  const folder = join(context.cwd, "policies", slug);
  if (statSync(join(folder, "server.json"), { throwIfNoEntry: false })?.isFile()) {
    return listedByFolder(context, { slug, folder }, options, progress);
  }
  return pinned(context, slug, options, progress, `There is no policies/${slug}/server.json here either.`);
}

export async function listedByFolder(
  context: Context,
  { slug, folder }: ServerFolder,
  options: SourceOptions,
  progress: Progress,
): Promise<Listed> {
  const file = readSource(join(folder, "server.json"), context.cwd);
  const env = { ...demoVariables(readLocal(context.root)), ...context.env };
  const read = readServerFile(file, env);
  if (read.kind === "wrong") {
    const { problems } = read;
    throw new Failure(1, problems.length === 1 ? "1 problem" : `${problems.length} problems`, undefined, problems);
  }
  if (read.kind === "skip") {
    return pinned(
      context,
      slug,
      options,
      progress,
      `To ask the server itself, set ${read.variable}: ${file.name} names it.`,
    );
  }
  const own = await credential(context, slug, read.spec);
  const headers = { ...own, ...readHeaders(options.header ?? []) };
  const { era, name, url } = read.spec;
  const spoken = { ...options, era: options.era === "auto" ? era : options.era };
  const list = await listedAtUrl({ url, headers, name }, spoken, progress);
  return { ...list, file: { ...file, pointers: [] } };
}

async function pinned(
  context: Context,
  slug: string,
  { header }: SourceOptions,
  progress: Progress,
  otherwise: string,
): Promise<Listed> {
  if (header !== undefined && header.length > 0)
    throw usage("--header is for a URL, and the gateway is asked here.", otherwise);
  try {
    return await pinnedInventory(context, slug, progress);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.exit, error.message, [error.next, otherwise].filter(Boolean).join(" "), error.problems);
  }
}

/** The headers with which the gateway would prove itself. */
async function credential({ env, terminal }: Context, slug: string, { credential }: ServerSpec): Promise<Headers> {
  const secrets: Record<string, string> = {};
  for (const name of secretNames({ credential })) {
    const value = variable(env, name) ?? (await terminal.ask?.(`${name} (for server ${slug})`));
    if (value === undefined || value === "") {
      throw usage(`The secret ${name} of server ${slug} is not set.`, "Set the environment variable of that name.");
    }
    secrets[name] = value;
  }
  const record: CredentialRecord = { credential, secrets };
  const oauth = oauthClient(record);
  if (oauth === null) return credentialHeaders(record);
  const token = await fetchToken(oauth, { ownHost: null, allowLoopback: true });
  if (!("value" in token))
    throw unreachable(token.reason, "`credential.oauth` in its server.json says where it is asked for.");
  return { ...credentialHeaders(record), authorization: `Bearer ${token.value}` };
}
