/** The tables of docs/policy.md that say what operators and paths come to are judged by the code, cell by cell. */
import { describe, expect, it } from "vitest";
import { follow } from "../../../src/policy/call.ts";
import { decide } from "../../../src/policy/decide.ts";
import { OPERATORS } from "../../../src/policy/operator.ts";
import { ROOTS, readPath } from "../../../src/policy/path.ts";
import { callOf, DENIES, FAILS, HOLDS, policyOf } from "../policy/given.ts";
import { blocksIn, pageText, spansIn, tablesIn, tableUnder } from "./page.ts";

const text = pageText("policy.md");
const OUTCOMES: Readonly<Record<string, object>> = { holds: HOLDS, "does not hold": FAILS, "can't be told": DENIES };

/** What both kinds of wall make of a condition, written as it stands on the page so that numbers keep their digits. */
function outcomeOf(op: string, value: string, args: string): object {
  const of = (list: string, condition: string) => {
    const wall = `{"${list}":[{"conditions":[${condition}]}]}`;
    return decide(policyOf(`{"version":"1","default":"deny","tools":{"t":${wall}}}`), callOf(args)).effect;
  };
  const leaf = `{"path":"args.x","op":"${op.replace(/^not /, "")}","value":${value}}`;
  const condition = op.startsWith("not ") ? `{"not":${leaf}}` : leaf;
  return { deny_if: of("deny_if", condition), require: of("require", condition) };
}

describe("the table of operators", () => {
  const rows = tableUnder(text, "op", "value", "holds for", "does not hold for", "can't be told for");

  it("has every operator", () => {
    const shown = new Set(rows.flatMap(([op = ""]) => spansIn(op)));
    expect([...shown].sort()).toEqual([...OPERATORS].sort());
  });

  it.each(rows.map((cells) => ({ cells, op: `${cells[0]} ${cells[1]}` })))("is right about $op", ({ cells }) => {
    const [op = "", value = "", ...lists] = cells;
    const [name = ""] = spansIn(op);
    for (const [index, outcome] of [HOLDS, FAILS, DENIES].entries()) {
      for (const argument of spansIn(lists[index] ?? "")) {
        expect(outcomeOf(name, spansIn(value)[0] ?? "", `{"x":${argument}}`), argument).toEqual(outcome);
      }
    }
  });
});

describe("a table of single outcomes", () => {
  const tables = tablesIn(text).filter(([header]) => header?.join() === "op,value,argument,outcome");
  const rows = tables.flatMap((table) => table.slice(1)).map((cells) => ({ cells, what: cells.join(" ") }));

  it("stands in the sections on numbers, dates, patterns and networks", () => {
    expect(tables).toHaveLength(4);
  });

  it.each(rows)("is right that $what", ({ cells: [op = "", value = "", argument = "", outcome = ""] }) => {
    const [[name = ""], [wanted = ""], [given = ""]] = [spansIn(op), spansIn(value), spansIn(argument)];
    expect(outcomeOf(name, wanted, `{"x":${given}}`)).toEqual(OUTCOMES[outcome]);
  });
});

describe("the table of absent values", () => {
  const rows = tableUnder(text, "of an absent value", "in a `deny_if`", "in a `require`");
  const VALUES: Readonly<Record<string, string>> = {
    in: "[1]",
    not_in: "[1]",
    contains: '"a"',
    starts_with: '"a"',
    ends_with: '"a"',
    regex: '"a"',
    in_cidr: '"::/0"',
    not_in_cidr: '"::/0"',
  };
  const effect = (cell: string) => (cell.endsWith("passes") ? "allow" : cell.endsWith("denies") ? "deny" : cell);

  it("has every operator, and the opposite of each that has none of its own", () => {
    const shown = rows.flatMap(([ops = ""]) => spansIn(ops)).map((op) => op.replace(/^exists .*/, "exists"));
    const own = ["neq", "not_in", "not_in_cidr", "exists"];
    const opposites = OPERATORS.filter((op) => !own.includes(op)).map((op) => `not ${op}`);
    expect([...new Set(shown)].sort()).toEqual([...OPERATORS, ...opposites].sort());
  });

  it.each(rows.map((cells) => ({ cells, ops: cells[0] })))(
    "is right about $ops",
    ({ cells: [ops = "", deny = "", require = ""] }) => {
      for (const op of spansIn(ops)) {
        const [, exists] = /^exists (.+)$/.exec(op) ?? [];
        const value = exists ?? VALUES[op.replace(/^not /, "")] ?? "1";
        const expected = { deny_if: effect(deny), require: effect(require) };
        expect(outcomeOf(exists === undefined ? op : "exists", value, "{}"), op).toEqual(expected);
      }
    },
  );
});

describe("the tables of paths", () => {
  const args = blocksIn(text).find(({ label }) => label === "arguments")?.body ?? "";
  const rows = tableUnder(text, "path", "leads to");

  it.each(rows.map((cells) => ({ cells, path: cells[0] })))(
    "are right about where $path leads",
    ({ cells: [path = "", end = ""] }) => {
      const read = readPath(spansIn(path)[0] ?? "");
      if (!read.ok) throw new Error(read.reason);
      const found = follow(read.path, callOf(args)).map((each) =>
        each.kind === "value" ? JSON.stringify(each.value) : each.kind,
      );
      if (end.startsWith("absent")) expect(found).toEqual(["absent"]);
      else if (end.startsWith("can't be told")) expect(found).toEqual(["astray"]);
      else expect(found).toEqual(spansIn(end));
    },
  );

  it("name every beginning that a path can have", () => {
    const shown = tableUnder(text, "path", "").flatMap(([path = ""]) => spansIn(path));
    const known = shown.map((path) => readPath(path)).map((read) => (read.ok ? read.path.root : read.reason));
    expect([...known, "args"].sort()).toEqual([...ROOTS].sort());
  });
});
