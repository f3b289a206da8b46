import { describe, expect, it } from "vitest";
import { credentialHeaders, oauthClient } from "../../../src/upstream/credential.ts";
import { Credential } from "../../../src/upstream/credential-file.ts";
import { resealCredential, sealCredential, unsealCredential } from "../../../src/upstream/grant-credential.ts";
import { ringOf } from "../../../src/upstream/root-key.ts";
import { ServerFile, secretNames } from "../../../src/upstream/server-file.ts";

const secret = (name: string) => `\${secret:${name}}`;
const OAUTH = {
  tokenUrl: "https://login.example.com/token",
  clientId: "gateway",
  clientSecret: secret("CLIENT_SECRET"),
};

function faultsOf(credential: unknown): string[] {
  const read = Credential.safeParse(credential);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join("/")}: ${message}`);
}
const oauth = (over: object) => faultsOf({ oauth: { ...OAUTH, ...over } });

describe("OAuth in a server file", () => {
  it("wants a token URL, a client and its secret; the rest has defaults", () => {
    expect(Credential.parse({ oauth: OAUTH })).toEqual({ oauth: { ...OAUTH, authentication: "basic" } });
    expect(faultsOf({ oauth: {} }).map((fault) => fault.split(":")[0])).toEqual([
      "oauth/tokenUrl",
      "oauth/clientId",
      "oauth/clientSecret",
    ]);
  });

  it("may say all that there is to say", () => {
    const all = {
      scope: "mcp:read mcp:write https://api.example.com/.default",
      resource: "https://mcp.example.com/mcp",
      audience: "api://mcp",
      authentication: "post",
      clientId: `gateway-${secret("TENANT")}`,
    };
    expect(oauth(all)).toEqual([]);
    expect(oauth({ tokenUrl: "http://localhost:9000/token?v=2", resource: "urn:example:mcp" })).toEqual([]);
  });

  it.each<[string, object, string]>([
    [
      "a token URL in clear",
      { tokenUrl: "http://login.example.com/token" },
      "oauth/tokenUrl: must begin with https://",
    ],
    ["a token URL inside", { tokenUrl: "https://10.0.0.1/token" }, "oauth/tokenUrl: must not name a private"],
    [
      "a token URL with a user",
      { tokenUrl: "https://a:b@login.example.com/" },
      "oauth/tokenUrl: must not carry a user",
    ],
    [
      "a token URL with a fragment",
      { tokenUrl: "https://login.example.com/#" },
      "oauth/tokenUrl: must not carry a frag",
    ],
    [
      "a token URL with a secret",
      { tokenUrl: `https://x.example/${secret("A")}` },
      "oauth/tokenUrl: is no complete URL",
    ],
    ["a secret that is written", { clientSecret: "hunter2" }, "oauth/clientSecret: must name its secret"],
    ["a secret that is no secret", { clientSecret: `\${env:SECRET}` }, "oauth/clientSecret: has a placeholder"],
    ["an empty client", { clientId: "" }, "oauth/clientId: must be printable"],
    ["a client over two lines", { clientId: "a\nb" }, "oauth/clientId: must be printable"],
    ["a secret in a scope", { scope: secret("A") }, "oauth/scope: has a placeholder"],
    ["scopes with two spaces", { scope: "a  b" }, "oauth/scope: must be scopes"],
    ["a scope with a quote", { scope: 'a"b' }, "oauth/scope: must be scopes"],
    ["a list of scopes", { scope: ["a", "b"] }, "oauth/scope: "],
    ["a resource that is relative", { resource: "/mcp" }, "oauth/resource: must be an absolute URI"],
    [
      "a resource with a fragment",
      { resource: "https://mcp.example.com/#" },
      "oauth/resource: must be an absolute URI",
    ],
    ["another authentication", { authentication: "private_key_jwt" }, "oauth/authentication: "],
    ["a field that is not known", { grantType: "password" }, "oauth: "],
  ])("is at fault with %s", (_, over, fault) => {
    expect(oauth(over)).toEqual(expect.arrayContaining([expect.stringContaining(fault)]));
  });

  it("stands beside headers, as long as they leave Authorization to it", () => {
    expect(faultsOf({ oauth: OAUTH, headers: { "X-Tenant": "acme", "X-Api-Key": secret("KEY") } })).toEqual([]);
    expect(faultsOf({ oauth: OAUTH, headers: { AUTHORIZATION: `Bearer ${secret("A")}` } })).toEqual([
      "headers/AUTHORIZATION: is the header that oauth sends; have one of them",
    ]);
  });

  it("or headers there must be", () => {
    expect(faultsOf({})).toEqual([": must have headers or oauth"]);
    expect(faultsOf({ headers: {} })).toEqual([]);
  });

  it("has its secrets named with those of the headers", () => {
    const credential = Credential.parse({
      oauth: { ...OAUTH, clientId: secret("CLIENT_ID") },
      headers: { "X-Api-Key": `${secret("KEY")}${secret("CLIENT_ID")}` },
    });
    expect(secretNames({ credential })).toEqual(["CLIENT_ID", "CLIENT_SECRET", "KEY"]);
  });
});

