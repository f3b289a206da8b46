/**
 * `.dev.vars`: the secrets of the gateway on this machine, in the file where `wrangler dev` looks for them.
 * What the user wrote there is never changed; keys that are missing are added at the end.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { errorCode } from "./failure.ts";
import { writePrivateFile } from "./private-file.ts";

const HEAD =
  "# Secrets of the gateway on this machine, made by `npm start`. Not for a deployed gateway, not for git.\n";

/** How each secret is made. ROOT_KEY is 32 bytes in hex; ADMIN_TOKEN only has to be unguessable. */
const MAKE = {
  ADMIN_TOKEN: (random: Random) => random(32).toString("base64url"),
  ROOT_KEY: (random: Random) => random(32).toString("hex"),
} as const;

type Random = (bytes: number) => Buffer;

export function devVarsFile(root: string): string {
  return join(root, ".dev.vars");
}

/** The text with what was missing, or undefined when nothing was. An empty value counts as missing: the last one wins. */
export function completed(text: string | undefined, random: Random): string | undefined {
  const present = parseEnv(text ?? "");
  const added = Object.entries(MAKE)
    .filter(([key]) => !present[key])
    .map(([key, make]) => `${key}=${make(random)}\n`);
  if (added.length === 0) return undefined;
  const before = text === undefined || text === "" ? HEAD : text.endsWith("\n") ? text : `${text}\n`;
  return before + added.join("");
}

/** Sees to it that the file is there and complete; says whether it had to write. */
export function ensureDevVars(root: string, random: Random = randomBytes): boolean {
  const text = completed(readIfThere(devVarsFile(root)), random);
  if (text !== undefined) writePrivateFile(devVarsFile(root), text);
  return text !== undefined;
}

/** The local gateway's admin token, or undefined before the first start. */
export function localAdminToken(root: string): string | undefined {
  return parseEnv(readIfThere(devVarsFile(root)) ?? "").ADMIN_TOKEN || undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
