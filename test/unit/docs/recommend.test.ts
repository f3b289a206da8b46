/** What docs/recommend.md shows is what the command says of the list of tools that it names. */
import { expect, it } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { context, screen } from "../cli/stage.ts";
import { blocksIn, pageText, ROOT } from "./page.ts";

const blocks = blocksIn(pageText("recommend.md"));

it("shows the policy and the summary that come out", async () => {
  const terminal = screen();
  const words = ["policy", "recommend", "docs/examples/tools.json"];
  expect(await run(words, context(terminal, { root: ROOT, cwd: ROOT }))).toBe(0);
  const [entries] = blocks.filter(({ language }) => language === "json");
  for (const entry of entries?.body.split(/^(?=")/m) ?? []) {
    expect(terminal.outText()).toContain(entry.trim().replace(/,$/, "").replaceAll(/^/gm, "    "));
  }
  const [summary] = blocks.filter(({ language }) => language === "text");
  expect(terminal.errText()).toContain(summary?.body);
});
