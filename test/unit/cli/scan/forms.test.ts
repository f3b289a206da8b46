/** What a scan tells programs: JSON, SARIF 2.1.0, and exit codes for CI. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { conditionsMet, readConditions } from "../../../../src/cli/scan/fail-on.ts";
import { reportJson } from "../../../../src/cli/scan/json.ts";
import { FINDING_KINDS } from "../../../../src/cli/scan/kinds.ts";
import { reportOf } from "../../../../src/cli/scan/report.ts";
import { reportSarif } from "../../../../src/cli/scan/sarif.ts";
import { grantgate } from "../grantgate.ts";
import { BANK, bank, HOSTILE, listOf } from "./given.ts";

const TOOLS_JSON = JSON.stringify({ tools: BANK }, null, 2);

describe("the JSON", () => {
  const Finding = z.strictObject({
    kind: z.enum(FINDING_KINDS),
    detail: z.string().optional(),
    weight: z.enum(["high", "medium", "low"]),
    at: z.string(),
    parameter: z.string().nullable(),
    text: z.string().min(1),
  });
  const count = z.int().nonnegative();
  const Class = z.enum(["read", "write", "execute", "destructive", "financial"]);
  const Shape = z.strictObject({
    version: z.literal(1),
    server: z.strictObject({
      name: z.string(),
      from: z.string(),
      era: z.enum(["legacy", "modern"]).nullable(),
      info: z.looseObject({}).nullable(),
    }),
    counts: z.strictObject({
      read: count,
      write: count,
      execute: count,
      destructive: count,
      financial: count,
      total: count,
    }),
    tokens: z.strictObject({ list: count, recommended: count.nullable() }),
    tools: z.array(
      z.strictObject({
        name: z.string(),
        class: Class,
        risk: z.enum(["low", "medium", "high", "critical"]),
        confidence: z.number(),
        evidence: z.array(z.strictObject({ class: Class, text: z.string(), from: z.string() })).min(1),
        findings: z.array(Finding),
        tokens: count,
        recommended: z.enum(["listed", "hidden"]).nullable(),
      }),
    ),
    others: z.array(
      z.strictObject({ what: z.enum(["prompt", "instructions"]), name: z.string(), findings: z.array(Finding) }),
    ),
    resources: count,
    resourceTemplates: count,
    prompts: count,
    notes: z.array(z.string()),
    failed: z.array(z.strictObject({ condition: z.string(), count })),
  });

  it("keeps its shape", () => {
    const parsed = Shape.parse(JSON.parse(reportJson(bank(), [])));
    expect(parsed.counts.total).toBe(6);
    expect(parsed.tools[0]).toMatchObject({ name: "transfer_money", class: "financial", risk: "critical" });
    Shape.parse(JSON.parse(reportJson(reportOf(listOf(HOSTILE), "x"), [{ condition: "steering", count: 1 }])));
  });

  it("is what the command prints, with what it failed on", async () => {
    const ran = await grantgate("scan tools.json --json --fail-on financial,execute", {
      files: { "tools.json": TOOLS_JSON },
    });
    expect(ran.exit).toBe(1);
    expect(Shape.parse(JSON.parse(ran.out)).failed).toEqual([
      { condition: "financial", count: 1 },
      { condition: "execute", count: 1 },
    ]);
    expect(ran.err).toBe("Fails on financial: 1 tool.\nFails on execute: 1 tool.\n");
  });
});

describe("SARIF", () => {
  const message = z.strictObject({ text: z.string().min(1) });
  const level = z.enum(["error", "warning", "note"]);
  /** The part of SARIF 2.1.0 that is used, with what the standard and GitHub demand of it. */
  const Sarif = z.strictObject({
    $schema: z.url(),
    version: z.literal("2.1.0"),
    runs: z
      .array(
        z.strictObject({
          tool: z.strictObject({
            driver: z.strictObject({
              name: z.string(),
              informationUri: z.url(),
              semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
              rules: z.array(
                z.strictObject({
                  id: z.string().max(255),
                  name: z.string().regex(/^[A-Za-z]+$/),
                  shortDescription: message,
                  fullDescription: message,
                  help: message,
                  helpUri: z.url(),
                  defaultConfiguration: z.strictObject({ level }),
                  properties: z.strictObject({
                    tags: z.array(z.string()).max(20),
                    precision: z.enum(["very-high", "high", "medium", "low"]),
                    "security-severity": z.string().regex(/^(?:10|\d)(?:\.\d)?$/),
                  }),
                }),
              ),
            }),
          }),
          automationDetails: z.strictObject({ id: z.string() }),
          columnKind: z.literal("utf16CodeUnits"),
          results: z.array(
            z.strictObject({
              ruleId: z.string(),
              ruleIndex: z.int().nonnegative(),
              level,
              message,
              locations: z
                .array(
                  z.strictObject({
                    physicalLocation: z
                      .strictObject({
                        artifactLocation: z.strictObject({
                          // RFC 3986: no space, no backslash.
                          uri: z.string().regex(/^[!-~]+$/),
                          uriBaseId: z.literal("%SRCROOT%").optional(),
                        }),
                        region: z.strictObject({
                          startLine: z.int().positive(),
                          startColumn: z.int().positive().optional(),
                        }),
                      })
                      .optional(),
                    logicalLocations: z
                      .array(z.strictObject({ name: z.string(), fullyQualifiedName: z.string(), kind: z.string() }))
                      .length(1),
                  }),
                )
                .length(1),
              partialFingerprints: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
            }),
          ),
        }),
      )
      .length(1),
  });

  function runOf(text: string) {
    const [run] = Sarif.parse(JSON.parse(text)).runs;
    if (run === undefined) throw new Error("no run");
    return run;
  }

  it("keeps to the standard, with rules that are there and ids that are not repeated", () => {
    for (const report of [bank(), reportOf(listOf(HOSTILE), "x"), reportOf(listOf([]), "x")]) {
      const { tool, results } = runOf(reportSarif(report));
      const ids = tool.driver.rules.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { ruleId, ruleIndex } of results) expect(ids[ruleIndex]).toBe(ruleId);
      const prints = results.map(({ partialFingerprints }) => partialFingerprints["grantgate/v1"]);
      expect(new Set(prints).size).toBe(prints.length);
    }
  });

  it("has a result for each dangerous tool and each finding, and none for the rest", () => {
    const { results } = runOf(reportSarif(bank()));
    expect(results.map(({ ruleId, locations }) => `${ruleId} ${locations[0]?.logicalLocations[0]?.name}`)).toEqual([
      "class/financial transfer_money",
      "class/destructive delete_account",
      "annotation delete_account",
      "class/execute run_report_script",
      "code run_report_script",
    ]);
    expect(results.every(({ locations }) => locations[0]?.physicalLocation === undefined)).toBe(true);
  });

  it("points into the file that was scanned", async () => {
    const files = { "a b/tools.json": TOOLS_JSON };
    const ran = await grantgate(["scan", "a b/tools.json", "--sarif"], { files });
    const found = runOf(ran.out).results.find(({ ruleId }) => ruleId === "class/destructive");
    const lines = TOOLS_JSON.split("\n");
    const { artifactLocation, region } = found?.locations[0]?.physicalLocation ?? {};
    expect(artifactLocation).toEqual({ uri: "a%20b/tools.json", uriBaseId: "%SRCROOT%" });
    expect(lines[region?.startLine ?? 0]).toContain('"delete_account"');
  });

  it("keeps fingerprints when tools are added or reordered", () => {
    const prints = (report: ReturnType<typeof bank>): string[] =>
      runOf(reportSarif(report))
        .results.flatMap(({ partialFingerprints }) => Object.values(partialFingerprints))
        .sort();
    expect(prints(reportOf(listOf(BANK.toReversed()), "x"))).toEqual(prints(bank()));
  });

  it("takes no link and no placeholder from a server", () => {
    for (const { message } of runOf(reportSarif(reportOf(listOf(HOSTILE), "x"))).results) {
      expect(message.text).not.toMatch(/(?<!\\)[[\]]|(?<!\{)\{\d+\}/);
      expect(message.text).not.toContain("\n");
    }
  });
});

