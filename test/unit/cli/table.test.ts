import { describe, expect, test } from "vitest";
import { cut, narrowed, tableLines, textWidth } from "../../../src/cli/table.ts";

const table = {
  head: ["NAME", "WHAT"],
  rows: [
    ["echo", "Sends back what it was given"],
    ["add", "Adds"],
  ],
};

describe("a table", () => {
  test("puts columns under each other and nothing behind the last one", () => {
    expect(tableLines(table, undefined)).toEqual(["NAME  WHAT", "echo  Sends back what it was given", "add   Adds"]);
  });

  test("cuts its last column so that no line is wider than the screen", () => {
    const lines = tableLines(table, 20);
    expect(lines).toEqual(["NAME  WHAT", "echo  Sends back wh…", "add   Adds"]);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(20);
  });

  test("keeps the last column readable on a screen that is too narrow for all", () => {
    expect(tableLines(table, 8)[1]).toBe("echo  Sends back…");
  });

  test("cuts the widest of the columns that may be cut, and never an id", () => {
    const wide = {
      head: ["ID", "NAME", "WHAT"],
      rows: [["grt_0123456789", "a long name for a thing", "a still longer text about the thing"]],
      flexible: ["NAME"],
    };
    const lines = tableLines(wide, 50);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(50);
    expect(lines[1]).toContain("grt_0123456789  ");
    expect(lines[1]?.match(/…/g)).toHaveLength(2);
    expect(tableLines(wide, undefined)[1]).not.toContain("…");
  });

  test("goes without what can be spared, in that order, and only as far as it must", () => {
    const wide = {
      head: ["ID", "CREATED", "ENDS", "LABEL"],
      rows: [["grt_0123456789", "2026-11-21", "never", "laptop"]],
      spare: ["CREATED", "ENDS"],
    };
    const headAt = (width: number | undefined): readonly string[] | undefined => narrowed(wide, width)?.head;
    expect(headAt(undefined)).toEqual(wide.head);
    expect(headAt(41)).toEqual(wide.head);
    expect(headAt(40)).toEqual(["ID", "ENDS", "LABEL"]);
    expect(headAt(28)).toEqual(["ID", "LABEL"]);
    expect(narrowed(wide, 28)?.rows).toEqual([["grt_0123456789", "laptop"]]);
    expect(headAt(21)).toBeUndefined();
  });

  test("counts cells and not characters", () => {
    expect(textWidth("日本")).toBe(4);
    expect(textWidth("é")).toBe(1);
    expect(textWidth("👩‍👩‍👧")).toBe(2);
    expect(
      tableLines(
        {
          head: ["A", "B"],
          rows: [
            ["日本", "x"],
            ["y", "z"],
          ],
        },
        undefined,
      ),
    ).toEqual(["A     B", "日本  x", "y     z"]);
  });

  test("never cuts through a character", () => {
    expect(cut("日本語", 4)).toBe("日…");
    expect(cut("日本", 4)).toBe("日本");
  });
});
