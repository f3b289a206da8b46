/** What redaction takes out and what it leaves; `secrets.ts` has the kinds that it must find wherever they stand. */
import { describe, expect, it } from "vitest";
import { redacted } from "../../../src/audit/redact.ts";
import { isSecretName } from "../../../src/audit/secret-name.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { objectOf } from "../policy/given.ts";

const GONE = "[redacted]";

function shown(text: string): unknown {
  const value = redacted(text);
  return typeof value === "string" ? value : null;
}

describe("a name", () => {
  it.each([
    ["password", "Pass-Word", "PASSWD", "user_pwd", "dbPassword", "DB_PASSWORD_2", "password1", "ｐａｓｓｗｏｒｄ"],
    [
      "secret",
      "clientSecret",
      "client-secret",
      "clientsecret",
      "token",
      "access_token",
      "oauth2Token",
      "id_token_hint",
    ],
    ["apiKey", "api_key", "API-KEY", "APIKey", "apikey", "x-api-key", "private_key", "private_key_pem", "AWSAccessKey"],
    [
      "authorization",
      "Proxy-Authorization",
      "credential",
      "credentials",
      "session",
      "sessionId",
      "cookie",
      "Set-Cookie",
    ],
    [
      "pin",
      "PIN",
      "pinCode",
      "cvv",
      "cvv2",
      "otp",
      "one_time_password",
      "security_code",
      "passphrase",
      "x".repeat(300),
    ],
  ])("is a secret's: %s and others", (...names) => {
    expect(names.filter((name) => !isSecretName(name))).toEqual([]);
  });

  it.each([
    ["author", "authored_by", "authority", "secretary", "compass", "passport", "keyboard", "monkey", "tokenizer"],
    ["token_count", "tokenCount", "max_tokens", "maxTokens", "prompt_tokens", "password_policy", "has_password"],
    [
      "key",
      "primary_key",
      "public_key",
      "issue_key",
      "pinned",
      "opinion",
      "shipping",
      "session_count",
      "cookie_policy",
    ],
    ["id", "name", "path", "sql", "", "_", "用户", "expires_in", "secret_name"],
  ])("is no secret's: %s and others", (...names) => {
    expect(names.filter(isSecretName)).toEqual([]);
  });
});

describe("a value under a secret's name", () => {
  it("is gone whatever it is, but for what tells nothing", () => {
    const given =
      '{"password":"x","pin":1234,"credentials":{"user":"bob"},"tokens":["a"],"session":true,"secret":null}';
    expect(redacted(objectOf(given))).toEqual({
      password: GONE,
      pin: GONE,
      credentials: GONE,
      tokens: GONE,
      session: true,
      secret: null,
    });
  });

  it("is gone where name and value stand beside each other", () => {
    const given = '{"env":[{"name":"DB_PASSWORD","value":"x"},{"name":"PATH","value":"/bin"}]}';
    expect(redacted(objectOf(given))).toEqual({
      env: [
        { name: "DB_PASSWORD", value: GONE },
        { name: "PATH", value: "/bin" },
      ],
    });
  });
});

