import { describe, expect, test } from "vitest";
import { blockText, resultText } from "../../../src/cli/mcp/content.ts";
import { decisionLine } from "../../../src/cli/mcp/decision.ts";

describe("a tool's answer", () => {
  test("is its text as it is", () => {
    expect(
      resultText({
        content: [
          { type: "text", text: "one\n\ttwo" },
          { type: "text", text: "three" },
        ],
      }),
    ).toBe("one\n\ttwo\nthree");
  });

  test("is one line for what is no text", () => {
    const data = Buffer.alloc(3000).toString("base64");
    expect(blockText({ type: "image", mimeType: "image/png", data })).toBe("[image image/png, 3.0 kB]");
    expect(blockText({ type: "audio", mimeType: "audio/wav", data: "AAA=" })).toBe("[audio audio/wav, 2 bytes]");
    expect(blockText({ type: "resource_link", uri: "demo://1", name: "One", mimeType: "text/plain" })).toBe(
      "[link demo://1 text/plain: One]",
    );
    expect(blockText({ type: "resource", resource: { uri: "demo://1", text: "hello" } })).toBe(
      "[resource demo://1, 5 characters]",
    );
  });

  test("is its structured content when there is nothing else", () => {
    expect(resultText({ content: [], structuredContent: { degrees: 21 } })).toBe('{\n  "degrees": 21\n}');
    expect(resultText({ content: [] })).toBe("(no content)");
  });

  test("can't steer the terminal", () => {
    expect(blockText({ type: "text", text: "\u001b[2Jgone\u0007 \u202eabc" })).toBe("\\u001b[2Jgone\\u0007 \\u202eabc");
  });
});

describe("the gateway's decision in a result", () => {
  test("names effect, rule and policy", () => {
    const decision = { effect: "deny", rule: "/tools/echo/deny_if/0", policy: "demo", version: "3f", request: "r" };
    expect(decisionLine({ "io.grantgate/decision": decision })).toBe("deny by /tools/echo/deny_if/0 of policy demo");
  });

  test("is absent from what the server itself answered", () => {
    expect(decisionLine(undefined)).toBeUndefined();
    expect(decisionLine({ other: 1 })).toBeUndefined();
  });
});
