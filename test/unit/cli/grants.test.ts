import { describe, expect, test } from "vitest";
import { grant, type Reply, type Seen, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { screen } from "./stage.ts";

const sent = (seen: Seen | undefined): unknown => JSON.parse(seen?.body || "null");

/** A list in pages of two, whatever is asked for. */
function inPages(ids: readonly string[]): (seen: Seen) => Reply | undefined {
  return ({ method, path }) => {
    if (method !== "GET" || !path.startsWith("/api/v1/grants?")) return undefined;
    const start = Number(new URL(path, "http://x").searchParams.get("cursor") ?? 0);
    const items = ids.slice(start, start + 2).map((id) => grant({ id, label: id }));
    return { status: 200, body: { items, next: start + 2 < ids.length ? String(start + 2) : null } };
  };
}

describe("making a grant", () => {
  test("carries a key, so that a request whose answer was lost makes one grant and not two", async () => {
    const at = await standIn();
    const line = "grant create --server s --policy p --label l";
    await grantgate(line, { at });
    await grantgate(line, { at });
    await grantgate(`${line} --idempotency-key mine`, { at });
    const keys = at.seen.map(({ headers }) => headers["idempotency-key"]);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).not.toBe(keys[0]);
    expect(keys[2]).toBe("mine");
  });

  test("a new token is alone where it can be piped", async () => {
    const at = await standIn();
    const { out, err } = await grantgate("grant rotate grt_1 --overlap 1h", { at });
    expect(out).toBe("ggt_new\n");
    expect(err).toContain("The token it had ends in 1h");
    expect(sent(at.seen[0])).toEqual({ overlapSeconds: 3600 });
    expect(at.seen[0]?.headers["idempotency-key"]).toBeDefined();
  });

  test.each(["31d", "1w", "soon"])("an overlap of %s is a mistake in usage", async (overlap) => {
    const at = await standIn();
    expect(await grantgate(`grant rotate grt_1 --overlap ${overlap}`, { at })).toMatchObject({ exit: 2 });
    expect(at.seen).toEqual([]);
  });
});

describe("listing grants", () => {
  test("goes through all pages", async () => {
    const at = await standIn(undefined, inPages(["g1", "g2", "g3", "g4", "g5"]));
    const { out } = await grantgate("grant list --json", { at });
    expect(JSON.parse(out).items.map(({ id }: { id: string }) => id)).toEqual(["g1", "g2", "g3", "g4", "g5"]);
    expect(at.seen.map(({ path }) => path)).toEqual([
      "/api/v1/grants?limit=1000",
      "/api/v1/grants?limit=1000&cursor=2",
      "/api/v1/grants?limit=1000&cursor=4",
    ]);
  });

  test("stops at --limit", async () => {
    const at = await standIn(undefined, inPages(["g1", "g2", "g3", "g4", "g5"]));
    await grantgate("grant list --limit 3", { at });
    expect(at.seen.map(({ path }) => path)).toEqual(["/api/v1/grants?limit=3", "/api/v1/grants?limit=1&cursor=2"]);
  });

  test("takes every filter to the gateway", async () => {
    const at = await standIn();
    const words = ["grant", "list", "--policy", "p", "--status", "suspended", "--tag", "a b", "--label", "x&y"];
    await grantgate(words, { at });
    expect(at.seen[0]?.path).toBe("/api/v1/grants?policy=p&status=suspended&tag=a+b&label=x%26y&limit=1000");
  });
});

