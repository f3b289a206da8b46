/**
 * A report as SARIF 2.1.0 (OASIS), which code scanning in CI reads. Pure. A rule for each dangerous class and each kind of
 * finding; a result for each tool that has it, with a fingerprint that stays while the tool does.
 */

import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { locate } from "../../json/locate.ts";
import { placesIn } from "../../json/place.ts";
import { jsonText } from "../json-text.ts";
import { cell } from "../show.ts";
import { VERSION } from "../version.ts";
import type { Finding } from "./finding.ts";
import { DANGEROUS, type Report, type ScannedTool } from "./report.ts";
import { LEVEL, RULES, ruleOf } from "./sarif-rules.ts";
import { brief, CLASS_NAMES, pieces, reason } from "./words.ts";

const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

export function reportSarif(report: Report): string {
  const placeOf = placesOf(report);
  const found = [
    ...report.tools.flatMap((tool) =>
      resultsOf(tool).map((each) => ({ ...each, of: tool.name, place: placeOf(tool) })),
    ),
    ...report.asides.flatMap(({ what, name, findings }) => {
      const of = what === "prompt" ? `prompt ${name}` : name;
      return findings.map((finding) => ({ ...resultFor(finding), of, place: placeOf(undefined) }));
    }),
  ];
  const seen = new Map<string, number>();
  const results = found.map((each) => {
    const key = JSON.stringify([each.ruleId, each.detail, each.of, each.at]);
    const before = seen.get(key) ?? 0;
    seen.set(key, before + 1);
    return resultJson(report, each, sha256(before === 0 ? key : `${key}${before}`));
  });
  const run = {
    tool: {
      driver: {
        name: "Grantgate",
        informationUri: "https://github.com/grantgate/grantgate",
        semanticVersion: VERSION,
        rules: RULES.map(ruleOf),
      },
    },
    automationDetails: { id: `grantgate-scan/${report.list.name}/` },
    columnKind: "utf16CodeUnits",
    results,
  };
  return jsonText({ $schema: SCHEMA, version: "2.1.0", runs: [run] }, 2);
}

/** `at`: JSON Pointer into the tool. */
type Result = { readonly ruleId: string; readonly detail?: string; readonly text: string; readonly at: string };

function resultsOf(tool: ScannedTool): Result[] {
  const { class: toolClass, findings } = tool;
  const text = `${CLASS_NAMES[toolClass]}: ${reason(tool)?.text ?? ""}`;
  const own = DANGEROUS.includes(toolClass) ? [{ ruleId: `class/${toolClass}`, text, at: "" }] : [];
  return [...own, ...findings.map(resultFor)];
}

function resultFor({ kind, detail, text, at }: Finding): Result {
  return { ruleId: kind, ...(detail !== undefined && { detail }), text, at };
}

type Placed = Result & { readonly of: string; readonly place: Place | undefined };

function resultJson({ list }: Report, { ruleId, text, at, of, place }: Placed, fingerprint: string) {
  const ruleIndex = RULES.findIndex(({ id }) => id === ruleId);
  const said = pieces(text)
    .map((piece) => piece.text)
    .join("");
  return {
    ruleId,
    ruleIndex,
    level: LEVEL[RULES[ruleIndex]?.weight ?? "low"],
    message: { text: messageText(`${brief(of)}: ${said}.`) },
    locations: [
      {
        ...(place !== undefined && { physicalLocation: place }),
        logicalLocations: [{ name: of, fullyQualifiedName: `${list.name}/${of}${at}`, kind: "function" }],
      },
    ],
    partialFingerprints: { "grantgate/v1": fingerprint },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Brackets would be a link to SARIF (3.11.6), and braces a placeholder (3.11.5). */
function messageText(text: string): string {
  return cell(text)
    .replace(/[\\[\]]/g, (sign) => `\\${sign}`)
    .replace(/[{}]/g, (sign) => sign + sign);
}

type Place = {
  readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: "%SRCROOT%" };
  readonly region: { readonly startLine: number; readonly startColumn?: number };
};

/** Where a tool stands in the file that was scanned; undefined where there was none. */
function placesOf({ list: { file } }: Report): (tool: ScannedTool | undefined) => Place | undefined {
  if (file === undefined) return () => undefined;
  const isInside = !file.name.startsWith("..") && !file.name.startsWith("/");
  const artifactLocation = isInside
    ? ({ uri: file.name.split(/[\\/]/).map(encodeURIComponent).join("/"), uriBaseId: "%SRCROOT%" } as const)
    : { uri: pathToFileURL(file.name).href };
  const found = locate(file.text, new Set(file.pointers));
  const placeAt = placesIn(file.text);
  return (tool) => {
    const offset = found.get(file.pointers[tool?.index ?? -1] ?? "")?.value;
    const region = offset === undefined || file.pointers.length === 0 ? undefined : placeAt(offset);
    return {
      artifactLocation,
      region: region === undefined ? { startLine: 1 } : { startLine: region.line, startColumn: region.column },
    };
  };
}
