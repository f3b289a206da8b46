import { applyD1Migrations, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BEGINNING, linkHash } from "../../src/audit/link.ts";
import type { GrantRecord } from "../../src/grant/record.ts";
import { alarmOf, decideMany, ended, marksOf, setUp, trailOf, verified } from "./audit-given.ts";
import { entry, journalOf, known, ledgerOf, request } from "./ledger-given.ts";

const NOW = Date.parse("2126-11-20T12:00:00Z");
const URL_OF_HOOK = "https://hook.example.com/audit?key=0123456789";
const SECRET = "a secret that signs";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Heard = { readonly request: Request; readonly body: string };

/** An endpoint that answers as it is told, and says what it heard. */
function endpoint(...answers: readonly (() => Response | Promise<Response>)[]): Heard[] {
  const heard: Heard[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    heard.push({ request, body: new TextDecoder().decode(await request.arrayBuffer()) });
    const answer = answers[heard.length - 1] ?? (() => new Response(null, { status: 204 }));
    return answer();
  });
  return heard;
}

async function hooked(over: Parameters<typeof setUp>[1] = {}): Promise<GrantRecord> {
  const grant = await known();
  const webhook = { AUDIT_WEBHOOK_URL: URL_OF_HOOK, AUDIT_WEBHOOK_SECRET: SECRET };
  await setUp(grant, { AUDIT_BUCKET: undefined, ...webhook, ...over });
  return grant;
}

/** As the Standard Webhooks specification has it, from the receiver's side. */
async function isSigned({ request: { headers }, body }: Heard, secret: Uint8Array): Promise<boolean> {
  const [version, given = ""] = headers.get("webhook-signature")?.split(",") ?? [];
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const mac = Uint8Array.from(atob(given), (byte) => byte.charCodeAt(0));
  const signed = bytesOf(`${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`);
  return version === "v1" && (await crypto.subtle.verify("HMAC", key, mac, signed));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function logged(): { readonly lines: string[] } {
  const lines: string[] = [];
  vi.spyOn(console, "error").mockImplementation((line) => void lines.push(String(line)));
  return { lines };
}

describe("the webhook", () => {
  it("hears every link once, in order, as signed lines from which the chain can be verified", async () => {
    const heard = endpoint();
    const grant = await hooked();
    await decideMany(grant, 2);
    await ledgerOf(grant).settle([ended(1)]);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(heard).toHaveLength(1);
    const [first] = heard;
    if (first === undefined) throw new Error("the webhook was called");
    const { method, url, headers, redirect } = first.request;
    expect([method, url, redirect]).toEqual(["POST", URL_OF_HOOK, "manual"]);
    expect(headers.get("content-type")).toBe("application/x-ndjson");
    expect(headers.get("webhook-id")).toBe(`${grant.id}:1-3`);
    expect(headers.get("webhook-timestamp")).toBe(String(NOW / 1_000));
    expect(await isSigned(first, bytesOf(SECRET))).toBe(true);
    expect(await isSigned({ ...first, body: first.body.replace("allow", "deny") }, bytesOf(SECRET))).toBe(false);
    const lines = first.body.trimEnd().split("\n");
    let before = BEGINNING.hash;
    for (const line of lines) {
      const { id, kind, link, hash, ...record } = JSON.parse(line);
      const text = `{${line.slice(JSON.stringify({ id, kind, link, hash }).length)}`;
      expect(JSON.parse(text)).toEqual(record);
      expect(await linkHash(before, grant.id, { kind, link, seq: Number(id.split(":")[1]), text })).toBe(hash);
      before = hash;
    }
    expect(lines.map((line) => JSON.parse(line)).map(({ id, kind, link }) => [id, kind, link])).toEqual([
      [`${grant.id}:1`, "decided", 1],
      [`${grant.id}:2`, "decided", 2],
      [`${grant.id}:1`, "ended", 3],
    ]);
  });

  it("takes a secret in base64 as well", async () => {
    const heard = endpoint();
    const key = crypto.getRandomValues(new Uint8Array(32));
    const grant = await hooked({ AUDIT_WEBHOOK_SECRET: `whsec_${btoa(String.fromCharCode(...key))}` });
    await decideMany(grant, 1);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await Promise.all(heard.map((one) => isSigned(one, key)))).toEqual([true]);
  });

  it("is told the very same again after it failed, whatever came since, and then what came since", async () => {
    const log = logged();
    const heard = endpoint(
      () => new Response("no", { status: 500 }),
      () => Promise.reject(new Error(`connection to ${URL_OF_HOOK} lost`)),
    );
    const grant = await hooked();
    await decideMany(grant, 2);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect((await trailOf(grant)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect((await journalOf(grant)).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(await alarmOf(grant)).toBe(NOW + 5_000);
    await decideMany(grant, 1);
    for (const later of [5_000, 15_000]) {
      vi.setSystemTime(NOW + later);
      await runDurableObjectAlarm(ledgerOf(grant));
    }
    const ids = heard.map(({ request: { headers } }) => headers.get("webhook-id"));
    expect(ids).toEqual(["1-2", "1-2", "1-2", "3-3"].map((span) => `${grant.id}:${span}`));
    expect(new Set(heard.slice(0, 3).map(({ body }) => body)).size).toBe(1);
    const signed = heard.map((one) => isSigned(one, bytesOf(SECRET)));
    expect(await Promise.all(signed)).toEqual([true, true, true, true]);
    expect(log.lines.join("\n")).toContain("the webhook answered 500");
    expect(log.lines.join("\n")).not.toContain("0123456789");
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 3 });
  });

  it("is never followed elsewhere", async () => {
    logged();
    const heard = endpoint(() => Response.redirect("https://elsewhere.example.com/", 307));
    const grant = await hooked();
    await decideMany(grant, 1);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(heard.map(({ request: { url } }) => url)).toEqual([URL_OF_HOOK]);
    expect((await marksOf(grant)).webhook).toMatchObject({ link: 0, failures: 1 });
  });

  it("never keeps D1 waiting, however long it takes to answer", async () => {
    let isBusy = true;
    const heard = endpoint(async () => {
      while (isBusy) await scheduler.wait(5);
      return new Response(null, { status: 200 });
    });
    const grant = await hooked();
    await decideMany(grant, 1);
    const alarm = runDurableObjectAlarm(ledgerOf(grant));
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 1 });
    await decideMany(grant, 1);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 2 });
    isBusy = false;
    await alarm;
    expect((await marksOf(grant)).webhook).toMatchObject({ link: 2 });
  });

  it("is not called by a URL that leads anywhere but to the Internet by https, nor without a secret", async () => {
    const log = logged();
    const heard = endpoint();
    for (const over of [
      { AUDIT_WEBHOOK_URL: "http://hook.example.com/" },
      { AUDIT_WEBHOOK_URL: "https://10.0.0.1/" },
      { AUDIT_WEBHOOK_URL: "http://127.0.0.1:9/", ALLOW_LOOPBACK_UPSTREAMS: undefined },
      { AUDIT_WEBHOOK_SECRET: undefined },
    ]) {
      const grant = await hooked(over);
      await decideMany(grant, 1);
      await runDurableObjectAlarm(ledgerOf(grant));
      expect(await trailOf(grant)).toHaveLength(1);
    }
    expect(heard).toEqual([]);
    expect(log.lines).toHaveLength(4);
    const local = await hooked({ AUDIT_WEBHOOK_URL: "http://127.0.0.1:9/" });
    await decideMany(local, 1);
    await runDurableObjectAlarm(ledgerOf(local));
    expect(heard).toHaveLength(1);
  });
});