describe("--fail-on", () => {
  it("takes classes and kinds of finding, with commas or again", () => {
    expect(readConditions(["destructive, financial", "steering"])).toEqual(["destructive", "financial", "steering"]);
  });

  it("names what it takes when it does not know a word", () => {
    expect(() => readConditions(["dangerous"])).toThrow('does not know "dangerous"');
    expect(() => readConditions([","])).toThrow("names nothing");
  });

  it("tells which of them hold, and for how many tools", () => {
    expect(conditionsMet(bank(), ["financial", "code", "meta-tool", "read"])).toEqual([
      { condition: "financial", count: 1 },
      { condition: "code", count: 1 },
      { condition: "read", count: 2 },
    ]);
  });

  it("leaves a scan well that meets none of them", async () => {
    const files = { "tools.json": TOOLS_JSON };
    expect((await grantgate("scan tools.json --fail-on meta-tool,steering", { files })).exit).toBe(0);
    expect((await grantgate("scan tools.json", { files })).exit).toBe(0);
    expect((await grantgate("scan tools.json --fail-on code", { files })).exit).toBe(1);
  });

  it("is refused before anything is asked", async () => {
    const ran = await grantgate("scan http://127.0.0.1:1/mcp --fail-on nonsense");
    expect(ran).toMatchObject({ exit: 2, out: "" });
  });
});
