/** A policy and its revisions as the API shows them, and what they are called. */
import * as z from "zod/mini";
import { parseJson } from "../../json/parse.ts";
import { component, noted } from "../described.ts";
import { isoTime, json } from "../json.ts";
import { problem } from "../problem.ts";
import { etagOf } from "../request/conditions.ts";
import type { PolicyKey, PolicyRow, PolicyWithText, RevisionRow } from "./table.ts";

const facts = {
  version: z.string(),
  revision: z.int(),
  author: z.string(),
  message: z.nullable(z.string()),
  createdAt: z.string(),
};
noted(facts, { version: "SHA-256 of the canonical text, in hex." });

export const Policy = z.object({
  server: z.string(),
  name: z.string(),
  ...facts,
  updatedAt: z.string(),
  grants: z.int(),
});
component("Policy", Policy);

const whole = { document: z.unknown() };
noted(whole, { document: "The policy itself." });

export const PolicyWithDocument = z.extend(Policy, whole);
component("PolicyWithDocument", PolicyWithDocument);

export const Revision = z.object(facts);
component("PolicyRevision", Revision);
export const RevisionWithDocument = z.extend(Revision, whole);

export function keyIn({ server, policy }: { readonly server: string; readonly policy: string }): PolicyKey {
  return [server, policy];
}

export function noPolicy([server, name]: PolicyKey): Response {
  return problem(404, `There is no policy ${JSON.stringify(name)} for the server ${JSON.stringify(server)}.`);
}

export function targetOf(key: PolicyKey): string {
  return `policy:${key.join("/")}`;
}

export function standing({ version, revision }: PolicyRow) {
  return { version, revision };
}

export function tagged(status: 200 | 201, policy: PolicyWithText): Response {
  return json(status, { ...shown(policy), document: parsed(policy.text) }, { etag: etagOf(policy.revision) });
}

export function shown({ server, name, createdAt, updatedAt, grants, ...revision }: PolicyRow) {
  const { version, revision: number, author, message } = revision;
  return {
    server,
    name,
    version,
    revision: number,
    author,
    message,
    createdAt: isoTime(createdAt),
    updatedAt: isoTime(updatedAt),
    grants,
  };
}

export function shownRevision({ revision, version, author, message, createdAt }: RevisionRow) {
  return { revision, version, author, message, createdAt: isoTime(createdAt) };
}

/** Read again from its text, so that its numbers are shown digit for digit. */
export function parsed(text: string) {
  const read = parseJson(text);
  return read.ok ? read.value : null;
}
