import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seal, unseal } from "../../../src/upstream/seal.ts";

const KEY = "00112233445566778899aabbccddeeff".repeat(2);
const OTHER_KEY = "ffeeddccbbaa99887766554433221100".repeat(2);

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
  it.each(["", "00", `${KEY}0`, KEY.replace("0", "g"), `${KEY}\n`])(
    "is an error that does not repeat it: %j",
    async (bad) => {
      const refused = expect(seal(bad, "server", "files", "secret")).rejects;
      await refused.toThrow("ROOT_KEY must be 32 bytes written as 64 hexadecimal digits");
      await expect(unseal(bad, "server", "files", "00000000.AAAA")).rejects.toThrow("ROOT_KEY");
    },
  );
});
