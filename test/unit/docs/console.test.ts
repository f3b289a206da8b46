/** What docs/ shows of the command line is what the command line says. */
import { expect, it } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { context, screen } from "../cli/stage.ts";
import { blocksIn, PAGES, pageText, ROOT } from "./page.ts";

const COMMAND = /^\$ npx grantgate (.+)\n([\s\S]*?)(?=^\$ |(?![\s\S]))/gm;

const shown = PAGES.flatMap((page) =>
  blocksIn(pageText(page)).flatMap(({ language, body }) =>
    language === "console"
      ? [...body.matchAll(COMMAND)].map(([, line = "", output = ""]) => ({ page, line, output }))
      : [],
  ),
);

it("is shown at all", () => {
  expect(shown.length).toBeGreaterThan(1);
});

it.each(shown)("in $page after npx grantgate $line", async ({ line, output }) => {
  const terminal = screen();
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
  await run(words, context(terminal, { root: ROOT, cwd: ROOT }));
  expect(withoutTimes(terminal.outText()).trimEnd()).toBe(withoutTimes(output).trimEnd());
});

function withoutTimes(text: string): string {
  return text.replaceAll(/(?<=^ *Time {2})[0-9.]+ (?:ms|s)$/gm, "…");
}
