/** No change is lost to another, none goes unrecorded, and no record or store holds a secret. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ask, grantUnder, listed, operatorWith, policy, SECRET, server } from "./admin-given.ts";
import { description, problemIn, registryText, requestsOn, scene, storeText } from "./api-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));

/** Enough for a machine that does much else. */
const SLOW = { timeout: 30_000 };

const twenty = Array.from({ length: 20 }, (_, n) => n);

/** Changes of a target, oldest first. */
async function changesOf(target: string) {
  return (await listed(`/changes?target=${encodeURIComponent(target)}`)).reverse();
}

describe("changes at the same moment", () => {
  it("are made by one, when all of them expect what was there", SLOW, async () => {
    const { id } = await grantUnder("at-once-matched");
    const headers = { "if-match": '"1"' };
    const answers = await Promise.all(
      twenty.map((n) => ask("PATCH", `/grants/${id}`, { body: { label: `label ${n}` }, headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)]);
    const won = answers.find(({ status }) => status === 200);
    expect((await ask("GET", `/grants/${id}`)).body).toMatchObject({ label: won?.body.label, revision: 2 });
    expect(await changesOf(`grant:${id}`)).toHaveLength(2);
  });

  it("are made by all, one after the other, when none of them expects anything", SLOW, async () => {
    const { id } = await grantUnder("at-once");
    const answers = await Promise.all(
      twenty.map((n) => ask("PATCH", `/grants/${id}`, { body: { label: `label ${n}` } })),
    );
    expect(answers.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual(Array(20).fill(200));
    const changes = await changesOf(`grant:${id}`);
    expect(changes).toHaveLength(21);
    expect(changes.map(({ before }) => before)).toEqual([null, ...changes.slice(0, -1).map(({ after }) => after)]);
    expect(new Set(changes.slice(1).map(({ after }) => JSON.stringify(after))).size).toBe(20);
    expect((await ask("GET", `/grants/${id}`)).body).toMatchObject({
      revision: 21,
      ...(changes.at(-1)?.after as object),
    });
  });

  it("of different parts are all kept", SLOW, async () => {
    const { id } = await grantUnder("at-once-parts");
    const bodies = [{ label: "renamed" }, { tags: ["a"] }, { expiresAt: "2999-01-01T00:00:00Z" }];
    await Promise.all([
      ...bodies.map((body) => ask("PATCH", `/grants/${id}`, { body })),
      ask("PUT", `/grants/${id}/policy`, { body: { policy: null } }),
      ask("POST", `/grants/${id}/suspend`),
      ask("POST", `/grants/${id}/rotate`, { body: { overlapSeconds: 60 } }),
    ]);
    const { body } = await ask("GET", `/grants/${id}`);
    expect(body).toMatchObject({
      label: "renamed",
      tags: ["a"],
      expiresAt: "2999-01-01T00:00:00.000Z",
      policy: null,
      status: "suspended",
      revision: 7,
    });
    expect(body.tokens).toHaveLength(2);
  });

  it("of an operator are made by one, when all of them expect what was there", SLOW, async () => {
    const { id } = await operatorWith("viewer");
    const headers = { "if-match": '"1"' };
    const answers = await Promise.all(
      twenty.map((n) => ask("PATCH", `/operators/${id}`, { body: { name: `name ${n}` }, headers })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)]);
  });

  it("make one of a server or policy that none of them may find there", SLOW, async () => {
    const body = { ...server, secrets: { TOKEN: SECRET } };
    const headers = { "if-none-match": "*" };
    const servers = await Promise.all(twenty.map(() => ask("PUT", "/servers/at-once-made", { body, headers })));
    expect(servers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(412)]);
    const path = "/policies/at-once-made/new";
    const policies = await Promise.all(twenty.map(() => ask("PUT", path, { body: policy, headers })));
    expect(policies.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(412)]);
  });
});

