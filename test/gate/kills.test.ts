/**
 * The gateway is killed at random moments under load, workerd and all, and started again on what it left on disk.
 * Whatever moment it was: no call too many runs, no record is lost or doubled, what an operator was told is in force is,
 * and nothing secret lies in any file.
 */
import { createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chained, verifyChain } from "../../src/audit/chain.ts";
import { chained } from "../../src/cli/audit/chained.ts";
import { parseJson } from "../../src/json/parse.ts";
import type { Grant } from "./gateway.ts";
import { startVictim, type Victim } from "./kill/victim.ts";
import { header, type Recorded, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { call } from "./wire.ts";
import { ADMIN_TOKEN, ROOT_KEY } from "./workerd.ts";

/** More by the environment variable of that name. */
const KILLS = Number(process.env.KILLS ?? 8);
const CALLERS = 8;
const MOST = 60;
const WEBHOOK_SECRET = "s3cret-of-the-webhook-that-nobody-may-find";
const UPSTREAM_SECRET = "s3cret-of-the-upstream-that-nobody-may-find";

describe.skipIf(process.platform === "win32")("a gateway that is killed again and again", () => {
  let folder: string;
  let upstream: Recorder;
  /** Gets the trail as it happens. */
  let webhook: Recorder;
  let victim: Victim;
  let limited: Grant;
  let open: Grant;
  let said = "";

  /** Numbers of the calls that were answered, each with whether it was let through. */
  const answered = new Map<number, boolean>();
  /** Version that calls must have been decided by, since no other was put in force while they ran. */
  const decidedBy = new Map<number, string>();
  /** The version that an operator was told is in force; null while that is being changed. */
  let inForce: string | null = null;

  async function admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${victim.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "grantgate-kills-"));
    upstream = await startRecorder();
    webhook = await startRecorder((_, res) => void res.writeHead(204).end());
    const settings = { AUDIT_WEBHOOK_URL: webhook.url, AUDIT_WEBHOOK_SECRET: WEBHOOK_SECRET };
    victim = await startVictim(folder, settings, (text) => {
      said += text;
    });
    const credential = { headers: { Authorization: `Bearer \${secret:TOKEN}` } };
    // The upstream has no list of its tools.
    const server = { name: "Pay", url: upstream.url, drift: "allow", credential, secrets: { TOKEN: UPSTREAM_SECRET } };
    await admin("PUT", "/servers/pay", server);
    const limits = [{ counter: "charges", window: "month", max: MOST }];
    const record = { arguments: "full" };
    await admin("PUT", "/policies/pay/limited", {
      version: "1",
      default: "deny",
      record,
      tools: { charge: { limits } },
    });
    await editOpen(0);
    limited = await admin<Grant>("POST", "/grants", { server: "pay", policy: "limited", label: "limited" });
    open = await admin<Grant>("POST", "/grants", { server: "pay", policy: "open", label: "open" });
    await underFire();
  }, KILLS * 20_000);

  afterAll(async () => {
    await victim?.kill();
    await Promise.all([upstream?.close(), webhook?.close()]);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Calls without a pause from several sides, while the gateway is killed and started again. */
  async function underFire(): Promise<void> {
    let over = false;
    let next = 0;
    const caller = async (): Promise<void> => {
      while (!over) {
        const number = ++next;
        const grant = number % 2 === 0 ? limited : open;
        const before = inForce;
        const answer = await call(grant, "charge", { number }).catch(() => null);
        if (answer?.result !== undefined) answered.set(number, answer.result.isError !== true);
        if (grant === open && before !== null && before === inForce) decidedBy.set(number, before);
        else await new Promise((resolve) => setImmediate(resolve));
      }
    };
    const operator = async (): Promise<void> => {
      for (let edit = 1; !over; edit++) {
        await editOpen(edit).catch(() => {});
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

  /** Numbers of the calls that reached the server. */
  function ran(): number[] {
    return upstream.requests.map(
      ({ json }) => (json as { params: { arguments: { number: number } } }).params.arguments.number,
    );
  }

  type Trail = {
    readonly records: Chained[];
    readonly numbers: number[];
    readonly versions: ReadonlyMap<number, string | undefined>;
    readonly place: Place;
  };

  async function trailOf({ id }: Grant): Promise<Trail> {
    const { anchor, head } = await admin<Place>("GET", `/audit/chain/${id}`);
    const response = await fetch(`${victim.url}/api/v1/audit/export?grant=${id}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const lines = (await response.text()).split("\n").filter((line) => line !== "");
    const said = lines.map((line) => JSON.parse(line) as Shown);
    const numbers = said.map((record) => record.arguments?.full?.number ?? 0);
    const versions = new Map(said.map(({ policy }, nth) => [numbers[nth] ?? 0, policy?.version]));
    return { records: lines.map(chainedIn), numbers, versions, place: { anchor, head } };
  }

  function chainedIn(line: string): Chained {
    const parsed = parseJson(line);
    const record = parsed.ok ? chained(parsed.value) : undefined;
    if (record === undefined) throw new Error(`no audit record: ${line}`);
    return record;
  }

  type Shown = {
    readonly arguments: { readonly full?: { readonly number: number } } | null;
    readonly policy: { readonly version: string } | null;
  };
  type Place = { readonly anchor: Chain; readonly head: Chain };
  type Chain = { readonly link: number; readonly hash: string };

  it("lets no call run twice, and not one more than its limit", () => {
    const numbers = ran();
    expect(numbers.length).toBeGreaterThan(KILLS * 10);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.filter((number) => number % 2 === 0).length).toBeLessThanOrEqual(MOST);
    expect([...answered.values()].filter((passed) => !passed).length).toBeGreaterThan(0);
  });

  it("has one record of each call that was answered or ran, and none twice", async () => {
    const numbers = [...(await trailOf(limited)).numbers, ...(await trailOf(open)).numbers];
    expect(new Set(numbers).size).toBe(numbers.length);
    const recorded = new Set(numbers);
    expect([...answered.keys(), ...ran()].filter((number) => !recorded.has(number))).toEqual([]);
  });

  it("has a whole chain for each grant, up to where its ledger stands", async () => {
    for (const grant of [limited, open]) {
      const { records, place } = await trailOf(grant);
      expect(await verifyChain(records, place.anchor, place.head)).toMatchObject({
        kind: "whole",
        head: place.head,
        records: records.length,
      });
    }
  });

  it("decided every call by the version that its operator had been told is in force, and still does", async () => {
    const { versions } = await trailOf(open);
    const checked = [...decidedBy].filter(([number]) => versions.has(number));
    expect(checked.length).toBeGreaterThan(KILLS);
    expect(checked.filter(([number, version]) => versions.get(number) !== version)).toEqual([]);
    await call(open, "charge", { number: -1 });
    const { version } = await admin<{ version: string }>("GET", "/policies/pay/open");
    expect((await trailOf(open)).versions.get(-1)).toBe(version);
  });

  it("sent every link of each trail to the webhook, in order and the same however often", async () => {
    for (const grant of [limited, open]) {
      const { place } = await trailOf(grant);
      const links = () =>
        webhook.requests
          .filter(isWhole)
          .flatMap(({ text }) => text.split("\n").filter((line) => line !== ""))
          .filter((line) => line.startsWith(`{"id":"${grant.id}:`))
          .map((line) => [(JSON.parse(line) as Chain).link, line] as const);
      await webhook.waitFor(() => links().some(([link]) => link >= place.head.link));
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
