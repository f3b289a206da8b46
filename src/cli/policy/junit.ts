/**
 * What came of all suites as JUnit XML, which every CI system reads. Pure.
 * It must be well-formed whatever a case is called: names and texts come from files, and from arguments.
 */
import type { Suite } from "./suite.ts";

export function junitXml(suites: readonly Suite[], milliseconds: number): string {
  const parts = suites.map(testsuite);
  const sum = (key: "tests" | "failures" | "errors"): number => parts.reduce((total, part) => total + part[key], 0);
  const attributes = { tests: sum("tests"), failures: sum("failures"), errors: sum("errors") };
  const time = (milliseconds / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    open("testsuites", { name: "grantgate policy test", ...attributes, time }),
    ...parts.map(({ xml }) => xml),
    "</testsuites>\n",
  ].join("\n");
}

type Part = { readonly tests: number; readonly failures: number; readonly errors: number; readonly xml: string };

function testsuite(suite: Suite): Part {
  const counts =
    suite.kind === "broken"
      ? { tests: 1, failures: 0, errors: 1 }
      : {
          tests: suite.results.length,
          failures: suite.results.filter(({ wrong }) => wrong.length > 0).length,
          errors: 0,
        };
  const head = open("testsuite", { name: suite.policy, ...counts, file: suite.file });
  return { ...counts, xml: [`  ${head}`, ...testcases(suite), "  </testsuite>"].join("\n") };
}

function testcases(suite: Suite): string[] {
  const { policy: classname, file } = suite;
  if (suite.kind === "broken") {
    const lines = suite.problems.map(({ file, line, column, message }) => `${file}:${line}:${column}  ${message}`);
    return testcase({ classname, name: "can be read", file }, "error", "can't be read", lines.join("\n"));
  }
  return suite.results.flatMap(({ case: { name, line, expect }, actual, wrong }) => {
    const attributes = { classname, name, file: suite.cases ?? file, line };
    if (wrong.length === 0) return [`    ${open("testcase", attributes).replace(/>$/, "/>")}`];
    const text = `expected ${JSON.stringify(expect)}\nactual   ${JSON.stringify(actual)}`;
    return testcase(attributes, "failure", `expected another ${wrong.join(" and ")}`, text);
  });
}

type Attributes = Readonly<Record<string, string | number>>;

function testcase(attributes: Attributes, kind: "failure" | "error", message: string, text: string): string[] {
  return [
    `    ${open("testcase", attributes)}`,
    `      ${open(kind, { message })}${escaped(text)}</${kind}>`,
    "    </testcase>",
  ];
}

function open(element: string, attributes: Attributes): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escaped(String(value))}"`);
  return `<${element}${written.join("")}>`;
}

/** What XML 1.0 has no way to write, escaped or not (section 2.2). */
const NO_CHARACTER = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

function escaped(text: string): string {
  return text.replace(NO_CHARACTER, "\ufffd").replace(/[&<>"\t\n\r]/g, (character) => ENTITIES[character] ?? "");
}
