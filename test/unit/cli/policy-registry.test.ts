import { describe, expect, test } from "vitest";
import { policy, type Reply, type Seen, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { screen } from "./stage.ts";

const at = "2026-11-21T12:00:00.000Z";
const document = (max: number): string =>
  `{"version":"1","default":"deny","tools":{"a":{"limits":[{"counter":"c","window":"day","max":${max}}]}}}`;
const version = (revision: number) => ({
  revision,
  version: `${revision}`.repeat(64),
  author: "ADMIN_TOKEN",
  message: "why",
  createdAt: at,
});

/** A policy whose revisions are 1, 2 and 5, since it was deleted in between. */
function registry({ method, path, headers }: Seen): Reply | undefined {
  const [route = ""] = path.replace("/api/v1/policies/s/p", "").split("?");
  if (!path.startsWith("/api/v1/policies/s/p")) return undefined;
  if (method === "POST" && route === "/rollback") {
    return headers["if-match"] === '"5"'
      ? { status: 200, body: policy("s", "p", "v", 6) }
      : { status: 412, body: { detail: "no" }, problem: true };
  }
  if (route === "/versions") return { status: 200, body: { items: [5, 2, 1].map(version), next: null } };
  const revision = Number(/^\/versions\/(\d)$/.exec(route)?.[1] ?? 5);
  const body = `${JSON.stringify({ ...policy("s", "p", "v", 5), grants: 3 }).slice(0, -1)},"document":${document(revision)}}`;
  return { status: 200, lines: [body], headers: { "content-type": "application/json" } };
}

describe("a policy of the gateway", () => {
  test("is printed as a document that can be written into a file", async () => {
    const { out } = await grantgate("policy show s/p", { at: await standIn(undefined, registry) });
    expect(JSON.parse(out)).toEqual(JSON.parse(document(5)));
    const earlier = await grantgate("policy show s/p --revision 2", { at: await standIn(undefined, registry) });
    expect(JSON.parse(earlier.out)).toEqual(JSON.parse(document(2)));
  });

  test("keeps the digits of its numbers", async () => {
    const digits = '{"document":{"version":"1","default":"deny","tools":{},"x":9007199254740993.10}}';
    const gateway = await standIn(undefined, () => ({
      status: 200,
      lines: [digits],
      headers: { "content-type": "application/json" },
    }));
    expect((await grantgate("policy show s/p", { at: gateway })).out).toContain("9007199254740993.10");
  });

  test("is told in all its revisions", async () => {
    const { out } = await grantgate("policy versions s/p", { at: await standIn(undefined, registry) });
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.split(/ +/)[0]),
    ).toEqual(["REVISION", "5", "2", "1"]);
  });

  test("is compared with the revision before, which need not be one less", async () => {
    const { out, err } = await grantgate("policy diff s/p", { at: await standIn(undefined, registry) });
    expect(err).toContain("from revision 2 to 5");
    expect(out).toContain('    -           "max": 2,\n    +           "max": 5,');
    const chosen = await grantgate("policy diff s/p 1 2", { at: await standIn(undefined, registry) });
    expect(chosen.out).toContain('    -           "max": 1,\n    +           "max": 2,');
    const same = await grantgate("policy diff s/p 2 2", { at: await standIn(undefined, registry) });
    expect(same).toMatchObject({ exit: 0, out: "", err: expect.stringContaining("Nothing differs") });
  });

  test.each(["p", "s/p/q", "s/", "policies/s/p.json", "s/p.json"])("is not named %s", async (name) => {
    expect(await grantgate(["policy", "show", name], { at: await standIn() })).toMatchObject({ exit: 2 });
  });
});

describe("rolling back", () => {
  test("shows the difference, asks, and changes only what was shown", async () => {
    const gateway = await standIn(undefined, registry);
    const questions: string[] = [];
    const confirm = async (question: string): Promise<boolean> => questions.push(question) > 0;
    const { exit, out, err } = await grantgate(["policy", "rollback", "s/p", "--message", "too strict"], {
      at: gateway,
      terminal: screen({ confirm }),
    });
    expect(exit).toBe(0);
    expect(err).toContain('    -           "max": 5,\n    +           "max": 2,');
    expect(questions).toEqual(["Really roll policy s/p back for the 3 grants under it?"]);
    expect(out).toContain("as it was in revision 2; this is revision 6");
    expect(JSON.parse(gateway.seen.at(-1)?.body ?? "")).toEqual({ revision: 2, message: "too strict" });
  });

  test("takes a revision, and wants --yes where nobody can be asked", async () => {
    const gateway = await standIn(undefined, registry);
    expect(await grantgate("policy rollback s/p --to 1", { at: gateway })).toMatchObject({ exit: 2 });
    expect(gateway.writes()).toEqual([]);
    await grantgate("policy rollback s/p --to 1 --yes --json", { at: gateway });
    expect(JSON.parse(gateway.seen.at(-1)?.body ?? "")).toEqual({ revision: 1 });
  });
});

describe("deleting", () => {
  test.each([
    ["policy delete s/p", "DELETE /api/v1/policies/s/p"],
    ["server delete s", "DELETE /api/v1/servers/s"],
  ])("%s wants a yes", async (line, request) => {
    const gateway = await standIn(undefined, ({ method }) => (method === "DELETE" ? { status: 204 } : undefined));
    expect(await grantgate(line, { at: gateway })).toMatchObject({ exit: 2 });
    expect(gateway.writes()).toEqual([]);
    expect(await grantgate(`${line} --yes`, { at: gateway })).toMatchObject({ exit: 0 });
    expect(gateway.writes()).toEqual([request]);
  });
});
