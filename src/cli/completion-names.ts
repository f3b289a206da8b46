/** What can stand for an argument or an option that is not one of a few words: names of the gateway's, and files. */
import { readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Admin, openAdmin } from "./admin/client.ts";
import type { Context } from "./context.ts";
import { cell } from "./show.ts";

/** Each with a word or two that tell it from the others. */
export type Names = readonly (readonly [name: string, description: string])[];

type Source = "server" | "policy" | "policy name" | "grant" | "operator" | "file";

/** Milliseconds. */
const PATIENCE = 1000;
/** More of them are no help. */
const MOST = 200;

const SOURCES: Readonly<Record<string, Source>> = {
  server: "server",
  "--server": "server",
  policy: "policy",
  "--policy": "policy name",
  grant: "grant",
  grants: "grant",
  "--grant": "grant",
  operator: "operator",
  "--operator": "operator",
  source: "file",
  folder: "file",
  path: "file",
  paths: "file",
  "--file": "file",
  "--out": "file",
  "--junit": "file",
};

export function sourceOf(name: string): Source | undefined {
  return Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
}

/** Undefined when nothing is known of what can stand there. */
export async function namesFor(
  source: Source | undefined,
  current: string,
  context: Context,
): Promise<Names | undefined> {
  if (source === undefined) return undefined;
  if (source === "file") return files(current, context.cwd);
  try {
    return await asked(source, openAdmin(context, AbortSignal.timeout(PATIENCE)).admin);
  } catch {
    return [];
  }
}

async function asked(source: Exclude<Source, "file">, admin: Admin): Promise<Names> {
  if (source === "server") return (await admin.servers()).map(({ slug, name }) => [slug, cell(name)]);
  if (source === "operator") return (await admin.operators()).map(({ id, name }) => [id, cell(name)]);
  if (source === "grant") {
    return (await admin.grants({}, MOST)).map(({ id, label, server }) => [id, cell(`${label}, ${server}`)]);
  }
  const policies = await admin.policies();
  if (source === "policy") return policies.map(({ server, name }) => [`${server}/${name}`, ""]);
  return [...new Set(policies.map(({ name }) => name))].map((name) => [name, ""]);
}

function files(current: string, cwd: string): Names {
  const folder = current.endsWith("/") ? current : dirname(current);
  try {
    return readdirSync(resolve(cwd, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith("."))
      .map((entry) => {
        const path = current.includes("/") ? join(folder, entry.name) : entry.name;
        return [entry.isDirectory() ? `${path}/` : path, ""];
      });
  } catch {
    return [];
  }
}
