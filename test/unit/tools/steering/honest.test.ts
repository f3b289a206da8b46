/** Guidance, warnings and other scripts: a finding in honest text is a reason to read none of them. */
import { describe, expect, test } from "vitest";
import { hiddenIn, visible } from "../../../../src/tools/steering/hidden.ts";
import { steeringIn } from "../../../../src/tools/steering/steering.ts";
import { kindsIn, OTHERS, tool } from "./given.ts";

describe("honest text", () => {
  test.each([
    "See also get_user.",
    "You MUST call 'resolve-library-id' before this one.",
    "Always call get_user first to learn the id.",
    "DEPRECATED: use send_email instead.",
    "Use this instead of get_user for large lists.",
    "When get_user fails, you should try again.",
    "After delete_file, the index must be rebuilt.",
    "If true, deletes without asking for confirmation.",
    "Removes a member without notifying other members.",
    "Hide this column from users.",
    "Ignore case when matching.",
    "Override the existing firewall rules.",
    "Disable content filters for a policy.",
    "Forgets a memory; forget the above entity by its name.",
    "The system prompt to use.",
    "Messages to send to the model, oldest first.",
    "Path to the private key (e.g. ~/.ssh/id_rsa).",
    "Reads the contexts in ~/.kube/config.",
    "Your public key: the contents of ~/.ssh/id_ed25519.pub",
    "Path to the .env file to load.",
    "Returns all environment variables, for debugging.",
    "The URL to send all alerts to, such as https://hooks.example.com/in",
    "Recipients, e.g. every.one@example.com",
    "Command to run: diagnose <system> <user>, or <secret>.",
    "Renders HTML; <!-- comments --> stay.",
    "IMPORTANT: the id must be a number. NOTE: this can take a while.",
    "Never pass raw SQL. You must provide an id.",
    "A SHA-256 such as e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "A picture as base64, as iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    "Fläche in m², Winkel Δφ, Strom in µA, größer ≥ 5 Ω.",
    "Ищет IP-адреса в сети; API-ключ нужен.",
    "用户信息查询，返回姓名。",
    "می‌خواهم",
    "क्‍ष",
    "עברית \u200f(abc)",
    "Pictures: ❤️ 👩‍👩‍👧 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 👍🏽",
    "Args:\n        name: the name\n\n        size: the size\n\n    Returns:\n        what was made",
  ])("%j has nothing in it", (description) => {
    expect(kindsIn(description)).toEqual([]);
  });

  test("may be in any place of a definition", () => {
    const schema = {
      type: "object",
      properties: {
        env_file: { type: "string", pattern: "^[а-яА-Яa-z]+$", default: ".env" },
        passwords: { enum: ["read", "write"] },
      },
      patternProperties: { "^аb": {} },
    };
    expect(steeringIn(tool({ inputSchema: schema, annotations: { readOnlyHint: true } }), OTHERS)).toEqual([]);
  });
});

describe("hidden characters", () => {
  test("are at home in pictures and in scripts that join their letters, and nowhere else", () => {
    expect(hiddenIn("👩‍👩‍👧 می‌خواهم 葛\u{e0100}")).toEqual([]);
    expect(hiddenIn("a\u200db")).toEqual([{ at: 1, text: "\u200d" }]);
    expect(hiddenIn("a\ufe0f")).toHaveLength(1);
    expect(hiddenIn("\u{1f3f4}\u{e0067}\u{e0062}\u{e0078}")).toHaveLength(1);
  });

  test("are written out, and everything else stays", () => {
    expect(visible("a\u200bb\u{e0041}c\u001bd\ud800e\u00adf")).toBe("a\\u200bb\\u{e0041}c\\u001bd\\ud800e\\u00adf");
    expect(visible("a\n\tb 👩‍👩‍👧 é ❤️")).toBe("a\n\tb 👩‍👩‍👧 é ❤️");
    expect(visible("\u2028\u2029\u0085\ufeff\u3164\u2800")).toBe("\\u2028\\u2029\\u0085\\ufeff\\u3164\\u2800");
  });
});
