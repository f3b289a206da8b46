/**
 * The gateway is killed at random moments under load, workerd and all, and started again on what it left on disk.
 * Whatever moment it was, in either era: no call too many runs, of one grant or of all together, no record is lost or
 * doubled, what an operator was told is in force is, what was revoked stays revoked, what was pinned stays held, and
 * nothing secret lies in any file.
 */
import { createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Grant } from "../gate/gateway.ts";
import { minimalServer, type Tool } from "../gate/upstreams/minimal.ts";
import { header, type Recorded, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { type CallAnswer, call, callModern, listedTools } from "../gate/wire.ts";
import { ADMIN_TOKEN, ROOT_KEY } from "../gate/workerd.ts";
import { callsIn, expectInvariants, expectNoneOpen } from "./invariants.ts";
import { startVictim, type Victim } from "./kill/victim.ts";
import { asked, numberOf, type Place, trailOf } from "./trail.ts";

/** More by the environment variable of that name. */
const KILLS = Number(process.env.KILLS ?? 8);
const CALLERS = 8;
const MOST = 60;
/** Of all grants together. */
const MOST_SHARED = 90;
const WEBHOOK_SECRET = "s3cret-of-the-webhook-that-nobody-may-find";
const UPSTREAM_SECRET = "s3cret-of-the-upstream-that-nobody-may-find";

const tool = (name: string, description = `Does ${name}`): Tool => ({
  name,
  description,
  inputSchema: { type: "object" },
});
const CHARGE = tool("charge");
const SHARED = tool("share");
const DRIFTED = tool("drift");

describe.skipIf(process.platform === "win32")("a gateway that is killed again and again", () => {
  let folder: string;
  let upstream: Recorder;
  /** Gets the trail as it happens. */
  let webhook: Recorder;
  let victim: Victim;
  let limited: Grant;
  let open: Grant;
  let other: Grant;
  let said = "";

  /** Numbers of the calls that were answered, each with whether it was let through. */
  const answered = new Map<number, boolean>();
  /** Version that calls must have been decided by, since no other was put in force while they ran. */
  const decidedBy = new Map<number, string>();
  /** Calls under grants whose revocation had been answered before: how many passed all the same. */
  const revoked = { asked: 0, passed: 0 };
  /** Calls of the tool that changed after it had been pinned: how many passed all the same. */
  const drifted = { asked: 0, passed: 0 };
  /** The version that an operator was told is in force; null while that is being changed. */
  let inForce: string | null = null;

  const admin = <T>(method: string, path: string, body?: unknown) => asked<T>(victim.url, method, path, body);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "grantgate-kills-"));
    const server = minimalServer({ tools: [CHARGE, SHARED, DRIFTED] });
    upstream = await startRecorder(server.handle);
    webhook = await startRecorder((_, res) => void res.writeHead(204).end());
    const settings = { AUDIT_WEBHOOK_URL: webhook.url, AUDIT_WEBHOOK_SECRET: WEBHOOK_SECRET };
    victim = await startVictim(folder, settings, (text) => {
      said += text;
    });
    const credential = { headers: { Authorization: `Bearer \${secret:TOKEN}` } };
    await admin("PUT", "/servers/pay", {
      name: "Pay",
      url: upstream.url,
      credential,
      secrets: { TOKEN: UPSTREAM_SECRET },
    });
    const limits = [{ counter: "charges", window: "month", max: MOST }];
    const shared = [{ counter: "shared", window: "month", max: MOST_SHARED, scope: "server" }];
    const record = { arguments: "full" };
    await admin("PUT", "/policies/pay/limited", {
      version: "1",
      default: "deny",
      record,
      tools: { charge: { limits }, share: { limits: shared } },
    });
    await editOpen(0);
    const grant = (policy: string) => admin<Grant>("POST", "/grants", { server: "pay", policy, label: policy });
    [limited, open, other] = [await grant("limited"), await grant("open"), await grant("limited")];
    expect(await listedTools(open)).toEqual(["charge", "share", "drift"]);
    server.tools = [CHARGE, SHARED, tool("drift", "Does something else")];
    expect(await listedTools(open)).toEqual(["charge", "share"]);
    upstream.clear();
    await underFire();
  }, KILLS * 20_000);

  afterAll(async () => {
    await victim?.kill();
    await Promise.all([upstream?.close(), webhook?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  type Kind = { readonly grant: Grant; readonly tool: string };

  /** What the calls are, by their number. */
  function kindOf(number: number): Kind {
    const kinds: readonly Kind[] = [
      { grant: limited, tool: "charge" },
      { grant: open, tool: "charge" },
      { grant: number % 3 === 0 ? limited : other, tool: "share" },
      { grant: open, tool: "charge" },
    ];
    return kinds[number % kinds.length] ?? { grant: open, tool: "charge" };
  }

  function calling(grant: Grant, name: string, number: number): Promise<CallAnswer | null> {
    const modern = Math.floor(number / 4) % 2 === 0;
    return (modern ? callModern : call)(grant, name, { number }).catch(() => null);
  }

  const passedIn = (answer: CallAnswer | null) => answer?.result !== undefined && answer.result.isError !== true;

  /** Calls without a pause from several sides, while the gateway is killed and started again. */
  async function underFire(): Promise<void> {
    let over = false;
    let next = 0;
    const caller = async (): Promise<void> => {
      while (!over) {
        const number = ++next;
        const { grant, tool } = kindOf(number);
        const before = inForce;
        const answer = await calling(grant, tool, number);
        if (answer?.result !== undefined) answered.set(number, passedIn(answer));
        if (grant === open && before !== null && before === inForce) decidedBy.set(number, before);
        else await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const operator = async (): Promise<void> => {
      for (let edit = 1; !over; edit++) {
        await editOpen(edit).catch(() => {});
        await revokeOne().catch(() => {});
        const enough = answered.size + 20;
        while (!over && answered.size < enough) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const callers = [...Array.from({ length: CALLERS }, caller), operator()];
    for (let kills = 0; kills < KILLS; kills++) {
      const enough = answered.size + 10 + Math.floor(Math.random() * 60);
      while (answered.size < enough) await new Promise((resolve) => setImmediate(resolve));
      await victim.kill();
      await victim.restart();
    }
    over = true;
    await Promise.all(callers);
  }

  /** Each edit makes another version. Whether one took that broke off in the middle, nobody was told. */
  async function editOpen(edit: number): Promise<void> {
    inForce = null;
    const record = { arguments: "full" };
    const document = { version: "1", default: "allow", description: `edit ${edit}`, record };
    inForce = (await admin<{ version: string }>("PUT", "/policies/pay/open", document)).version;
  }

  const revokedGrants: Grant[] = [];

  /** Once it was answered, no call may pass any more, nor may one of a tool that drifted. */
  async function revokeOne(): Promise<void> {
    const grant = await admin<Grant>("POST", "/grants", { server: "pay", policy: "open", label: "short-lived" });
    await admin("POST", `/grants/${grant.id}/revoke`);
    revokedGrants.push(grant);
    for (const one of revokedGrants.slice(-3)) {
      const answer = await call(one, "charge").catch(() => null);
      if (answer !== null) revoked.asked++;
      if (passedIn(answer)) revoked.passed++;
    }
    const answer = await call(open, "drift").catch(() => null);
    if (answer !== null) drifted.asked++;
    if (passedIn(answer)) drifted.passed++;
  }

  it("runs no call twice and none above its limit, records each once in a whole chain, and counts what ran", async () => {
    const ran = callsIn(upstream);
    expect(ran.length).toBeGreaterThan(KILLS * 10);
    expect([...answered.values()].filter((passed) => !passed).length).toBeGreaterThan(0);
    // As many calls as there are callers can break off at each kill.
    const interrupted = KILLS * CALLERS;
    await expectInvariants({
      gateway: victim.url,
      upstream,
      grants: [limited.id, open.id, other.id],
      answered: answered.keys(),
      counters: [
        { counter: "charges", of: { grant: limited.id }, max: MOST, tools: ["charge"], interrupted },
        { counter: "shared", of: { server: "pay" }, max: MOST_SHARED, tools: ["share"], interrupted },
      ],
    });
    await expectNoneOpen(upstream);
  });

  it("lets nothing pass under a grant whose revocation was answered, or of a tool that is held, then or now", async () => {
    expect(revoked).toEqual({ asked: expect.toSatisfy((asked: number) => asked > 0), passed: 0 });
    expect(drifted).toEqual({ asked: expect.toSatisfy((asked: number) => asked > 0), passed: 0 });
    for (const grant of revokedGrants) expect((await call(grant, "charge")).status).toBe(401);
    expect((await call(open, "drift")).result?.isError).toBe(true);
    expect(upstream.requests.filter(({ text }) => text.includes('"drift"'))).toEqual([]);
  });

  it("decided every call by the version that its operator had been told is in force, and still does", async () => {
    const versions = async () => {
      const { rows } = await trailOf(victim.url, open.id);
      return new Map(rows.map((row) => [numberOf(row) ?? 0, row.policy?.version]));
    };
    const by = await versions();
    const checked = [...decidedBy].filter(([number]) => by.has(number));
    expect(checked.length).toBeGreaterThan(KILLS);
    expect(checked.filter(([number, version]) => by.get(number) !== version)).toEqual([]);
    await call(open, "charge", { number: -1 });
    const { version } = await admin<{ version: string }>("GET", "/policies/pay/open");
    expect((await versions()).get(-1)).toBe(version);
  });

  it("sent every link of each trail to the webhook, in order and the same however often", async () => {
    for (const grant of [limited, open]) {
      const { head } = await trailOf(victim.url, grant.id);
      const links = () =>
        webhook.requests
          .filter(isWhole)
          .flatMap(({ text }) => text.split("\n").filter((line) => line !== ""))
          .filter((line) => line.startsWith(`{"id":"${grant.id}:`))
          .map((line) => [(JSON.parse(line) as Place).link, line] as const);
      await webhook.waitFor(() => links().some(([link]) => link >= head.link));
      const [first = [0], ...later] = links();
      expect(first[0]).toBe(1);
      let last = 1;
      const lines = new Map<number, string>(links().slice(0, 1));
      for (const [link, line] of later) {
        expect(link).toBeLessThanOrEqual(last + 1);
        expect(lines.get(link) ?? line).toBe(line);
        lines.set(link, line);
        last = Math.max(last, link);
      }
      expect(lines.size).toBe(last);
    }
  });

  /** A delivery that broke off is not what was signed. */
  function isWhole(req: Recorded): boolean {
    const text = `${header(req, "webhook-id")}.${header(req, "webhook-timestamp")}.${req.text}`;
    const signature = createHmac("sha256", WEBHOOK_SECRET).update(text).digest("base64");
    return header(req, "webhook-signature") === `v1,${signature}`;
  }

  it("leaves no token and no secret in any file, nor in what it said", async () => {
    const secrets = [limited.token, open.token, UPSTREAM_SECRET, WEBHOOK_SECRET, ADMIN_TOKEN, ROOT_KEY];
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const content = await readFile(join(file.parentPath, file.name));
      expect(secrets.filter((secret) => content.includes(secret)).map((secret) => `${secret} in ${file.name}`)).toEqual(
        [],
      );
    }
    expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
  });
});
