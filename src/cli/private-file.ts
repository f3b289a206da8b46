/**
 * Files that hold a secret: readable by their owner only, and never seen half written.
 * (On Windows the mode says nothing; there the user's own folder is what protects them.)
 */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

export function writePrivateFile(path: string, text: string, mode: number = OWNER_ONLY): void {
  mkdirSync(dirname(path), { recursive: true });
  const fresh = `${path}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode });
  // The mode above counts only when the file is made anew.
  chmodSync(fresh, mode);
  renameSync(fresh, path);
}
