import { describe, expect, it } from "vitest";
import { mintToken } from "../../../src/grant/token.ts";
import { causeOf, lineOf } from "../../../src/observe/log.ts";

describe("a line of the log", () => {
  it("is one JSON object, level and event first", () => {
    expect(lineOf("warn", "upstream failed", { status: 502, server: "tickets" })).toBe(
      '{"level":"warn","event":"upstream failed","server":"tickets","status":502}',
    );
  });

  it("holds no field that is not named", () => {
    const line = lineOf("error", "x", {
      authorization: "Bearer secret",
      arguments: { a: 1 },
      cause: "why",
      toString: "no",
    });
    expect(JSON.parse(line)).toEqual({ level: "error", event: "x", cause: "why" });
  });

  it("holds plain values only, on one line", () => {
    const line = lineOf("error", "x", { cause: "one\ntwo", grant: { id: "grt" }, tool: ["a"], method: undefined });
    expect(JSON.parse(line)).toEqual({ level: "error", event: "x", cause: "one\ntwo" });
    expect(line).not.toContain("\n");
  });

  it("holds no token, wherever one stands", () => {
    const token = mintToken(new Uint8Array(32).fill(7));
    for (const cause of [
      `no grant for ${token}`,
      `authorization: Bearer ${token}`,
      "authorization: basic dXNlcjpwYXNz",
    ]) {
      const line = lineOf("error", "x", { cause, tool: token });
      expect(line).not.toContain(token);
      expect(line).not.toContain("dXNlcjpwYXNz");
    }
  });

  it("is not as long as a client likes", () => {
    expect(lineOf("error", "x", { tool: "t".repeat(100_000) }).length).toBeLessThan(400);
  });
});

describe("the cause of an error", () => {
  it("is its message where the platform or the gateway wrote it", () => {
    expect(causeOf(new Error("D1_ERROR: no such table: grants"))).toBe("D1_ERROR: no such table: grants");
  });

  it("is its place where the message may quote what it is about", () => {
    const parse = (text: string) => {
      try {
        return JSON.parse(text);
      } catch (error) {
        return error;
      }
    };
    const cause = causeOf(parse('{"secret": hunter2}'));
    expect(cause).toMatch(/^SyntaxError at /);
    expect(cause).not.toContain("hunter2");
  });

  it("is a kind where it is no error", () => {
    expect(causeOf("hunter2")).toBe("string");
  });
});
