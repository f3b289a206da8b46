/** Links between pages, to files of the project and to headings lead somewhere. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { proseOf, ROOT } from "./page.ts";

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;

const ALL = ["README.md", "SECURITY.md", ...globSync("docs/*.md", { cwd: ROOT })].map((page) =>
  page.replaceAll("\\", "/"),
);

describe.each(ALL)("%s", (page) => {
  const file = join(ROOT, page);
  const targets = [...proseOf(readFileSync(file, "utf8")).matchAll(LINK)].map(([, target = ""]) => target);

  it("links to what is there", () => {
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter((target) => !target.startsWith("https://") && !leads(file, target))).toEqual([]);
  });
});

function leads(from: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? from : resolve(dirname(from), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsIn(readFileSync(file, "utf8")).includes(anchor);
}

/** As GitHub makes them: lower case, no punctuation, hyphens for spaces. */
function anchorsIn(text: string): readonly string[] {
  return [...proseOf(text).matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