describe("showing a grant", () => {
  const usage = {
    at: "2026-11-21T12:00:00.000Z",
    calls: 12,
    counters: [
      {
        scope: "grant",
        counter: "sums",
        window: "minute",
        align: "calendar",
        used: 4,
        max: 5,
        resetAt: "2026-11-21T12:00:42Z",
      },
      {
        scope: "session",
        session: "abcdef0123",
        counter: "all",
        window: "90",
        align: "rolling",
        used: 0,
        max: 10,
        resetAt: null,
      },
    ],
  };
  const shows = ({ path }: Seen): Reply | undefined => {
    if (path.endsWith("/grants/grt_1/usage")) return { status: 200, body: usage };
    return path.endsWith("/grants/grt_1") ? { status: 200, body: { ...grant({ label: "ci" }), usage } } : undefined;
  };

  test("tells its state and its counters, with bars on a screen", async () => {
    const at = await standIn(undefined, shows);
    const { out } = await grantgate("grant show grt_1", { at, terminal: screen({ width: 100 }) });
    expect(out).toMatch(/^Status +active$/m);
    expect(out).toMatch(/^Decisions +12$/m);
    expect(out).toMatch(/^sums +grant +minute +4\/5 +████████░░ +42s$/m);
    expect(out).toMatch(/^all +session abcdef01 +90s, rolling +0\/10 +░{10}$/m);
  });

  test("draws no bars into a file", async () => {
    const at = await standIn(undefined, shows);
    expect((await grantgate("grant usage grt_1", { at })).out).toMatch(/^sums +grant +minute +4\/5 +42s$/m);
  });

  test("--json is what the gateway said, digit for digit", async () => {
    const at = await standIn(undefined, shows);
    expect(JSON.parse((await grantgate("grant usage grt_1 --json", { at })).out)).toEqual(usage);
  });

  test("can't steer the screen by its label", async () => {
    const evil = ({ path }: Seen): Reply | undefined =>
      path.endsWith("/grants/grt_1")
        ? { status: 200, body: { ...grant({ label: "x\u001b[2J\nStatus  fine" }), usage } }
        : undefined;
    const { out } = await grantgate("grant show grt_1", { at: await standIn(undefined, evil) });
    expect(out).toContain("\\u001b[2J Status  fine");
  });
});

describe("ending grants", () => {
  test("asks, and a no changes nothing", async () => {
    const at = await standIn();
    const questions: string[] = [];
    const confirm = async (question: string): Promise<boolean> => {
      questions.push(question);
      return false;
    };
    const { exit, err } = await grantgate("grant revoke grt_9", { at, terminal: screen({ confirm }) });
    expect(exit).toBe(1);
    expect(err).toContain("Nothing was changed");
    expect(questions).toEqual(["Really revoke grant grt_9 for good?"]);
    expect(at.writes()).toEqual([]);
  });

  test("where nobody can be asked, wants --yes", async () => {
    const at = await standIn();
    expect(await grantgate("grant revoke grt_9", { at })).toMatchObject({
      exit: 2,
      err: expect.stringContaining("Add --yes"),
    });
    expect(at.writes()).toEqual([]);
    expect(await grantgate("grant revoke grt_9 --yes", { at })).toMatchObject({
      exit: 0,
      out: "Grant grt_9 (old, server s) is revoked, from its next call on.\n",
    });
  });

  test("takes several, and one that fails does not keep the others", async () => {
    const at = await standIn(({ path }) => (path.includes("grt_2") ? { detail: "no such grant" } : undefined));
    const { exit, out, err } = await grantgate("grant suspend grt_1 grt_2 grt_3", { at });
    expect(exit).toBe(1);
    expect(out.match(/suspended/g)).toHaveLength(2);
    expect(err).toContain("grt_2: The gateway refused: no such grant");
    const json = JSON.parse((await grantgate("grant suspend grt_1 grt_2 --json", { at })).out);
    expect(json).toMatchObject({ items: [{ id: "grt_1", status: "suspended" }], failed: [{ id: "grt_2" }] });
  });

  test("--all chooses by server, policy and tag, shows them and asks", async () => {
    const at = await standIn(undefined, inPages(["g1", "g2", "g3"]));
    const line = "grant suspend --all --server s --tag t";
    expect(await grantgate(line, { at })).toMatchObject({ exit: 2 });
    expect(at.seen[0]?.path).toBe("/api/v1/grants?server=s&tag=t&status=active&limit=1000");
    const { out, err } = await grantgate(`${line} --yes`, { at });
    expect(err).toContain("g3");
    expect(out.trim().split("\n")).toHaveLength(3);
  });

  test.each(["grant suspend", "grant suspend --server s", "grant suspend grt_1 --all"])(
    "refuses `%s`: what is meant is not sure",
    async (line) => {
      const at = await standIn();
      expect(await grantgate(line, { at })).toMatchObject({ exit: 2 });
      expect(at.seen).toEqual([]);
    },
  );
});

