import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { grant, type Reply, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { folder } from "./stage.ts";

function always(status: number, detail: string, headers: Record<string, string> = {}): () => Reply {
  return () => ({ status, body: { title: "t", status, detail }, headers, problem: true });
}

describe("a gateway that says no", () => {
  test("for want of a role: which is needed, which one has, and who can give another", async () => {
    const at = await standIn(undefined, always(403, "This takes the role admin; ci has the role viewer."));
    const { exit, err } = await grantgate("grant suspend grt_1", { at });
    expect(exit).toBe(1);
    expect(err).toContain("takes the role admin; ci has the role viewer");
    expect(err).toContain("grantgate operator role <id> <role>");
  });

  test("since somebody else was faster: nothing is lost, and what to do", async () => {
    const at = await standIn(undefined, always(412, 'it is at "9" now'));
    const { exit, err } = await grantgate("grant edit grt_1 --label l", { at });
    expect(exit).toBe(1);
    expect(err).toContain("Nothing is lost and nothing was changed");
  });

  test("after too many wrong tokens: for how long", async () => {
    const at = await standIn(undefined, always(429, "later", { "retry-after": "42" }));
    const { exit, err } = await grantgate("whoami", { at });
    expect(exit).toBe(3);
    expect(err).toContain("Try again in 42 seconds; the token here comes from GRANTGATE_ADMIN_TOKEN");
  });

  test("since it wants a revision: the command is too old", async () => {
    const at = await standIn(undefined, always(428, "If-Match is required"));
    expect(await grantgate("grant suspend grt_1", { at })).toMatchObject({
      exit: 1,
      err: expect.stringContaining("older than the gateway"),
    });
  });

  test("to a token that is nobody's: what it must be", async () => {
    const at = await standIn();
    const { exit, err } = await grantgate("whoami", { at, env: { GRANTGATE_ADMIN_TOKEN: "ggo_wrong" } });
    expect(exit).toBe(1);
    expect(err).toContain("the token (ggo_…) of an operator that is not revoked");
    expect(err).not.toContain("ggo_wrong");
  });

  test("with something that is no admin API: exit code 3", async () => {
    const at = await standIn(undefined, () => ({ status: 200, body: { hello: "world" } }));
    expect(await grantgate("status", { at })).toMatchObject({
      exit: 3,
      err: expect.stringContaining("is not Grantgate's admin API"),
    });
  });
});

describe("an answer that only looks right", () => {
  test("is no export, whatever its status says", async () => {
    const at = await standIn(undefined, () => ({ status: 200, body: { sign: "in" } }));
    const root = folder();
    for (const line of ["audit export", "audit export --out trail.ndjson"]) {
      expect(await grantgate(line, { at, root })).toMatchObject({
        exit: 3,
        out: "",
        err: expect.stringContaining("is not Grantgate's admin API"),
      });
    }
    expect(readdirSync(root)).toEqual([]);
  });

  test("of a door before the gateway names what opens it", async () => {
    const at = await standIn(undefined, () => ({ status: 302, headers: { location: "https://sign.in" } }));
    expect(await grantgate("status", { at })).toMatchObject({
      exit: 3,
      err: expect.stringContaining("CLOUDFLARE_ACCESS_CLIENT_ID"),
    });
  });
});

describe("a name that the gateway does not know", () => {
  test.each([
    [404, { detail: 'There is no grant "grt_x".' }, "grant list"],
    [422, { errors: [{ pointer: "/server", message: 'there is no server "x"' }] }, "server list"],
    [404, { detail: 's/p has no revision "9".' }, "policy versions"],
    [404, { detail: "The admin API has nothing at this path." }, undefined],
  ])("%i %j is told with the command that lists them", async (status, body, command) => {
    const at = await standIn(undefined, () => ({ status, body, problem: true }));
    const { exit, err } = await grantgate("grant show grt_x", { at });
    expect(exit).toBe(1);
    if (command === undefined) expect(err).not.toContain("npx");
    else expect(err).toContain(`npx grantgate ${command}`);
  });
});

/** Takes the first request and ends the connection without an answer. */
async function forgetful(): Promise<{ readonly url: string; readonly keys: (string | undefined)[] }> {
  const keys: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    keys.push(request.headers["idempotency-key"]?.toString());
    if (keys.length === 1) {
      request.socket.destroy();
      return;
    }
    response.writeHead(201, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...grant({}), token: "ggt_new", url: "https://g/mcp/s" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, keys };
}

describe("an answer that is lost", () => {
  test("is asked for again under the same key, where that makes nothing more", async () => {
    const { url, keys } = await forgetful();
    const env = { GRANTGATE_URL: url, GRANTGATE_ADMIN_TOKEN: "x" };
    const { exit, out } = await grantgate("grant create --server s --policy p --label l", { env });
    expect({ exit, out }).toEqual({ exit: 0, out: "ggt_new\n" });
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  test("is not asked for again where it is not known what that would do", async () => {
    const { url, keys } = await forgetful();
    const env = { GRANTGATE_URL: url, GRANTGATE_ADMIN_TOKEN: "x" };
    expect(await grantgate("grant edit grt_1 --label l", { env })).toMatchObject({ exit: 3 });
    expect(keys).toHaveLength(1);
  });
});

describe("status", () => {
  const well = {
    version: "0.1.0",
    checks: [{ name: "registry", ok: true }],
    servers: 2,
    policies: 1,
    operators: 0,
    grants: { active: 3, suspended: 0, revoked: 1, expired: 0 },
    behind: { grants: 0, since: null },
    audit: { oldest: "2026-11-01T00:00:00.000Z", newest: "2026-11-21T00:00:00.000Z" },
  };
  const saying = (more: object) => standIn(undefined, () => ({ status: 200, body: { ...well, ...more } }));

  test("is fine: exit code 0", async () => {
    const { exit, out } = await grantgate("status", { at: await saying({}) });
    expect(exit).toBe(0);
    expect(out).toMatch(/^Healthy +yes$/m);
    expect(out).toMatch(/^Grants +3 active, 1 revoked$/m);
  });

  test.each([
    ["a check fails", { checks: [{ name: "ledger", ok: false, detail: "no answer" }] }, "FAILED"],
    [
      "ledgers are behind",
      { behind: { grants: 2, since: "2026-11-21T11:50:00.000Z" } },
      "2 ledgers not yet told of a change, for 10m",
    ],
  ])("exits 1 when %s", async (_, more, text) => {
    const { exit, out } = await grantgate("status", { at: await saying(more) });
    expect(exit).toBe(1);
    expect(out).toContain(text);
    expect(JSON.parse((await grantgate("status --json", { at: await saying(more) })).out).healthy).toBe(false);
  });
});
