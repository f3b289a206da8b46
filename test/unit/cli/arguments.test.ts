import { describe, expect, test } from "vitest";
import { readArguments } from "../../../src/cli/mcp/arguments.ts";

describe("the arguments of a call", () => {
  test("keep every digit", () => {
    const text = '{"id":9007199254740993,"rate":1.10}';
    expect(JSON.stringify(readArguments(text))).toBe(text);
  });

  test("show the place of a mistake", () => {
    expect(() => readArguments('{"message" "hi"}')).toThrow('line 1, column 12.\n  {"message" "hi"}\n             ^');
    expect(() => readArguments('{\n  "a": 1,\n}')).toThrow("line 3, column 1.\n  }\n  ^");
  });

  test("show the part of a long line where the mistake is", () => {
    const message = failure(`{"a":"${"x".repeat(500)}" "b":1}`);
    const [, line = "", caret = ""] = message.split("\n");
    expect(line.length).toBeLessThan(130);
    expect(line[caret.indexOf("^")]).toBe('"');
  });

  test("must be an object, and one that every reader reads alike", () => {
    expect(() => readArguments("[1]")).toThrow(/not an object/);
    expect(() => readArguments('{"a":1,"a":2}')).toThrow(/repeated/);
  });
});

function failure(text: string): string {
  try {
    readArguments(text);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  return "";
}
