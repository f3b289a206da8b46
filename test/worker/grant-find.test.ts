import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { findGrant, tokenKey } from "../../src/grant/find.ts";
import { hashToken, mintToken } from "../../src/grant/token.ts";

const freshToken = () => mintToken(crypto.getRandomValues(new Uint8Array(32)));

/** The real store, with a count of how often it is asked. */
function counted() {
  const count = { reads: 0 };
  const GRANTGATE_KV = new Proxy(env.GRANTGATE_KV, {
    get: (target, key) => {
      if (key === "get") count.reads++;
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { count, store: { GRANTGATE_KV } };
}

describe("finding a grant", () => {
  it("asks the store once for a token that leads to a grant", async () => {
    const { count, store } = counted();
    const token = freshToken();
    await env.GRANTGATE_KV.put(tokenKey(await hashToken(token)), "grt_1");
    expect((await findGrant(store, token))?.grant).toBe("grt_1");
    expect((await findGrant(store, token))?.grant).toBe("grt_1");
    expect(count.reads).toBe(1);
  });

  it("never asks it for a malformed token", async () => {
    const { count, store } = counted();
    const token = freshToken();
    for (const text of ["", "ggt_", token.slice(1), `${token}x`, token.replace("ggt_", "ggp_"), token.toLowerCase()]) {
      expect(await findGrant(store, text)).toBeNull();
    }
    expect(count.reads).toBe(0);
  });

  it("does not remember that a token led nowhere", async () => {
    const token = freshToken();
    expect(await findGrant(env, token)).toBeNull();
    await env.GRANTGATE_KV.put(tokenKey(await hashToken(token)), "grt_2");
    expect((await findGrant(env, token))?.grant).toBe("grt_2");
  });
});