describe("a text", () => {
  it.each([
    ["https://bob:hunter2@example.com/a?b=c#d", `https://${GONE}@example.com/a?b=c#d`],
    ["see ftp://bob@example.com/ and mail bob@example.com", `see ftp://${GONE}@example.com/ and mail bob@example.com`],
    ["https://example.com/?token=abc&page=2", `https://example.com/?token=${GONE}&page=2`],
    ["Server=db;Password=hunter2;Port=1", `Server=db;Password=${GONE};Port=1`],
    ["mysql --password hunter2 -h db", `mysql --password ${GONE} -h db`],
    ["Authorization: Basic Ym9iOmh1bnRlcg==\nAccept: */*", `Authorization: ${GONE}\nAccept: */*`],
    ["with bearer abcdef123456.", `with bearer ${GONE}`],
    ["before -----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY----- after", `before ${GONE} after`],
    ["-----BEGIN PRIVATE KEY-----\nMIIE", GONE],
    ['{"password":"x","password":"y"}', `{"password":${GONE},"password":${GONE}}`],
    ["wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", GONE],
  ])("loses what is secret in it, and no more: %s", (given, left) => {
    expect(shown(given)).toBe(left);
  });

  it.each([
    "The bearer of bad news wants a password reset; the secret is patience.",
    "SELECT id FROM a_table_with_a_very_long_name_and_many_underscores WHERE max_tokens=500",
    "/api/v2/cmdb/firewall/policy/550e8400-e29b-41d4-a716-446655440000/objects/port12",
    "https://example.com/projects/grantgate/blob/main/src/audit/arguments.ts",
    "get_all_the_firewall_policy_objects_for_adom",
    "2026-11-21T06:29:50.123Z 2001:db8:85a3::8a2e:370:7334 10.0.0.0/8",
    "========================================================",
    "com.example.application.SomeVeryLongClassNameForTesting",
    '{"a": 1,  "b": [true, "text"]}',
  ])("stays as it is when nothing in it is secret: %s", (given) => {
    expect(shown(given)).toBe(given);
  });

  it("is looked into where it is JSON, and keeps the digits of numbers", () => {
    const given = JSON.stringify({ inner: '{"api_key":"x","n":1.50,"big":9007199254740993}' });
    expect(shown(given)).toBe('{"inner":"{\\"api_key\\":\\"[redacted]\\",\\"big\\":9007199254740993,\\"n\\":1.50}"}');
  });

  it("is not shown where it is JSON in JSON, deeper than one can look", () => {
    const nested = Array.from({ length: 9 }).reduce<string>((inner) => JSON.stringify({ inner }), '{"unseen":1}');
    expect(shown(nested)).toContain(GONE);
    expect(shown(nested)).not.toContain("unseen");
  });
});

describe("members that lose their names", () => {
  it("do not take each other's places", () => {
    const tokens = ["a", "b", "c"].map((letter) => `ghp_${letter.repeat(36)}`);
    const given = Object.fromEntries([...tokens, "[redacted] #1"].map((token, nth) => [token, nth]));
    const kept = redacted(objectOf(JSON.stringify(given)));
    expect(Object.values(kept ?? {}).sort()).toEqual([0, 1, 2, 3]);
    expect(JSON.stringify(kept)).not.toContain("ghp_");
  });
});

describe("redaction", () => {
  const LENGTH = 250_000;

  it.each([
    "a",
    "aA1",
    "eyJ",
    "eyJaaaaaa.",
    "://",
    "a://b:",
    "-----BEGIN ",
    "-----BEGIN A-----",
    "-----BEGIN A-----\n-----END ",
    "password",
    "password ",
    "password=",
    "--password",
    "password\\",
    'password="',
    "Bearer ",
    "bearer",
    "cookie",
    "authorization\\",
    "sk-",
    "ghp_",
    "A1b2-",
    "550e8400-e29b-41d4-a716-446655440000",
    " ",
    "-",
    '"',
    "[",
    '{"',
  ])("takes time in proportion to the text, whatever is repeated in it: %s", { timeout: 30_000 }, (piece) => {
    const text = piece.repeat(Math.ceil(LENGTH / piece.length));
    const begun = performance.now();
    redacted(text);
    redacted(`${text}!`);
    // Quadratic time would be minutes.
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("takes no longer for many members that lose their names", () => {
    const given = Object.fromEntries(
      Array.from({ length: 6_000 }, (_, nth) => [`ghp_${"x".repeat(30)}${nth}`, `{"password":"${nth}"}`]),
    );
    const parsed = parseJson(JSON.stringify(given));
    const begun = performance.now();
    expect(Object.keys(redacted(parsed.ok ? parsed.value : null) ?? {})).toHaveLength(6_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
