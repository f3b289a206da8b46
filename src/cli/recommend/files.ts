/**
 * Where a recommended policy is written: `<name>.json` and `<name>.cases.json` beside it, where `check`, `test` and `apply`
 * look. It must never write over a file unless it was told to, and then over those alone.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { NOT_A_POLICY, shownPath } from "../apply/folder.ts";
import { errorCode, usage } from "../failure.ts";

export type Place = { readonly folder: string; readonly name: string };

/** As grants name policies. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** `out` names the policy's file, or a folder for it; `name` is the policy's. */
export function placeFor(out: string, name: string | undefined, cwd: string): Place {
  const path = resolve(cwd, out);
  if (!path.endsWith(".json")) return checked({ folder: path, name: name ?? "recommended" });
  const given = basename(path).slice(0, -".json".length);
  if (name !== undefined && name !== given) {
    throw usage(`--out names the policy ${given}, and --name the policy ${name}.`, "Leave one of them out.");
  }
  return checked({ folder: dirname(path), name: given });
}

function checked(place: Place): Place {
  if (NAME.test(place.name) && !NOT_A_POLICY.test(`${place.name}.json`)) return place;
  throw usage(
    `A policy can't be named ${JSON.stringify(place.name)}.`,
    "Its name is made of up to 63 letters, digits, dots, underscores and hyphens; server and tools are taken.",
  );
}

/** Writes the files and gives their names as the user would type them. */
export function writeFiles(
  { folder }: Place,
  files: readonly { readonly file: string; readonly text: string }[],
  force: boolean,
  cwd: string,
): readonly string[] {
  const named = files.map(({ file, text }) => ({ path: join(folder, file), text }));
  const taken = named.filter(({ path }) => existsSync(path)).map(({ path }) => shownPath(path, cwd));
  if (taken.length > 0 && !force) {
    throw usage(
      `${taken.join(" and ")} ${taken.length === 1 ? "is" : "are"} there already.`,
      "Give --name for another policy, or --force to write over it.",
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    for (const { path, text } of named) writeFileSync(path, text, force ? {} : { flag: "wx" });
  } catch (error) {
    throw usage(`${shownPath(folder, cwd)} can't be written to (${errorCode(error) ?? "error"}).`);
  }
  return named.map(({ path }) => shownPath(path, cwd));
}