describe("the bucket", () => {
  const bucket = () => {
    if (env.AUDIT_BUCKET === undefined) throw new Error("vitest.config.ts binds a bucket");
    return env.AUDIT_BUCKET;
  };

  async function objectsOf(grant: GrantRecord): Promise<Readonly<Record<string, string>>> {
    const { objects } = await bucket().list({ prefix: `audit/2126-11-20/${grant.id}/` });
    const texts = objects.map(async ({ key }) => [key.split("/").at(-1), await (await bucket().get(key))?.text()]);
    return Object.fromEntries(await Promise.all(texts));
  }

  it("gets an object for every batch, by the day of its first link", async () => {
    const grant = await known();
    await decideMany(grant, 2);
    await runDurableObjectAlarm(ledgerOf(grant));
    vi.setSystemTime(NOW + 6_000);
    await ledgerOf(grant).settle([ended(2)]);
    await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, effect: "deny" } }));
    await runDurableObjectAlarm(ledgerOf(grant));
    const objects = await objectsOf(grant);
    expect(Object.keys(objects)).toEqual(["000000000001-2.ndjson", "000000000003-4.ndjson"]);
    const lines = Object.values(objects).join("").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).link)).toEqual([1, 2, 3, 4]);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 3, head: { link: 4 } });
  });

  it("holds every link once when a write was made and nobody heard of it", async () => {
    logged();
    const grant = await known();
    const put = bucket().put.bind(bucket());
    let calls = 0;
    vi.spyOn(Object.getPrototypeOf(bucket()), "put").mockImplementation(async (key, text) => {
      await put(String(key), String(text));
      if (++calls === 1) throw new Error("the answer was lost");
    });
    await decideMany(grant, 2);
    await runDurableObjectAlarm(ledgerOf(grant));
    await evictDurableObject(ledgerOf(grant));
    await decideMany(grant, 1);
    vi.setSystemTime(NOW + 5_000);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(calls).toBe(3);
    expect(Object.keys(await objectsOf(grant))).toEqual(["000000000001-2.ndjson", "000000000003-3.ndjson"]);
    await ledgerOf(grant).settle([ended(1), ended(2), ended(3)]);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await journalOf(grant)).toEqual([]);
  });
});
