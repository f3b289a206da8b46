/** Puts an entry into a client's file: what was there is kept beside it, and a file with a token is its owner's alone. */
import { copyFileSync, readFileSync, realpathSync, statSync } from "node:fs";
import { errorCode, usage } from "../failure.ts";
import { writePrivateFile } from "../private-file.ts";
import type { Fragment } from "./clients.ts";
import { merge } from "./merge.ts";

export type Written =
  | { readonly kind: "written" /** The copy of what was there. */; readonly backup: string | undefined }
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly why: string };

export type Entry = { readonly fragment: Fragment; readonly name: string; readonly holdsToken: boolean };

export function writeEntry(path: string, { fragment, name, holdsToken }: Entry, now: Date): Written {
  try {
    const before = readIfThere(path);
    const merged = merge(before ?? "", fragment, name);
    if (merged.kind !== "merged") return merged;
    // A link stays a link: settings are often kept in a folder of their own.
    const target = before === undefined ? path : realpathSync(path);
    const backup = before === undefined ? undefined : `${path}.${now.toISOString().replaceAll(":", "-")}.bak`;
    if (backup !== undefined) copyFileSync(target, backup);
    const mode = before === undefined ? 0o644 : statSync(target).mode & 0o777;
    writePrivateFile(target, merged.text, holdsToken ? 0o600 : mode);
    return { kind: "written", backup };
  } catch (error) {
    throw usage(`${path} can't be written (${errorCode(error) ?? "error"}).`, "Leave --write out to see the entry.");
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
