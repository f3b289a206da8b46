/** What a page says that a client is told, the client is told: word for word, from a case of an example. */
import { describe, expect, it } from "vitest";
import { deniedReply, FAILED_CLOSED_TEXT, limitedReply } from "../../../src/gate/denial.ts";
import { sha256 } from "../../../src/grant/digest.ts";
import { DECISION_KEY } from "../../../src/mcp/reply.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import { deniedText } from "../../../src/policy/told.ts";
import { allTold, caseThatTells, decided, type Example, exampleOf } from "./examples.ts";
import { blocksIn, PAGES, pageText, quotesIn } from "./page.ts";

const told = new Set([...allTold(), deniedText(FAILED_CLOSED_TEXT)]);

describe.each(PAGES)("%s", (page) => {
  it("quotes denials, each as the gateway words it", () => {
    const quotes = quotesIn(pageText(page));
    expect(quotes.length).toBeGreaterThan(0);
    expect(quotes.filter((quote) => !told.has(quote))).toEqual([]);
  });

  it("shows an answer as it goes out, with what decided", async () => {
    const answers = blocksIn(pageText(page)).filter(({ label }) => label?.startsWith("answer: "));
    expect(answers.length).toBeGreaterThan(0);
    for (const { label = "", body } of answers) {
      const shown = JSON.parse(body);
      const example = exampleOf(label.replace("answer: ", ""));
      const { request } = shown.result._meta[DECISION_KEY];
      const version = await versionOf(example);
      expect(shown).toEqual(replyTo(example, shown.id, shown.result.content[0].text, { request, version }));
    }
  });
});

/** The message by which a client is told this. */
function replyTo(example: Example, id: number, text: string, ids: { request: string; version: string }): unknown {
  const { decision, limit } = decided(example, caseThatTells(example, text));
  const asked = {
    era: "legacy",
    request: { kind: "request", id, method: "tools/call", params: {} },
    requestId: ids.request,
    policy: { name: example.name, version: ids.version },
  } as const;
  if (decision.effect === "deny")
    return JSON.parse(deniedReply(asked, "deny", decision.rule, decision.text).body ?? "");
  if (limit === null) throw new Error("nothing refuses this call");
  return JSON.parse(limitedReply(asked, limit.demand, { ...limit.limited, at: 0 }).body ?? "");
}

async function versionOf({ tested }: Example): Promise<string> {
  const read = readPolicy(tested.text);
  if (!read.ok) throw new Error("the example does not read");
  return sha256(read.canonical);
}
