import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ringOf, rootKeyOf } from "../../../src/upstream/root-key.ts";
import { presentKeyId, seal, sealedBy, unseal } from "../../../src/upstream/seal.ts";
import { openSession, sealSession } from "../../../src/upstream/session.ts";

const HEX = "00112233445566778899aabbccddeeff".repeat(2);
const OTHER_HEX = "ffeeddccbbaa99887766554433221100".repeat(2);
const KEY = ringOf(HEX);
const OTHER_KEY = ringOf(OTHER_HEX);

describe("a sealed text", () => {
  it("opens with its key, for its purpose and its identity, whatever it says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string(), async (text, identity) => {
        const sealed = await seal(KEY, "server", identity, text);
        expect(sealed).toMatch(/^[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
        expect(await unseal(KEY, "server", identity, sealed)).toBe(text);
      }),
    );
  });

  it("opens for no other key, purpose or identity", async () => {
    const sealed = await seal(KEY, "server", "files", "secret");
    expect(await unseal(OTHER_KEY, "server", "files", sealed)).toBeNull();
    expect(await unseal(KEY, "session", "files", sealed)).toBeNull();
    expect(await unseal(KEY, "server", "file", sealed)).toBeNull();
    expect(await unseal(KEY, "server", "", sealed)).toBeNull();
    expect(await unseal(KEY, "server\0files", "", sealed)).toBeNull();
  });

  it("does not open with another key's text under this key's id", async () => {
    const [ours, theirs] = [await seal(KEY, "server", "files", "a"), await seal(OTHER_KEY, "server", "files", "b")];
    expect(ours.slice(0, 8)).not.toBe(theirs.slice(0, 8));
    expect(await unseal(KEY, "server", "files", ours.slice(0, 8) + theirs.slice(8))).toBeNull();
  });

  it("does not open once any character of it was changed", async () => {
    const sealed = await seal(KEY, "server", "files", "secret");
    for (let place = 0; place < sealed.length - 1; place++) {
      const changed = sealed.slice(0, place) + (sealed[place] === "7" ? "8" : "7") + sealed.slice(place + 1);
      expect(await unseal(KEY, "server", "files", changed)).toBeNull();
    }
  });

  it("is what nothing else is", async () => {
    const id = (await seal(KEY, "server", "files", "")).slice(0, 8);
    for (const text of ["", ".", id, `${id}.`, `${id}.AAAA`, `${id}.${"A".repeat(200)}`, `${id}.****`, "null"]) {
      expect(await unseal(KEY, "server", "files", text)).toBeNull();
    }
  });

  it("is never the same twice", async () => {
    const texts = await Promise.all(Array.from({ length: 50 }, () => seal(KEY, "server", "files", "secret")));
    expect(new Set(texts).size).toBe(50);
  });
});

describe("a root key that is not 32 bytes of hex", () => {
  const bad = ["", "00", `${HEX}0`, HEX.replace("0", "g"), `${HEX}\n`];

  it.each(bad)("is an error that does not repeat it: %j", async (key) => {
    const refused = expect(seal(ringOf(key), "server", "files", "secret")).rejects;
    await refused.toThrow("ROOT_KEY must be 32 bytes written as 64 hexadecimal digits");
    await expect(unseal(ringOf(key), "server", "files", "00000000.AAAA")).rejects.toThrow("ROOT_KEY");
  });

  it.each(bad.slice(1))("is no key of an environment, neither as the present nor as the previous: %j", (key) => {
    expect(() => rootKeyOf({ ROOT_KEY: key })).toThrow(/^ROOT_KEY is not set to 32 bytes in hex; [^0-9]*$/);
    expect(() => rootKeyOf({ ROOT_KEY: HEX, ROOT_KEY_PREVIOUS: key })).toThrow(/^ROOT_KEY_PREVIOUS is not 32 bytes/);
  });
});

describe("a key ring", () => {
  const changed = ringOf(OTHER_HEX, HEX);

  it("is made of the environment; a previous key may be missing or empty", () => {
    expect(rootKeyOf({ ROOT_KEY: HEX })).toEqual({ present: HEX, previous: null });
    expect(rootKeyOf({ ROOT_KEY: HEX, ROOT_KEY_PREVIOUS: "" })).toEqual({ present: HEX, previous: null });
    expect(rootKeyOf({ ROOT_KEY: OTHER_HEX, ROOT_KEY_PREVIOUS: HEX })).toEqual({ present: OTHER_HEX, previous: HEX });
  });

  it("opens what either of its keys sealed, and seals with the present one", async () => {
    const [before, after] = await Promise.all([KEY, changed].map((ring) => seal(ring, "server", "files", "secret")));
    expect(await unseal(changed, "server", "files", before ?? "")).toBe("secret");
    expect(await unseal(changed, "server", "files", after ?? "")).toBe("secret");
    expect(await unseal(KEY, "server", "files", after ?? "")).toBeNull();
    expect(await unseal(OTHER_KEY, "server", "files", after ?? "")).toBe("secret");
    expect(await unseal(OTHER_KEY, "server", "files", before ?? "")).toBeNull();
  });

  it("is no looser for having two keys", async () => {
    const sealed = await seal(KEY, "server", "files", "secret");
    expect(await unseal(changed, "session", "files", sealed)).toBeNull();
    expect(await unseal(changed, "server", "other", sealed)).toBeNull();
    const stolen = `${sealedBy(await seal(OTHER_KEY, "server", "files", "x"))}${sealed.slice(8)}`;
    expect(await unseal(changed, "server", "files", stolen)).toBeNull();
  });

  it("tells which key sealed a text", async () => {
    const [before, after] = await Promise.all([KEY, changed].map((ring) => seal(ring, "server", "files", "secret")));
    expect(sealedBy(before ?? "")).toBe(await presentKeyId(KEY));
    expect(sealedBy(after ?? "")).toBe(await presentKeyId(changed));
    expect(await presentKeyId(changed)).toBe(await presentKeyId(OTHER_KEY));
    expect(await presentKeyId(changed)).not.toBe(await presentKeyId(KEY));
    for (const text of ["", "secret", "0123456.AAAA", "01234567", "01234567.A A"]) expect(sealedBy(text)).toBeNull();
  });

  it("keeps sessions good that began under the previous key", async () => {
    const owner = { grant: "g1", server: "files" };
    const id = await sealSession(KEY, owner, "session-1");
    expect(await openSession(changed, owner, id)).toBe("session-1");
    expect(await openSession(changed, { ...owner, grant: "g2" }, id)).toBeNull();
  });

  it("can't be taken for a text by mistake", () => {
    expect(() => String(changed)).toThrow(TypeError);
    expect(() => `${changed}`).toThrow(TypeError);
    expect(() => new TextEncoder().encode(changed as never)).toThrow(TypeError);
  });
});
