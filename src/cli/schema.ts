/**
 * The JSON Schemas of the files that a user writes, for editors. `node src/cli/schema.ts` writes them to docs/schema/;
 * they are made from what reads those files, so they can't say anything else.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { casesShape } from "../policy/cases.ts";
import { CASES_TEXTS, POLICY_TEXTS } from "../policy/field-texts.ts";
import { type JsonSchema, jsonSchemaOf } from "../policy/json-schema.ts";
import { policyShape } from "../policy/schema.ts";
import { ServerFile } from "../upstream/server-file.ts";

/** By the name of the file that each is kept in. */
export function schemas(): Readonly<Record<string, JsonSchema>> {
  return {
    "policy.schema.json": jsonSchemaOf(policyShape, "Grantgate policy", POLICY_TEXTS),
    "cases.schema.json": jsonSchemaOf(casesShape, "Grantgate policy cases", CASES_TEXTS),
    "server.schema.json": serverSchema(),
  };
}

const SERVER_TEXTS: Readonly<Record<string, string>> = {
  "": "One MCP server that the gateway stands before.",
  $schema: "Where an editor finds the schema of this file. Nothing else looks at it.",
  name: "What people call the server.",
  description: "A remark for whoever reads this file.",
  url: `The server's MCP endpoint: https:// (http:// only for localhost), or \${env:NAME} for an environment variable.`,
  credential:
    "How the gateway proves itself to the server: headers, oauth or both. Secrets are named here and never written.",
  "credential.headers": `Headers by their names, with secrets as \${secret:NAME}: their values are taken from the environment, or asked for.`,
  "credential.oauth": "OAuth 2.1 client credentials: the gateway fetches a token and sends it as Authorization.",
  "credential.oauth.tokenUrl":
    "The token endpoint of the server's authorization server: https:// (http:// only for localhost).",
  "credential.oauth.clientId": `The gateway's id as a client there; may name a secret as \${secret:NAME}.`,
  "credential.oauth.clientSecret": `The client's secret, named as \${secret:NAME}.`,
  "credential.oauth.scope": "Scopes to ask for, with one space between them.",
  "credential.oauth.resource": "The resource that the token is for, as an absolute URI (RFC 8707).",
  "credential.oauth.audience": "The audience that the token is for, where the authorization server wants that.",
  "credential.oauth.authentication":
    'How id and secret are sent: "basic" (default), as a header, or "post", in the body.',
  era: 'The protocol that the server speaks: "auto" (default), "legacy" or "modern".',
  surface: "What of the server may be reached, of tools, resources and prompts. Default: all of it.",
  drift:
    'What becomes of a tool that changes or comes later: "hold" (default) until an operator accepts it, "warn" or "allow".',
};

function serverSchema(): JsonSchema {
  const { $schema, ...whole } = z.toJSONSchema(ServerFile, {
    io: "input",
    override: ({ jsonSchema, path }) => {
      const text = SERVER_TEXTS[path.filter((key) => key !== "properties").join(".")];
      if (text !== undefined) jsonSchema.description = text;
    },
  });
  return { $schema, title: "Grantgate server", ...whole };
}

/** As the formatter of this project writes JSON: objects over several lines, plain lists on one where they fit. */
export function written(value: unknown, indent = "", before = 0): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((item) => JSON.stringify(item)).join(", ")}]`;
    const plain = value.every((item) => typeof item !== "object" || item === null);
    if (plain && indent.length + before + line.length < LINE) return line;
    return `[\n${value.map((item) => inner + written(item, inner)).join(",\n")}\n${indent}]`;
  }
  const members = Object.entries(value).map(([key, member]) => {
    const name = `${JSON.stringify(key)}: `;
    return inner + name + written(member, inner, name.length);
  });
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`;
}

const LINE = 120;

function writeAll(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, schema] of Object.entries(schemas())) writeFileSync(join(folder, name), `${written(schema)}\n`);
}

if (import.meta.main) writeAll(fileURLToPath(new URL("../../docs/schema", import.meta.url)));