describe("changing a grant", () => {
  test("expire takes a duration, an instant, now and never", async () => {
    const at = await standIn();
    for (const when of ["30d", "2027-01-31T00:00:00+01:00", "never"])
      await grantgate(`grant expire grt_1 ${when}`, { at });
    expect(at.seen.map(sent)).toEqual([
      { expiresAt: "2026-12-21T12:00:00.000Z" },
      { expiresAt: "2027-01-30T23:00:00.000Z" },
      { expiresAt: null },
    ]);
  });

  test("now means now, also where the clock here is ahead of the gateway's", async () => {
    const at = await standIn();
    await grantgate("grant expire grt_1 now", { at });
    expect(at.seen.map(sent)).toEqual([
      { expiresAt: "2026-11-21T12:00:00.000Z" },
      { expiresAt: "2026-11-21T12:00:00.000Z" },
    ]);
  });

  test("move names a policy or none", async () => {
    const at = await standIn();
    expect(await grantgate("grant move grt_1", { at })).toMatchObject({ exit: 2 });
    await grantgate("grant move grt_1 --policy strict", { at });
    const { out } = await grantgate("grant move grt_1 --no-policy", { at });
    expect(at.seen.map(sent)).toEqual([{ policy: "strict" }, { policy: null }]);
    expect(out).toContain("under no policy: every call is denied");
  });

  test("edit sends what was said and nothing else", async () => {
    const at = await standIn();
    await grantgate("grant edit grt_1 --label new", { at });
    await grantgate("grant edit grt_1 --tag a --tag b", { at });
    await grantgate("grant edit grt_1 --no-tags", { at });
    expect(at.seen.map(sent)).toEqual([{ label: "new" }, { tags: ["a", "b"] }, { tags: [] }]);
    expect(await grantgate("grant edit grt_1", { at })).toMatchObject({ exit: 2 });
    expect(await grantgate("grant edit grt_1 --tag a --no-tags", { at })).toMatchObject({ exit: 2 });
  });
});

describe("a grant's own credential", () => {
  const words = ["grant", "credential", "grt_1", "--header", "Authorization: Bearer ${" + "secret:MINE}"];

  test("takes the values of secrets from the environment, or asks, and shows none", async () => {
    const at = await standIn();
    const { out, err } = await grantgate(words, { at, env: { MINE: "hunter2" } });
    expect(sent(at.seen[0])).toEqual({
      headers: { Authorization: `Bearer \${secret:MINE}` },
      secrets: { MINE: "hunter2" },
    });
    expect(out + err).not.toContain("hunter2");
    await grantgate(words, { at, terminal: screen({ ask: async (question) => `typed for ${question}` }) });
    expect(sent(at.seen[1])).toMatchObject({ secrets: { MINE: "typed for MINE" } });
  });

  test("without a value, names the variable and sends nothing", async () => {
    const at = await standIn();
    expect(await grantgate(words, { at })).toMatchObject({ exit: 2, err: expect.stringContaining("variable MINE") });
    expect(at.seen).toEqual([]);
  });

  test.each([["no colon"], ["Name:"], [": value"]])(
    "does not repeat a header that it can't read: %s",
    async (header) => {
      const at = await standIn();
      const { exit, err } = await grantgate(["grant", "credential", "grt_1", "--header", header], { at });
      expect(exit).toBe(2);
      expect(err).not.toContain(header);
    },
  );
});