describe("what a request expects", () => {
  it.each([
    ['"1"', 200],
    ['W/"1"', 200],
    ['"0", "1"', 200],
    ["*", 200],
    ['"2"', 412],
    ["1", 412],
    ["", 412],
    ["nonsense", 412],
  ])("as If-Match %s is answered with %i", async (tag, status) => {
    const { id } = await grantUnder("expected");
    const answer = await ask("PATCH", `/grants/${id}`, { body: { label: "x" }, headers: { "if-match": tag } });
    expect(answer.status).toBe(status);
    expect(answer.headers.get("etag")).toBe(status === 200 ? '"2"' : null);
  });

  it("is not met by what is not there", async () => {
    await grantUnder("expected");
    const headers = { "if-match": "*" };
    for (const path of ["/servers/not-there", "/policies/expected/not-there"]) {
      const body = path.startsWith("/s") ? { ...server, secrets: { TOKEN: SECRET } } : policy;
      expect(problemIn(await ask("PUT", path, { body, headers })).status).toBe(412);
    }
  });
});

describe("a policy's revisions", () => {
  const edition = (n: number) => ({ ...policy, description: `edition ${n}` });
  const revisionsOf = async (path: string) => (await listed(`${path}/versions`, 3)).map(({ revision }) => revision);

  it("leave no gap and keep every text, however many write at the same moment", SLOW, async () => {
    await grantUnder("revised");
    const path = "/policies/revised/support";
    const ten = Array.from({ length: 10 }, (_, n) => n);
    const answers = await Promise.all(ten.map((n) => ask("PUT", `${path}?message=${n}`, { body: edition(n) })));
    expect(answers.map(({ status, text }) => (status === 200 ? 200 : text))).toEqual(Array(10).fill(200));
    expect(await revisionsOf(path)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    const texts = [];
    for (const { revision, message } of await listed(`${path}/versions`)) {
      const { body } = await ask("GET", `${path}/versions/${revision}`);
      if (revision !== 1) expect(body.document).toEqual(edition(Number(message)));
      texts.push(JSON.stringify(body.document));
    }
    expect(new Set(texts).size).toBe(11);
    const changes = await changesOf("policy:revised/support");
    expect(changes.map(({ before }) => before)).toEqual([null, ...changes.slice(0, -1).map(({ after }) => after)]);
    expect(changes.map(({ after }) => after)).toEqual(
      changes.map((_, at) => ({ revision: at + 1, version: expect.stringMatching(/^[0-9a-f]{64}$/) })),
    );
    expect((await ask("GET", path)).body).toMatchObject(changes.at(-1)?.after as object);
  });

  it("go on when it is deleted and made anew", async () => {
    await ask("PUT", "/servers/anew", { body: { ...server, secrets: { TOKEN: SECRET } } });
    const path = "/policies/anew/support";
    await ask("PUT", path, { body: edition(1) });
    await ask("PUT", path, { body: edition(2) });
    expect((await ask("DELETE", path)).status).toBe(204);
    expect((await ask("GET", path)).status).toBe(404);
    expect(await revisionsOf(path)).toEqual([2, 1]);
    expect((await ask("POST", `${path}/rollback`, { body: { revision: 1 } })).status).toBe(404);
    const anew = await ask("PUT", path, { body: edition(2) });
    expect([anew.status, anew.body.revision, anew.headers.get("etag")]).toEqual([201, 3, '"3"']);
    const changes = await changesOf("policy:anew/support");
    expect(changes.map(({ action, before, after }) => [action, before, after])).toMatchObject([
      ["policy.put", null, { revision: 1 }],
      ["policy.put", { revision: 1 }, { revision: 2 }],
      ["policy.delete", { revision: 2 }, null],
      ["policy.put", null, { revision: 3 }],
    ]);
  });

  it("come back as new ones, by whom and why", async () => {
    const { token } = await operatorWith("policy_manager");
    await grantUnder("back");
    const path = "/policies/back/support";
    await ask("PUT", `${path}?message=tighter`, { body: edition(2) });
    const back = await ask("POST", `${path}/rollback`, { body: { revision: 1 }, token });
    expect(back.body).toMatchObject({
      revision: 3,
      document: policy,
      author: "A policy_manager",
      message: "Back to revision 1",
      grants: 1,
    });
    const first = (await ask("GET", `${path}/versions/1`)).body;
    expect(back.body.version).toBe(first.version);
    expect((await ask("GET", `${path}/versions/2`)).body).toMatchObject({ author: "ADMIN_TOKEN", message: "tighter" });
    const again = await ask("POST", `${path}/rollback`, { body: { revision: 1 }, token });
    expect([again.status, again.body.revision]).toEqual([200, 3]);
    expect((await changesOf("policy:back/support")).map(({ action }) => action)).toEqual([
      "policy.put",
      "policy.put",
      "policy.rollback",
    ]);
    for (const revision of [4, 1_000_000_000_000]) {
      expect((await ask("POST", `${path}/rollback`, { body: { revision } })).status).toBe(404);
    }
  });

  it("are told apart place by place", async () => {
    await grantUnder("differs");
    const path = "/policies/differs/support";
    expect((await ask("GET", `${path}/diff`)).status).toBe(409);
    const tools = { read_file: { limits: [{ counter: "c", window: "day", max: 5 }] }, "a/b~c": {} };
    await ask("PUT", path, { body: { ...policy, default: "allow", tools } });
    const { body } = await ask("GET", `${path}/diff`);
    expect(body).toEqual({
      from: 1,
      to: 2,
      changes: expect.arrayContaining([
        { pointer: "/default", before: "deny", after: "allow" },
        { pointer: "/tools/read_file/limits", after: tools.read_file.limits },
        { pointer: "/tools/a~1b~0c", after: {} },
      ]),
    });
    expect(body.changes).toHaveLength(3);
    expect((await ask("GET", `${path}/diff?from=2&to=1`)).body.changes).toContainEqual({
      pointer: "/tools/a~1b~0c",
      before: {},
    });
    expect((await ask("GET", `${path}/diff?from=2&to=2`)).body.changes).toEqual([]);
    expect((await ask("GET", `${path}/diff?from=9`)).status).toBe(404);
  });
});

describe("every change", () => {
  it("is recorded with who made it, and no secret is in any record, answer, log or store", SLOW, async () => {
    const logged: string[] = [];
    for (const level of ["log", "info", "warn", "error", "debug"] as const) {
      vi.spyOn(console, level).mockImplementation((...parts) => void logged.push(JSON.stringify(parts)));
    }
    const { operations } = await description();
    const { id, token } = await operatorWith("admin");
    const secrets = [SECRET, token, String(env.ADMIN_TOKEN), String(env.ROOT_KEY)];
    const answers: string[] = [];
    const { all, last } = requestsOn(await scene("recorded"), operations);
    const from = Math.max(...(await listed("/changes")).map((change) => Number(change.id)));
    const expected: string[] = [];
    for (const { operation, path, asked } of [...all, ...last]) {
      const { status, body, text } = await ask(operation.method, path, { ...asked, token });
      if (typeof body.token === "string") secrets.push(body.token);
      answers.push(text.replace(/"token":"[^"]*"/, ""));
      // All is under the present key: there is nothing to seal anew.
      const isChange = operation.method !== "GET" && operation.name !== "POST /secrets/rotate";
      if (isChange && status < 300) expected.push(`${operation.name}: ${status}`);
    }
    vi.restoreAllMocks();
    expect(secrets.length).toBeGreaterThan(6);
    const changes = (await listed("/changes")).filter((change) => Number(change.id) > from);
    expect([changes.length, expected]).toEqual([expected.length, expected]);
    for (const change of changes) {
      expect(change.operator).toEqual({ id, name: "A admin", role: "admin" });
      expect(change.time).toMatch(/^\d{4}-.*Z$/);
      expect(change.target).toMatch(/^(?:server|policy|grant|operator):.|^secrets$/);
    }
    const places = [await registryText(), await storeText(), ...answers, ...logged].join("\n");
    expect(places.length).toBeGreaterThan(10_000);
    for (const secret of secrets) expect([secret, places.includes(secret)]).toEqual([secret, false]);
  });

  it("is found by who, what, which and when", async () => {
    const { id: who, token } = await operatorWith("admin");
    const { id } = await grantUnder("sought");
    const before = new Date(Date.now() - 1).toISOString();
    await ask("POST", `/grants/${id}/suspend`, { token });
    await ask("POST", `/grants/${id}/suspend`, { token });
    await ask("POST", `/grants/${id}/resume`, { token });
    const found = async (query: string) => (await listed(`/changes?${query}`, 1)).map(({ action }) => action);
    expect(await found(`operator=${who}`)).toEqual(["grant.resume", "grant.suspend"]);
    expect(await found(`target=grant:${id}`)).toEqual(["grant.resume", "grant.suspend", "grant.create"]);
    expect(await found(`target=grant:${id}&action=grant.suspend`)).toEqual(["grant.suspend"]);
    expect(await found(`operator=${who}&from=${before}`)).toHaveLength(2);
    expect(await found(`operator=${who}&to=${before}`)).toEqual([]);
  });
});