describe("a credential with its secrets", () => {
  const credential = Credential.parse({
    oauth: { ...OAUTH, clientId: `id-${secret("ID")}` },
    headers: { "X-Api-Key": secret("ID") },
  });

  it("has them in place, and once only", () => {
    const secrets = { ID: secret("CLIENT_SECRET"), CLIENT_SECRET: "$& hunter2" };
    expect(oauthClient({ credential, secrets })).toEqual({
      ...OAUTH,
      clientId: `id-${secret("CLIENT_SECRET")}`,
      clientSecret: "$& hunter2",
      authentication: "basic",
    });
    expect(credentialHeaders({ credential, secrets })).toEqual({ "x-api-key": secret("CLIENT_SECRET") });
  });

  it("is nothing without one of them", () => {
    expect(() => oauthClient({ credential, secrets: { ID: "id" } })).toThrow("the secret CLIENT_SECRET is not set");
    expect(() => credentialHeaders({ credential, secrets: {} })).toThrow("the secret ID is not set");
  });

  it("has no OAuth where the record has none", () => {
    expect(oauthClient({ credential: { headers: {} }, secrets: {} })).toBeNull();
    expect(oauthClient({ secrets: {} })).toBeNull();
    const { credential: none } = ServerFile.parse({ name: "Files", url: "https://mcp.example.com/" });
    expect(credentialHeaders({ credential: none, secrets: {} })).toEqual({});
  });
});

describe("a grant's own credential", () => {
  const HEX = "00112233445566778899aabbccddeeff".repeat(2);
  const KEY = ringOf(HEX);
  const NEXT_HEX = "ff".repeat(32);
  const own = { credential: Credential.parse({ oauth: OAUTH }), secrets: { CLIENT_SECRET: "hunter2" } };

  it("comes back from its sealed text, for its grant only", async () => {
    const { version, sealed } = await sealCredential(KEY, "grant-1", own);
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect(sealed).not.toContain("hunter2");
    expect(await unsealCredential(KEY, "grant-1", sealed)).toEqual(own);
    expect(await unsealCredential(KEY, "grant-2", sealed)).toBeNull();
    expect(await unsealCredential(ringOf(NEXT_HEX), "grant-1", sealed)).toBeNull();
  });

  it("is sealed anew under the present key, for the same grant", async () => {
    const before = await sealCredential(KEY, "grant-1", own);
    const after = await resealCredential(ringOf(NEXT_HEX, HEX), "grant-1", before.sealed);
    expect(await unsealCredential(ringOf(NEXT_HEX), "grant-1", after?.sealed ?? "")).toEqual(own);
    expect(after?.version).not.toBe(before.version);
    expect(await resealCredential(ringOf(NEXT_HEX, HEX), "grant-2", before.sealed)).toBeNull();
  });
});
