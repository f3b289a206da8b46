import { describe, expect, it } from "vitest";
import { faultsOf as told } from "../../../src/json/checked.ts";
import { credentialHeaders } from "../../../src/upstream/credential.ts";
import { ringOf } from "../../../src/upstream/root-key.ts";
import { resealServer, type ServerRecord, sealServer, unsealServer } from "../../../src/upstream/server.ts";
import { ServerFile, secretNames } from "../../../src/upstream/server-file.ts";

const HEX = "00112233445566778899aabbccddeeff".repeat(2);
const KEY = ringOf(HEX);
const NEXT_KEY = ringOf("ff".repeat(32), HEX);
const secret = (name: string) => `\${secret:${name}}`;

function faultsOf(file: unknown): string[] {
  const read = ServerFile.safeParse(file);
  return read.success ? [] : read.error.issues.flatMap(told).map(({ pointer, message }) => `${pointer}: ${message}`);
}

const file = (over: object) => ({ name: "Files", url: "https://mcp.example.com/mcp", ...over });
const headers = (given: Record<string, string>) => file({ credential: { headers: given } });

describe("a server file", () => {
  it("is complete with a name and a URL", () => {
    expect(ServerFile.parse(file({ $schema: "https://example.com/s.json", description: "…" }))).toMatchObject({
      era: "auto",
      surface: ["tools", "resources", "prompts"],
    });
  });

  it.each([
    "https://mcp.example.com",
    "https://mcp.example.com:8443/a?b=c",
    "http://localhost:3000/mcp",
    "http://127.0.0.1/mcp",
    "http://[::1]:3000/mcp",
  ])("may name the URL %s", (url) => {
    expect(faultsOf(file({ url }))).toEqual([]);
  });

  it.each([
    ["http://mcp.example.com/mcp", "https://"],
    ["http://localhost.example.com/mcp", "https://"],
    ["http://127.0.0.1.example.com/mcp", "https://"],
    ["ftp://localhost/", "https://"],
    ["file:///etc/passwd", "https://"],
    ["https://user:pass@example.com/", "user"],
    ["https://user@example.com/", "user"],
    ["https://example.com/#here", "fragment"],
    ["https://example.com/#", "fragment"],
    ["https://192.168.1.10/mcp", "private"],
    ["https://[fd00::1]/mcp", "private"],
    ["https://files.internal/mcp", "private"],
    ["https://files/mcp", "in full"],
    ["https://exa mple.com/", "URL"],
    ["https://example.com/\n", "URL"],
    ["/mcp", "URL"],
    [`\${env:FILES_URL}`, "URL"],
    ["", "URL"],
  ])("may not name the URL %j", (url, reason) => {
    expect(faultsOf(file({ url }))).toEqual([expect.stringContaining(reason)]);
  });

  it.each([
    "Host",
    "content-length",
    "Content-Type",
    "Mcp-Session-Id",
    "mcp-protocol-version",
    "Accept",
    "Connection",
    "transfer-encoding",
    "TE",
    "Upgrade",
    "Proxy-Authorization",
    "keep-alive",
  ])("may not set the header %s", (name) => {
    expect(faultsOf(headers({ [name]: "x" }))).toHaveLength(1);
  });

  it.each(["", "a b", "a:b", "ä", "a\n"])("may not set a header called %j", (name) => {
    expect(faultsOf(headers({ [name]: "x" }))).toHaveLength(1);
  });

  it.each(["", " x", "x ", "x\r\ny: z", "ä", "\0", `\${env:HOME}`, `\${secret:a b}`, "${"])(
    "may not give a header the value %j",
    (value) => {
      expect(faultsOf(headers({ "X-Key": value }))).toHaveLength(1);
    },
  );

  it("names a header once, whatever its case", () => {
    expect(faultsOf(headers({ "X-Key": "a", "x-key": "b" }))).toEqual([
      "/credential/headers/x-key: names a header twice",
    ]);
  });

  it("names what authorizes and does not hold it", () => {
    expect(faultsOf(headers({ authorization: "Bearer abc" }))).toEqual([
      expect.stringContaining("must name its secret"),
    ]);
    expect(faultsOf(headers({ authorization: `Bearer ${secret("TOKEN")}`, "X-Version": "2" }))).toEqual([]);
  });

  it("says of what it does not know that it does not", () => {
    expect(faultsOf(file({ drift: "report" }))).toEqual([expect.stringMatching(/^\/drift: /)]);
    expect(faultsOf(file({ timeout: 3 }))).toEqual(["/timeout: is no field that is known here"]);
    expect(faultsOf(file({ era: "old" }))).toHaveLength(1);
    expect(faultsOf(file({ surface: ["tools", "tools"] }))).toHaveLength(1);
    expect(faultsOf(file({ surface: [] }))).toHaveLength(1);
  });
});

describe("a server record", () => {
  const record: ServerRecord = {
    ...ServerFile.parse(headers({ Authorization: `Bearer ${secret("A")}`, "X-Pair": `${secret("A")}:${secret("B")}` })),
    slug: "files",
    secrets: { A: "alpha", B: `$& ${secret("A")}` },
  };

  it("names each secret once", () => {
    expect(secretNames(record)).toEqual(["A", "B"]);
    expect(secretNames({})).toEqual([]);
  });

  it("fills secrets in as they are, once", () => {
    expect(credentialHeaders(record)).toEqual({ authorization: "Bearer alpha", "x-pair": `alpha:$& ${secret("A")}` });
  });

  it("sends nothing when a secret is missing", () => {
    expect(() => credentialHeaders({ ...record, secrets: { A: "alpha" } })).toThrow("the secret B is not set");
    const inherited = ServerFile.parse(headers({ "X-Key": secret("constructor") }));
    expect(() => credentialHeaders({ ...inherited, secrets: {} })).toThrow("constructor");
  });

  it("comes back from its sealed text, under its slug only", async () => {
    const { version, sealed } = await sealServer(KEY, record);
    expect(version).toMatch(/^[0-9a-f]{64}$/);
    expect(sealed).not.toContain("alpha");
    expect(await unsealServer(KEY, "files", sealed)).toEqual(record);
    expect(await unsealServer(KEY, "other", sealed)).toBeNull();
  });

  it("is sealed anew under the present key, and then opens without the previous one", async () => {
    const before = await sealServer(KEY, record);
    const after = await resealServer(NEXT_KEY, "files", before.sealed);
    expect(after?.version).not.toBe(before.version);
    expect(await unsealServer(ringOf("ff".repeat(32)), "files", after?.sealed ?? "")).toEqual(record);
    expect(await resealServer(NEXT_KEY, "other", before.sealed)).toBeNull();
    expect(await resealServer(ringOf("ff".repeat(32)), "files", before.sealed)).toBeNull();
  });
});
