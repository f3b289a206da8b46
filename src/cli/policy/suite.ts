/** One policy with its cases: read, run, and all that is known about it afterwards. Pure. */
import { basename } from "node:path";
import { locate } from "../../json/locate.ts";
import { parseJson } from "../../json/parse.ts";
import { type Place, placesIn } from "../../json/place.ts";
import type { Json } from "../../json/value.ts";
import { type PolicyCase, readCases } from "../../policy/cases.ts";
import { compilePolicy } from "../../policy/compile.ts";
import { readPolicy } from "../../policy/read.ts";
import type { Problem } from "../problem.ts";
import { checkTools, inFile, strayProblem } from "./check-files.ts";
import { type Covered, coverage } from "./coverage.ts";
import type { PolicyFiles, ServerFiles } from "./find.ts";
import type { About } from "./play.ts";
import { type CaseResult, runCases } from "./run-cases.ts";
import { schemasIn } from "./tools-file.ts";

export type Suite = {
  /** The policy's file. */
  readonly file: string;
  /** As grants name it: `server/policy`. */
  readonly policy: string;
} & (
  | { readonly kind: "broken"; readonly problems: readonly Problem[] }
  /** `results` is empty where there are no cases. */
  | {
      readonly kind: "run";
      /** The cases' file. */
      readonly cases: string | undefined;
      readonly results: readonly CaseResult[];
      readonly rules: readonly Placed<Covered>[];
      readonly tested: Tested;
    }
);

export type Run = Extract<Suite, { readonly kind: "run" }>;

/** What the cases were run against, for running them again. */
export type Tested = {
  /** The policy as written. */
  readonly text: string;
  readonly document: Json;
  readonly cases: readonly PolicyCase[];
  readonly about: About;
};

export type Placed<T> = T & Place;

/** One for each policy, and one for each other file that can't be used. */
export function suitesOf({ slug, tools: list, policies, strays }: ServerFiles): Suite[] {
  const { tools, problems } = checkTools(list);
  const about: About = { server: slug, schemaOf: schemasIn(tools) };
  const broken = (file: string, problems: readonly Problem[]): Suite => {
    return { file, policy: `${slug}/${basename(file).replace(/(?:\.cases)?\.json$/, "")}`, kind: "broken", problems };
  };
  return [
    ...(list === undefined || problems.length === 0 ? [] : [broken(list.name, problems)]),
    ...policies.map((files) => runSuite(about, files)),
    ...strays.map((file) => broken(file.name, [strayProblem(file)])),
  ];
}

function runSuite(about: About, { name, file, cases }: PolicyFiles): Suite {
  const suite = { file: file.name, policy: `${about.server}/${name}` };
  const policy = readPolicy(file.text);
  const read = readCases(cases?.text ?? "[]");
  const parsed = parseJson(file.text);
  if (!policy.ok || !read.ok || !parsed.ok) {
    const problems = [
      ...(policy.ok ? [] : inFile(file.name, policy.problems)),
      ...(read.ok ? [] : inFile(cases?.name ?? file.name, read.problems)),
    ];
    return { ...suite, kind: "broken", problems };
  }
  const compiled = compilePolicy(policy.document);
  const results = runCases(compiled, read.cases, about);
  return {
    ...suite,
    kind: "run",
    cases: cases?.name,
    results,
    rules: placed(file.text, coverage(policy.document, compiled, results, about)),
    tested: { text: file.text, document: parsed.value, cases: read.cases, about },
  };
}

/** Where each of them stands in the policy's text. */
export function placed<T extends { readonly pointer: string }>(text: string, items: readonly T[]): Placed<T>[] {
  const found = locate(text, new Set(items.map(({ pointer }) => pointer)));
  const placeOf = placesIn(text);
  return items.map((item) => ({ ...item, ...placeOf(found.get(item.pointer)?.key ?? 0) }));
}

export function isBad(suite: Suite): boolean {
  return suite.kind === "broken" || suite.results.some(({ wrong }) => wrong.length > 0);
}
