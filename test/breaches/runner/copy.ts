/**
 * A copy of the repository to break things in: what is tracked and what would be, as it is in the work tree. Nothing is
 * ever changed in the repository itself, nor in the packages that the copy shares with it.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Where the copy is. It is removed when this process ends. */
export function copyOf(repository: string): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), "grantgate-breaches-")));
  process.once("exit", () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }));
  for (const file of filesOf(repository)) {
    mkdirSync(join(path, dirname(file)), { recursive: true });
    cpSync(join(repository, file), join(path, file));
  }
  symlinkSync(join(repository, "node_modules"), join(path, "node_modules"), "junction");
  return path;
}

function filesOf(repository: string): string[] {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = execFileSync("git", args, { cwd: repository, encoding: "utf8", maxBuffer: 1e8 });
  return listed.split("\0").filter((file) => file !== "" && isFile(join(repository, file)));
}

/** Not one that is tracked and deleted, nor a link to a folder. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
