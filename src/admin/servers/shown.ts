/** A server as the API shows it: its secrets are named and no more. */
import * as z from "zod/mini";
import { component } from "../described.ts";
import { isoTime, json } from "../json.ts";
import { problem } from "../problem.ts";
import { etagOf } from "../request/conditions.ts";
import type { ServerRow } from "./table.ts";

export const Server = z.object({
  slug: z.string(),
  name: z.string(),
  description: z.optional(z.string()),
  url: z.string(),
  credential: z.unknown(),
  era: z.string(),
  surface: z.array(z.string()),
  drift: z.string(),
  secrets: z.array(z.string()),
  version: z.string(),
  revision: z.int(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
component("Server", Server, {
  credential: "As in server.json: secrets are named, never written.",
  drift: "What becomes of tools that change or come later.",
  secrets: "Names of the secrets that the gateway keeps.",
  version: "Of the sealed record: another one means other contents, secrets included.",
});

export function noServer(slug: string): Response {
  return problem(404, `There is no server ${JSON.stringify(slug)}.`);
}

export function tagged(status: 200 | 201, server: ServerRow): Response {
  return json(status, shown(server), { etag: etagOf(server.revision) });
}

export function shown({ slug, revision, createdAt, updatedAt, ...server }: ServerRow) {
  return { slug, ...facts(server), revision, createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt) };
}

/** What there is to say of a server, without what tells when it was said. */
export function facts({ file, secrets, version }: Pick<ServerRow, "file" | "secrets" | "version">) {
  return {
    name: file.name,
    ...(file.description !== undefined && { description: file.description }),
    url: file.url,
    credential: file.credential ?? null,
    era: file.era,
    surface: file.surface,
    drift: file.drift,
    secrets,
    version,
  };
}
