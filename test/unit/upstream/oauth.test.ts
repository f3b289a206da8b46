import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTokenAnswer } from "../../../src/upstream/oauth/answer.ts";
import { tokenRequest } from "../../../src/upstream/oauth/request.ts";
import { pauseAfter, tokenOf } from "../../../src/upstream/oauth/token.ts";

const CLIENT = {
  tokenUrl: "https://login.example.com/token",
  clientId: "gateway",
  clientSecret: "hunter2",
  authentication: "basic",
} as const;

const fieldsOf = (body: string) => Object.fromEntries(new URLSearchParams(body));

describe("a request for a token", () => {
  it("is made with client credentials, in a header of its own", () => {
    const { headers, body } = tokenRequest(CLIENT);
    expect(headers).toMatchObject({
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      authorization: `Basic ${btoa("gateway:hunter2")}`,
    });
    expect(body).toBe("grant_type=client_credentials");
  });

  it("has id and secret in its body where that is wanted, and then nowhere else", () => {
    const { headers, body } = tokenRequest({ ...CLIENT, clientSecret: "a&b=c d", authentication: "post" });
    expect(headers).not.toHaveProperty("authorization");
    const client = { client_id: "gateway", client_secret: "a&b=c d" };
    expect(fieldsOf(body)).toEqual({ grant_type: "client_credentials", ...client });
  });

  it("says what the token is for", () => {
    const wish = { scope: "mcp:read mcp:write", resource: "https://mcp.example.com/mcp?a=b", audience: "api://mcp" };
    expect(fieldsOf(tokenRequest({ ...CLIENT, ...wish }).body)).toEqual({ grant_type: "client_credentials", ...wish });
  });

  it("form-encodes id and secret before they become user and password, so that neither can be taken for the other", () => {
    const { headers } = tokenRequest({ ...CLIENT, clientId: "a:b c", clientSecret: "p%:+é/=" });
    expect(atob(headers.authorization?.slice("Basic ".length) ?? "")).toBe("a%3Ab+c:p%25%3A%2B%C3%A9%2F%3D");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (clientId, clientSecret) => {
        const { headers } = tokenRequest({ ...CLIENT, clientId, clientSecret });
        const parts = atob(headers.authorization?.slice("Basic ".length) ?? "").split(":");
        const decoded = parts.map((part) => new URLSearchParams(`x=${part}`).get("x"));
        expect(decoded).toEqual([clientId, clientSecret]);
      }),
    );
  });
});

describe("an answer of a token endpoint", () => {
  const answer = (over: object) => JSON.stringify({ access_token: "abc.DEF-1", token_type: "Bearer", ...over });

  it.each<[object, number]>([
    [{}, 300],
    [{ expires_in: 3600 }, 3600],
    [{ expires_in: "3599", token_type: "bearer" }, 3599],
    [{ expires_in: 0.5, refresh_token: "not wanted", scope: "a" }, 0.5],
  ])("is a token: %j", (over, life) => {
    expect(readTokenAnswer(200, answer(over))).toEqual({ value: "abc.DEF-1", life });
  });

  it.each<[string, string, string]>([
    ["no JSON", "<html>hunter2</html>", "it is no JSON object"],
    ["nothing", "", "it is no JSON object"],
    ["a list", '["hunter2"]', "it is no JSON object"],
    ["no token", '{"token_type":"Bearer"}', "access_token can't be used"],
    ["an empty token", answer({ access_token: "" }), "access_token can't be used"],
    ["a token with a line break", answer({ access_token: "hunter2\r\nX: y" }), "access_token can't be used"],
    ["a token with a space", answer({ access_token: "hun ter2" }), "access_token can't be used"],
    ["a token that is too long", answer({ access_token: "a".repeat(16_385) }), "access_token can't be used"],
    ["another kind of token", answer({ token_type: "hunter2" }), "token_type can't be used"],
    ["no kind of token", '{"access_token":"hunter2"}', "token_type can't be used"],
    ["a life that is over", answer({ expires_in: 0 }), "expires_in can't be used"],
    ["a life that is no number", answer({ expires_in: "hunter2" }), "expires_in can't be used"],
    ["nothing that fits", "{}", "access_token, token_type can't be used"],
  ])("that is %s is none, and is not repeated", (_, text, why) => {
    const read = readTokenAnswer(200, text);
    expect(read).toBe(`gave no token that can be used: ${why}`);
    expect(read).not.toContain("hunter2");
  });

  it.each(["invalid_client", "invalid_scope", "unauthorized_client", "invalid_target"])(
    "names its error: %s",
    (error) => {
      const text = JSON.stringify({ error, error_description: "the secret hunter2 is wrong", error_uri: "hunter2" });
      expect(readTokenAnswer(401, text)).toBe(`refused the gateway (HTTP 401, ${error}); an operator must mend it`);
    },
  );

  it.each(['{"error":"hunter2"}', '{"error":["invalid_client"]}', "hunter2", '{"access_token":"hunter2"}', "null"])(
    "with an error that is none of the registered is not repeated: %s",
    (text) => {
      expect(readTokenAnswer(400, text)).toBe("refused the gateway (HTTP 400); an operator must mend it");
    },
  );
});

it.each([429, 500, 503])("an endpoint that is busy or broken is nobody's to mend here: HTTP %d", (status) => {
  expect(readTokenAnswer(status, '{"error":"invalid_client"}')).toBe(`answered with HTTP ${status}`);
});

describe("a token", () => {
  it.each<[number, number, number]>([
    [3600, 3540, 3600],
    [600, 540, 600],
    [300, 240, 300],
    [100, 80, 100],
    [10, 8, 10],
    [10_000_000, 86_340, 86_400],
  ])("that lives %d s is renewed after %d s", (life, renewed, over) => {
    const token = tokenOf({ value: "abc", life }, 1_000_000);
    expect(token).toEqual({ value: "abc", renewAt: 1_000_000 + renewed * 1_000, expiresAt: 1_000_000 + over * 1_000 });
  });

  it("is not asked for again and again where there is none", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 2_000].map(pauseAfter)).toEqual([
      ...[0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000],
      ...[60_000, 60_000, 60_000],
    ]);
  });
});
