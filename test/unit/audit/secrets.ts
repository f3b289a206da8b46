/** Secrets of every kind that redaction knows, and calls with one of them planted somewhere. */
import fc from "fast-check";
import type { JsonObject } from "../../../src/json/value.ts";
import { objectOf } from "../policy/given.ts";

/** `core` is what may not be seen of the text. */
export type Secret = { readonly text: string; readonly core: string };

const WORD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

const word = (minLength: number, maxLength = minLength) =>
  fc.string({ unit: fc.constantFrom(...WORD), minLength, maxLength });
const bytes = (minLength: number) => fc.uint8Array({ minLength, maxLength: 64 }).map((each) => Buffer.from(each));

const plain = (text: string): Secret => ({ text, core: text });

const PREFIXES = [
  "ghp_",
  "gho_",
  "ghs_",
  "github_pat_",
  "glpat-",
  "sk-",
  "sk-ant-api03-",
  "sk_live_",
  "rk_test_",
  "whsec_",
  "xoxb-",
  "xoxp-",
  "AIza",
  "ggt_",
  "ggo_",
  "npm_",
];

/** Recognised by its form, wherever it stands. */
export const secret: fc.Arbitrary<Secret> = fc.oneof(
  fc.tuple(fc.constantFrom(...PREFIXES), word(20, 49)).map(([prefix, rest]) => ({ text: prefix + rest, core: rest })),
  fc.tuple(fc.constantFrom("AKIA", "ASIA"), word(16)).map(([prefix, rest]) => {
    const core = rest.toUpperCase();
    return { text: prefix + core, core };
  }),
  bytes(16).map((each) => plain(each.toString("hex"))),
  bytes(32).map((each) => plain(each.toString("base64url"))),
  bytes(32).map((each) => plain(each.toString("base64").replace(/=+$/, ""))),
  fc
    .tuple(word(20), word(40), word(43))
    .map(([head, body, sign]) => ({ text: `eyJ${head}.eyJ${body}.${sign}`, core: body })),
);

const pem = fc
  .tuple(fc.constantFrom("RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY"), word(20, 64))
  .map(([kind, core]): Secret => ({ text: `-----BEGIN ${kind}-----\n${core}\n-----END ${kind}-----\n`, core }));

const SCHEMES = ["https", "postgres", "redis", "amqp+ssl"];

/** Recognised by what stands before or behind it in the text. */
const inText: fc.Arbitrary<Secret> = fc.oneof(
  pem,
  word(10, 40).map((core) => ({ text: `Bearer ${core}`, core })),
  word(10, 40).map((core) => ({ text: `curl -H 'Authorization: Basic ${core}' https://example.com`, core })),
  fc
    .tuple(fc.constantFrom(...SCHEMES), word(3), word(10, 40))
    .map(([scheme, user, core]) => ({ text: `${scheme}://${user}:${core}@example.com:5432/db`, core })),
  fc
    .tuple(fc.constantFrom("password", "api_key", "access_token", "client_secret", "PGPASSWORD", "pwd"), word(10, 20))
    .map(([name, core]) => ({ text: `x;${name}=${core}; y`, core })),
  fc
    .tuple(fc.constantFrom("--password", "--db-password", "--api-key", "--token"), word(10, 20))
    .map(([option, core]) => ({ text: `login ${option} ${core} --verbose`, core })),
);

const NAMES = [
  "password",
  "Passwd",
  "db_password",
  "dbPassword",
  "newPassword1",
  "pwd",
  "secret",
  "clientSecret",
  "API_KEY",
  "apiKey",
  "X-Api-Key",
  "apikey",
  "token",
  "access-token",
  "refreshToken",
  "authorization",
  "Authorization",
  "credentials",
  "private_key",
  "accessKey",
  "session",
  "session_id",
  "cookie",
  "Set-Cookie",
  "otp",
  "cvv2",
  "passphrase",
];

/** A value that is a secret because of its name. */
const named = fc
  .tuple(fc.constantFrom(...NAMES), word(12, 30), fc.constantFrom("text", "list", "object", "header"))
  .map(([name, core, form]) => {
    const forms = { text: core, list: [1, core], object: { a: { b: core } }, header: core };
    return { core, value: form === "header" ? [{ name, value: core }] : { [name]: forms[form] } };
  });

const place = fc.constantFrom<(value: unknown) => unknown>(
  (value) => value,
  (value) => [true, value],
  (value) => ({ deep: { deeper: [{ deepest: value }] } }),
  (value) => JSON.stringify({ inside: value }),
  (value) => JSON.stringify(JSON.stringify({ inside: [value] }, null, 2)),
  (value) => ({ body: JSON.stringify([{ again: JSON.stringify({ inside: value }) }]) }),
  (value) => Array.from({ length: 10 }).reduce((inner) => JSON.stringify({ inner }), value),
);

const around = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => `Use ${text} for it.`,
  (text) => `key=${text}&x=1`,
  (text) => `{broken "${text}"`,
);

const shaped = fc
  .tuple(fc.oneof(secret, inText), around)
  .map(([{ text, core }, wrap]) => ({ core, value: wrap(text) as unknown }));

/** Arguments with a secret somewhere among other values. */
export const planted: fc.Arbitrary<{ readonly given: JsonObject; readonly core: string }> = fc
  .tuple(fc.oneof(shaped, named), place, fc.jsonValue({ maxDepth: 1 }))
  .map(([{ value, core }, put, other]) => ({
    given: objectOf(JSON.stringify({ other, argument: put(value) })),
    core,
  }));
