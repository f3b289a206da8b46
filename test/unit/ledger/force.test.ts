import { describe, expect, it, test } from "vitest";
import type { GrantRecord } from "../../../src/grant/record.ts";
import { inForce, standingOf } from "../../../src/ledger/force.ts";
import type { TakeRequest } from "../../../src/ledger/protocol.ts";
import { GRANT, NOON } from "./given.ts";

const TOKENS = {
  tokens: [
    { hash: "old", expiresAt: NOON },
    { hash: "new", expiresAt: null },
  ],
};

describe("a grant that is active", () => {
  test.each<[string, Partial<GrantRecord>, string | undefined, boolean]>([
    ["counts", {}, undefined, true],
    ["counts until it expires", { expiresAt: NOON + 1 }, undefined, true],
    ["is worth nothing from the instant on at which it expires", { expiresAt: NOON }, undefined, false],
    ["is worth nothing while suspended", { status: "suspended" }, undefined, false],
    ["is worth nothing once revoked", { status: "revoked" }, undefined, false],
    ["is proven by a token of its own", TOKENS, "new", true],
    ["is proven by a token until that expires", { tokens: [{ hash: "a", expiresAt: NOON + 1 }] }, "a", true],
    ["is not proven by a token from the instant on at which that expires", TOKENS, "old", false],
    ["is not proven by another token", TOKENS, "other", false],
    ["is not proven by any token when it has none", { tokens: [] }, "a", false],
    ["is taken as proven by a gate that does not say by what", TOKENS, undefined, true],
    ["is taken as proven when its record is of a time without tokens", {}, "a", true],
  ])("%s", (_, over, token, expected) => {
    const grant = { ...GRANT, ...over };
    expect(inForce(grant, token, NOON)).toBe(expected ? grant : null);
  });

  it("is not one that nobody knows", () => {
    expect(inForce(null, undefined, NOON)).toBeNull();
  });
});

describe("what a call was decided by", () => {
  const decided = (over: Partial<TakeRequest>): TakeRequest => ({
    policyVersion: "p1",
    serverVersion: "s1",
    demands: [],
    entry: null,
    settlements: [],
    ...over,
  });

  test.each<[string, Partial<TakeRequest>, Partial<GrantRecord>, string]>([
    ["is in force at the same revision", { revision: 3 }, {}, "in force"],
    ["is in force at the same revision, whatever the versions", { revision: 3, policyVersion: "p0" }, {}, "in force"],
    ["is stale at an earlier revision", { revision: 2 }, {}, "stale"],
    ["is stale at a later revision", { revision: 4 }, {}, "stale"],
    ["is in force by its versions, where no revision is told", {}, {}, "in force"],
    ["is stale by another policy", { policyVersion: "p0" }, {}, "stale"],
    ["is stale by another server record", { serverVersion: "s0" }, {}, "stale"],
    ["is in force without a policy, where there is none", { policyVersion: null }, { policy: null }, "in force"],
    ["is stale by a policy, where there is none", {}, { policy: null }, "stale"],
    ["is stale without a policy, where there is one", { policyVersion: null }, {}, "stale"],
    ["counts for nothing once the grant is revoked", { revision: 3 }, { status: "revoked" }, "revoked"],
    ["counts for nothing by a token that is not the grant's", { revision: 3, token: "other" }, TOKENS, "revoked"],
  ])("%s", (_, request, over, kind) => {
    const grant = { ...GRANT, ...over };
    expect(standingOf(grant, decided(request), NOON)).toEqual(kind === "revoked" ? { kind } : { kind, grant });
  });
});
