/**
 * The keeper of a token, in the real Durable Object with its real storage. Time is the test's, and so is the token
 * endpoint: nobody waits, and what is asked for when is seen to the call.
 */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure } from "../../src/upstream/failure.ts";
import type { Held } from "../../src/upstream/oauth/keeper.ts";

const CLIENT = {
  tokenUrl: "https://login.example.com/token",
  clientId: "gateway",
  clientSecret: "hunter2-of-the-client",
  authentication: "basic",
} as const;
const START = Date.parse("2026-11-20T12:00:00Z");

let keepers = 0;
let granted = 0;
let warnings: string[] = [];
let life = 3_600;
/** What the endpoint does instead of granting a token. */
let instead: (() => Response | Promise<Response>) | null = null;

function grantToken(): Response {
  return Response.json({ access_token: `token-in-clear-${++granted}`, token_type: "Bearer", expires_in: life });
}

const broken = () => Response.json({ error: "hunter2" }, { status: 503 });

beforeEach(() => {
  granted = 0;
  life = 3_600;
  instead = null;
  at(0);
  warnings = [];
  vi.spyOn(console, "warn").mockImplementation((line) => void warnings.push(String(line)));
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => (instead ?? grantToken)());
});
afterEach(() => vi.restoreAllMocks());

/** Sets the clock to so many seconds after the start. */
function at(seconds: number): void {
  vi.spyOn(Date, "now").mockReturnValue(START + seconds * 1_000);
}

const newKeeper = () => env.CREDENTIAL_KEEPER.getByName(`server:keeper-${++keepers}`);
type Keeper = ReturnType<typeof newKeeper>;

const tokenOf = async (keeper: Keeper, version = "v1") => shortOf(await keeper.token(version, CLIENT));
const renewed = async (keeper: Keeper, refused: string) => shortOf(await keeper.renew("v1", CLIENT, refused));
const asked = () => vi.mocked(globalThis.fetch).mock.calls.length;

function shortOf(answer: Held | Failure): string {
  return answer.kind === "held" ? answer.value.replace("token-in-clear-", "") : answer.reason;
}

/** What goes on behind an answer is seen by what it brings. */
const brings = (keeper: Keeper, token: string) => vi.waitFor(async () => expect(await tokenOf(keeper)).toBe(token));
const failed = (times: number) => vi.waitFor(() => expect(warnings).toHaveLength(times));

