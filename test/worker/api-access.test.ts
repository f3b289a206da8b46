/** Operators whom Cloudflare Access vouches for: what they may do is the registry's to say. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { type Asked, ask, grantUnder, listed, ORIGIN } from "./admin-given.ts";
import { problemIn } from "./api-given.ts";

type Access = NonNullable<ExecutionContext["access"]>;
type Identity = Awaited<ReturnType<Access["getIdentity"]>>;

function vouchedFor(identity: unknown): Access {
  return { aud: "the gateway's application", getIdentity: async () => identity as Identity };
}

/** A request as Access lets it through: with an identity, and without a token. */
function asks(identity: unknown, asked: Asked = {}): Asked {
  return { token: null, access: vouchedFor(identity), ...asked };
}

async function operator(name: string, role: string, who: { email?: string; group?: string }): Promise<string> {
  const { status, body, text } = await ask("POST", "/operators", { body: { name, role, ...who } });
  if (status !== 201) throw new Error(text);
  expect(body).not.toHaveProperty("token");
  return String(body.id);
}

const whoIs = async (identity: unknown) => (await ask("GET", "/whoami", asks(identity))).body;

beforeAll(async () => {
  await applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS);
  await operator("Ann", "viewer", { email: "Ann@Example.com" });
  await operator("Engineers", "viewer", { group: "engineers" });
  await operator("Leads", "policy_manager", { group: "leads" });
  await operator("Owners", "admin", { group: "0f4c-owners" });
});

describe("whom Access vouches for", () => {
  it("is known by the e-mail address, in any case", async () => {
    expect(await whoIs({ email: "ann@example.com" })).toMatchObject({ name: "Ann", role: "viewer" });
    expect(await whoIs({ email: "ANN@EXAMPLE.COM" })).toMatchObject({ name: "Ann", role: "viewer" });
  });

  it("is known by groups else, by name or id, and has the highest of their roles", async () => {
    const bob = (groups: unknown) => whoIs({ email: "bob@example.com", groups });
    expect(await bob(["engineers"])).toMatchObject({ name: "bob@example.com (Engineers)", role: "viewer" });
    expect(await bob(["engineers", "leads"])).toMatchObject({
      name: "bob@example.com (Leads)",
      role: "policy_manager",
    });
    expect(
      await bob([
        { id: "1", name: "leads" },
        { id: "0f4c-owners", name: "x" },
      ]),
    ).toMatchObject({ role: "admin" });
    expect(await bob([{ id: 7 }, null, "leads"])).toMatchObject({ role: "policy_manager" });
    expect(await whoIs({ groups: ["leads"] })).toMatchObject({ name: "Leads", role: "policy_manager" });
  });

  it("is who the e-mail address says, whatever the groups say", async () => {
    expect(await whoIs({ email: "ann@example.com", groups: ["0f4c-owners"] })).toMatchObject({
      name: "Ann",
      role: "viewer",
    });
  });

  it("may do what the role may, and is named in the record of it", async () => {
    const { id } = await grantUnder("vouched");
    const lead = { email: "lea@example.com", groups: ["leads"] };
    const move = { body: { policy: null } };
    expect((await ask("PUT", `/grants/${id}/policy`, asks(lead, move))).status).toBe(200);
    expect((await listed(`/changes?target=grant:${id}`))[0]?.operator).toMatchObject({
      id: expect.stringMatching(/^opr_/),
      name: "lea@example.com (Leads)",
      role: "policy_manager",
    });
    expect(problemIn(await ask("POST", `/grants/${id}/revoke`, asks(lead))).status).toBe(403);
  });

  it.each([
    {},
    { email: "nobody@example.com" },
    { email: "nobody@example.com", groups: ["nothing", "Leads"] },
    { groups: [] },
    { email: "", groups: [""] },
    { email: "ann@example.com.evil.example" },
    { email: "bob@example.com", groups: "leads" },
  ])("and is not in the registry may do nothing: %j", async (identity) => {
    const answer = await ask("GET", "/whoami", asks(identity));
    expect(problemIn(answer).status).toBe(403);
  });

  it.each([undefined, null, "ann@example.com", { email: 7 }])("is nobody without an identity: %j", async (identity) => {
    expect(problemIn(await ask("GET", "/whoami", asks(identity))).status).toBe(401);
  });

  it("may do nothing any more once revoked, and others may take the place", async () => {
    const id = await operator("Cay", "admin", { email: "cay@example.com" });
    const cay = { email: "cay@example.com", groups: ["engineers"] };
    const again = { body: { name: "Cay again", role: "viewer", email: "cay@example.com" } };
    expect(problemIn(await ask("POST", "/operators", again)).status).toBe(409);
    expect(await whoIs(cay)).toMatchObject({ id, role: "admin" });
    await ask("POST", `/operators/${id}/revoke`);
    expect(await whoIs(cay)).toMatchObject({ name: "cay@example.com (Engineers)", role: "viewer" });
    expect((await ask("POST", "/operators", again)).status).toBe(201);
    expect(await whoIs(cay)).toMatchObject({ name: "Cay again" });
  });

  it("is made one operator by many requests at the same moment", async () => {
    const body = { name: "Dee", role: "viewer", email: "dee@example.com" };
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask("POST", "/operators", { body })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
  });
});

describe("a token that is given", () => {
  const owner = { email: "ann@example.com", groups: ["0f4c-owners"] };

  it.each(["Bearer wrong", "Bearer ", "Basic YTpi", "", "Bearer"])(
    "and is wrong is never made good by Access: Authorization %j",
    async (authorization) => {
      const address = `access ${authorization}`;
      const answer = await ask("GET", "/whoami", asks(owner, { headers: { authorization }, address }));
      expect(problemIn(answer).status).toBe(401);
    },
  );

  it("counts, and not what Access says", async () => {
    const answer = await ask("GET", "/whoami", { access: vouchedFor(owner) });
    expect(answer.body).toMatchObject({ id: "admin-token" });
  });
});

describe("a change that a browser was made to send", () => {
  const owner = { email: "olga@example.com", groups: ["0f4c-owners"] };
  const put = (headers: Record<string, string>) =>
    ask("POST", "/operators", asks(owner, { headers, body: { name: "x", role: "viewer" } }));

  it.each([
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: ORIGIN.replace("https", "http") },
    { origin: `${ORIGIN}.evil.example` },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "same-site", origin: ORIGIN },
    { "sec-fetch-site": "same-origin", origin: "https://evil.example" },
  ])("from another site is refused: %j", async (headers) => {
    const before = await listed("/operators");
    expect(problemIn(await put(headers)).status).toBe(403);
    expect(await listed("/operators")).toEqual(before);
  });

  it.each([{}, { origin: ORIGIN }, { origin: ORIGIN, "sec-fetch-site": "same-origin" }, { "sec-fetch-site": "none" }])(
    "from no site or the gateway's own is made: %j",
    async (headers) => {
      expect((await put(headers)).status).toBe(201);
    },
  );

  it("is not what a token comes with: no browser sends one unasked", async () => {
    const headers = { origin: "https://console.example.com" };
    expect((await ask("POST", "/operators", { headers, body: { name: "x", role: "viewer" } })).status).toBe(201);
  });
});
