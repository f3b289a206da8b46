/** What came of all suites, for programs. Pure. */

import { jsonText } from "../json-text.ts";
import type { Suite } from "./suite.ts";
import type { Mutations, Tally } from "./tally.ts";

export function testsJson(suites: readonly Suite[], mutations: Mutations, counts: Tally, milliseconds: number): string {
  const { mutants, survivors, ...rest } = counts;
  const summary = { ...rest, ...(mutations.size > 0 && { mutants, survivors }), milliseconds };
  return jsonText({ summary, policies: suites.map((suite) => suiteJson(suite, mutations)) }, 2);
}

function suiteJson(suite: Suite, mutations: Mutations) {
  const { policy, file } = suite;
  if (suite.kind === "broken") return { policy, file, problems: suite.problems };
  return {
    policy,
    file,
    casesFile: suite.cases ?? null,
    cases: suite.results.map(({ case: { name, line, column, expect }, actual, wrong }) => ({
      name,
      line,
      column,
      passed: wrong.length === 0,
      expected: expect,
      actual,
    })),
    rules: suite.rules.map(({ pointer, line, column, reached }) => ({ pointer, line, column, reached })),
    ...(mutations.has(suite) && { mutation: mutations.get(suite) }),
  };
}