describe("the keeper of a token", () => {
  it("asks for one token, however many want it", async () => {
    const keeper = newKeeper();
    const all = await Promise.all(Array.from({ length: 50 }, () => tokenOf(keeper)));
    expect(new Set(all)).toEqual(new Set(["1"]));
    expect(asked()).toBe(1);
    expect(await tokenOf(keeper)).toBe("1");
    expect(asked()).toBe(1);
  });

  it("tells the edge when to come back", async () => {
    expect(await newKeeper().token("v1", CLIENT)).toEqual({
      kind: "held",
      value: "token-in-clear-1",
      renewAt: START + 3_540_000,
      expiresAt: START + 3_600_000,
    });
  });

  it("renews the token a minute before it is over, behind the answer", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    at(3_539);
    await tokenOf(keeper);
    expect(asked()).toBe(1);
    at(3_540);
    expect(await keeper.token("v1", CLIENT)).toMatchObject({ value: "token-in-clear-1", renewAt: START + 3_541_000 });
    await brings(keeper, "2");
    expect(asked()).toBe(2);
  });

  it("does not make anybody wait for a slow endpoint while the token lives", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    at(3_550);
    let released = false;
    instead = async () => {
      while (!released) await scheduler.wait(5);
      return grantToken();
    };
    expect(await Promise.all([tokenOf(keeper), tokenOf(keeper), tokenOf(keeper)])).toEqual(["1", "1", "1"]);
    expect(asked()).toBe(2);
    released = true;
    await brings(keeper, "2");
    expect(asked()).toBe(2);
  });

  it("gives out the old token while it lives when the endpoint fails, and then says that it failed", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    instead = broken;
    at(3_550);
    expect(await tokenOf(keeper)).toBe("1");
    await failed(1);
    at(3_599);
    expect(await tokenOf(keeper)).toBe("1");
    await failed(2);
    at(3_600);
    expect(await tokenOf(keeper)).toBe("The server's token endpoint answered with HTTP 503.");
    instead = null;
    at(3_700);
    expect(await tokenOf(keeper)).toBe("2");
  });

  it("asks an endpoint that fails ever less often, and at once again when it has granted a token", async () => {
    const keeper = newKeeper();
    instead = broken;
    const times: number[] = [];
    for (let second = 0; second < 300; second++) {
      at(second);
      const before = asked();
      expect(await tokenOf(keeper)).toContain("HTTP 503");
      if (asked() > before) times.push(second);
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    instead = null;
    at(400);
    expect(await tokenOf(keeper)).toBe("1");
    instead = broken;
    at(400 + 3_600);
    expect(await tokenOf(keeper)).toContain("HTTP 503");
    at(400 + 3_601);
    instead = null;
    expect(await tokenOf(keeper)).toBe("2");
  });

  it("asks for another token when the server refuses the one that it has, once for all who were refused", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    const all = await Promise.all(Array.from({ length: 20 }, () => renewed(keeper, "token-in-clear-1")));
    expect(new Set(all)).toEqual(new Set(["2"]));
    expect(asked()).toBe(2);
    expect(await tokenOf(keeper)).toBe("2");
  });

  it("says by the same token that it is too soon for another, for a server that refuses every one", async () => {
    const keeper = newKeeper();
    let token = await tokenOf(keeper);
    const times: number[] = [];
    for (let second = 0; second < 200; second++) {
      at(second);
      const next = await renewed(keeper, `token-in-clear-${token}`);
      if (next !== token) times.push(second);
      token = next;
    }
    expect(times).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    at(10_000);
    expect(await renewed(keeper, `token-in-clear-${await tokenOf(keeper)}`)).not.toBe(token);
  });

  it("has a token for each version of the credential, and never one for the other", async () => {
    const keeper = newKeeper();
    expect([await tokenOf(keeper, "v1"), await tokenOf(keeper, "v2")]).toEqual(["1", "2"]);
    expect([await tokenOf(keeper, "v1"), await tokenOf(keeper, "v2")]).toEqual(["1", "2"]);
    await evictDurableObject(keeper);
    expect(await tokenOf(keeper, "v2")).toBe("2");
    expect(await tokenOf(keeper, "v1")).toBe("3");
  });

  it("calls nobody whom it may not call, whatever let the address through", async () => {
    for (const tokenUrl of ["https://169.254.169.254/token", "http://login.example.com/", "https://a:b@c.example/"]) {
      const answer = await newKeeper().token("v1", { ...CLIENT, tokenUrl });
      expect(shortOf(answer)).toMatch(/^The server's token endpoint must .* an operator must mend it\.$/);
    }
    expect(asked()).toBe(0);
  });
});

describe("what the keeper stores", () => {
  it("lets an eviction cost no token", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    await evictDurableObject(keeper);
    at(3_000);
    expect(await keeper.token("v1", CLIENT)).toMatchObject({ value: "token-in-clear-1", renewAt: START + 3_540_000 });
    expect(asked()).toBe(1);
  });

  it("is sealed, and has nothing of the client", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    const stored = await storedBy(keeper);
    expect(stored).toMatch(/token.*[0-9a-f]{8}\./);
    for (const secret of ["token-in-clear", CLIENT.clientSecret, CLIENT.clientId]) expect(stored).not.toContain(secret);
  });

  it("is not the token that the server refused", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    instead = broken;
    expect(await renewed(keeper, "token-in-clear-1")).toContain("HTTP 503");
    await evictDurableObject(keeper);
    expect(await tokenOf(keeper)).toContain("HTTP 503");
    expect(await storedBy(keeper)).not.toMatch(/[0-9a-f]{8}\./);
  });

  it("is nothing once it was told to forget", async () => {
    const keeper = newKeeper();
    await tokenOf(keeper);
    await keeper.forget();
    expect(await storedBy(keeper)).not.toMatch(/[0-9a-f]{8}\./);
    expect(await tokenOf(keeper)).toBe("2");
  });

  it("is nothing either when a token comes that was asked for before", async () => {
    const keeper = newKeeper();
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    instead = async () => {
      await released;
      return grantToken();
    };
    const late = tokenOf(keeper);
    await vi.waitFor(() => expect(asked()).toBe(1));
    await keeper.forget();
    release();
    expect(await late).toBe("1");
    expect(await storedBy(keeper)).not.toMatch(/[0-9a-f]{8}\./);
  });
});

it("no failure that is logged has a secret in it", async () => {
  instead = () => Response.json({ error: "token-in-clear", error_description: CLIENT.clientSecret }, { status: 401 });
  await tokenOf(newKeeper());
  const logged = warnings.join();
  expect(logged).toContain("upstream token not renewed");
  expect(logged).toContain(`keeper-${keepers}`);
  for (const secret of ["token-in-clear", CLIENT.clientSecret]) expect(logged).not.toContain(secret);
});

function storedBy(keeper: Keeper): Promise<string> {
  return runInDurableObject(keeper, (_, { storage }) => JSON.stringify([...storage.kv.list()]));
}
