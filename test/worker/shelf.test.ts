/** What the shelf of a server pins and what it holds, in the real Durable Object with its real limits of storage. */

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Definition } from "../../src/tools/pins/definition.ts";
import type { Drift } from "../../src/tools/pins/protocol.ts";
import { stateOf } from "../../src/tools/pins/sighting.ts";

const HOME = "https://files.example.com/mcp";

const tool = (name: string, hash: string, text = `{"name":"${name}"}`): Definition => ({ name, hash, text });

let shelves = 0;

function shelf() {
  const stub = env.TOOL_SHELF.getByName(`shelf-${++shelves}`);
  const see = (definitions: readonly Definition[], more: { drift?: Drift; whole?: boolean; origin?: string } = {}) =>
    stub.see({ origin: HOME, drift: "hold", whole: true, ...more, definitions });
  const stateIn = async (origin = HOME) => {
    const { rows } = await stub.inventory(origin, { after: "", limit: 1_000, drifted: false, definitions: false });
    return Object.fromEntries(rows.map((row) => [row.name, stateOf(row)]));
  };
  return { stub, see, stateIn };
}

describe("the first sight of a server's tools", () => {
  it("pins them", async () => {
    const { see, stateIn } = shelf();
    expect(await see([tool("a", "1"), tool("b", "2")])).toMatchObject({ drifted: [], news: [] });
    expect(await stateIn()).toEqual({ a: "pinned", b: "pinned" });
  });

  it("goes on for page after page, until a list has been seen whole", async () => {
    const { stub, see, stateIn } = shelf();
    await see([tool("a", "1")], { whole: false });
    expect((await see([tool("b", "2")], { whole: false })).drifted).toEqual([]);
    await stub.close(HOME, ["a", "b"]);
    expect((await see([tool("c", "3")], { whole: false })).drifted).toEqual(["c"]);
    expect(await stateIn()).toEqual({ a: "pinned", b: "pinned", c: "new" });
  });

  it("holds a name that one list gives two definitions", async () => {
    const { see } = shelf();
    expect((await see([tool("a", "1"), tool("a", "2")])).drifted).toEqual(["a"]);
  });
});

describe("a later list", () => {
  it("that says the same says nothing, and is not written down again", async () => {
    const { see } = shelf();
    const first = await see([tool("a", "1")]);
    expect(await see([tool("a", "1")])).toMatchObject({ revision: first.revision, drifted: [], news: [] });
  });

  it("holds what changed and what is new, and leaves the rest alone", async () => {
    const { see, stateIn } = shelf();
    await see([tool("a", "1"), tool("b", "2")]);
    const seen = await see([tool("a", "1"), tool("b", "other"), tool("c", "3")]);
    expect(seen.drifted).toEqual(["b", "c"]);
    expect(seen.news).toEqual([
      { name: "b", state: "changed" },
      { name: "c", state: "new" },
    ]);
    expect(await stateIn()).toEqual({ a: "pinned", b: "changed", c: "new" });
  });

  it("does not let go of a tool by listing it as it was", async () => {
    const { see } = shelf();
    await see([tool("a", "1")]);
    await see([tool("a", "2")]);
    expect((await see([tool("a", "1")])).drifted).toEqual(["a"]);
  });

  it("tells what is gone once, and that it is back by not telling it any more", async () => {
    const { see, stateIn } = shelf();
    await see([tool("a", "1"), tool("b", "2")]);
    expect((await see([tool("a", "1")])).news).toEqual([{ name: "b", state: "gone" }]);
    expect((await see([tool("a", "1")])).news).toEqual([]);
    expect((await see([tool("a", "1"), tool("b", "2")])).drifted).toEqual([]);
    expect(await stateIn()).toEqual({ a: "pinned", b: "pinned" });
  });

  it("says nothing of what is gone when it is a page", async () => {
    const { see } = shelf();
    await see([tool("a", "1"), tool("b", "2")]);
    expect((await see([tool("a", "1")], { whole: false })).news).toEqual([]);
  });

  it("is pinned as it comes where nothing is to be held", async () => {
    const { see, stateIn } = shelf();
    await see([tool("a", "1")]);
    await see([tool("a", "2")]);
    expect((await see([tool("a", "3"), tool("b", "1")], { drift: "allow" })).drifted).toEqual([]);
    expect(await stateIn()).toEqual({ a: "pinned", b: "pinned" });
  });

  it("of another address is another server's", async () => {
    const { stub, see, stateIn } = shelf();
    await see([tool("a", "1")]);
    const elsewhere = "https://moved.example.com/mcp";
    expect((await see([tool("a", "2")], { origin: elsewhere })).drifted).toEqual([]);
    expect(await stateIn()).toEqual({ a: "pinned" });
    expect((await stub.stand(elsewhere, "a")).tool).toEqual({ hash: "2", drifted: false });
    expect((await stub.stand(HOME, "a")).tool).toEqual({ hash: "1", drifted: false });
  });
});

describe("what is only compared", () => {
  it("teaches the shelf nothing", async () => {
    const { stub, see, stateIn } = shelf();
    await see([tool("a", "1")]);
    const definitions = [tool("a", "1"), tool("a", "2"), tool("b", "3")];
    expect(await stub.compare({ origin: HOME, definitions })).toEqual(["a", "b"]);
    expect(await stateIn()).toEqual({ a: "pinned" });
  });
});

describe("an operator's acceptance", () => {
  it("pins just the definition that was looked at", async () => {
    const { stub, see, stateIn } = shelf();
    await see([tool("a", "1")]);
    await see([tool("a", "2"), tool("b", "3")]);
    const wanted = [
      { name: "a", hash: "2" },
      { name: "b", hash: "3" },
    ];
    expect(await stub.accept(HOME, wanted)).toEqual([]);
    expect(await stateIn()).toEqual({ a: "pinned", b: "pinned" });
    expect((await see([tool("a", "2"), tool("b", "3")])).drifted).toEqual([]);
    expect((await see([tool("a", "1"), tool("b", "3")])).drifted).toEqual(["a"]);
  });

  it("accepts nothing when one of the tools was listed otherwise since, and says which", async () => {
    const { stub, see, stateIn } = shelf();
    await see([tool("a", "1"), tool("b", "1")]);
    await see([tool("a", "2"), tool("b", "2")]);
    await see([tool("a", "3"), tool("b", "2")]);
    const wanted = [
      { name: "a", hash: "2" },
      { name: "b", hash: "2" },
      { name: "none", hash: "2" },
    ];
    expect(await stub.acceptable(HOME, wanted)).toEqual(["a", "none"]);
    expect(await stub.accept(HOME, wanted)).toEqual(["a", "none"]);
    expect(await stateIn()).toEqual({ a: "changed", b: "changed" });
  });

  it("lets a tool be what it was, once the server lists it so again", async () => {
    const { stub, see, stateIn } = shelf();
    await see([tool("a", "1")]);
    await see([tool("a", "2")]);
    expect(await stub.accept(HOME, [{ name: "a", hash: "1" }])).toEqual([]);
    expect(await stateIn()).toEqual({ a: "changed" });
    await see([tool("a", "1")]);
    await stub.accept(HOME, [{ name: "a", hash: "1" }]);
    expect(await stateIn()).toEqual({ a: "pinned" });
  });

  it("lets go of a tool that is gone, which is new when it comes back", async () => {
    const { stub, see } = shelf();
    await see([tool("a", "1"), tool("b", "2")]);
    await see([tool("a", "1")]);
    expect(await stub.accept(HOME, [{ name: "a", hash: null }])).toEqual(["a"]);
    expect(await stub.accept(HOME, [{ name: "b", hash: null }])).toEqual([]);
    expect((await see([tool("a", "1"), tool("b", "2")])).drifted).toEqual(["b"]);
  });
});

describe("the storage of a shelf", () => {
  it("keeps a list that is much longer than a value of its storage may be, and gives it out in pages", async () => {
    const { stub, see } = shelf();
    const text = JSON.stringify({ description: "ü".repeat(50_000) });
    const tools = Array.from({ length: 150 }, (_, at) => tool(`tool_${String(at).padStart(3, "0")}`, `${at}`, text));
    await see(tools);
    const names: string[] = [];
    let after = "";
    for (let page = 0; page < 10; page++) {
      const { rows, more } = await stub.inventory(HOME, { after, limit: 100, drifted: false, definitions: true });
      expect(rows.every((row) => row.pinnedText === text)).toBe(true);
      names.push(...rows.map(({ name }) => name));
      after = names.at(-1) ?? "";
      if (!more) break;
    }
    expect(names).toEqual(tools.map(({ name }) => name));
  });

  it("holds 10,000 tools of a list in pages, and finds what changed in one of them", async () => {
    const { stub, see } = shelf();
    const tools = Array.from({ length: 10_000 }, (_, at) => tool(`tool_${at}`, `${at}`));
    for (let from = 0; from < tools.length; from += 100) await see(tools.slice(from, from + 100), { whole: false });
    await stub.close(
      HOME,
      tools.map(({ name }) => name),
    );
    expect((await see([tool("tool_7777", "other")], { whole: false })).drifted).toEqual(["tool_7777"]);
    const { tools: count, drifted } = await stub.inventory(HOME, {
      ...{ after: "", limit: 10, drifted: true, definitions: false },
    });
    expect([count, drifted]).toEqual([10_000, 1]);
  });

  it("keeps no more tools than it is made for, and counts the others as drifted", async () => {
    const { see } = shelf();
    const tools = Array.from({ length: 20_001 }, (_, at) => tool(`tool_${at}`, "1", "{}"));
    expect((await see(tools)).drifted).toEqual(["tool_20000"]);
  });

  it("pins a definition that is too long to be kept by its hash, and keeps the others of the list", async () => {
    const { stub, see } = shelf();
    await see([tool("long", "1", `"${"x".repeat(5_000_000)}"`), tool("short", "2", "{}")]);
    expect(await stub.definition("1")).toBeNull();
    expect(await stub.definition("2")).toBe("{}");
    expect((await see([tool("long", "3"), tool("short", "2")])).drifted).toEqual(["long"]);
  });

  it("lets go of definitions that nothing refers to any more", async () => {
    const { stub, see } = shelf();
    await see([tool("a", "1")]);
    await see([tool("a", "2")]);
    await see([tool("a", "3")]);
    expect(await Promise.all(["1", "2", "3"].map((hash) => stub.definition(hash)))).toEqual([
      expect.any(String),
      null,
      expect.any(String),
    ]);
  });

  it("drops what a version before pins had kept", async () => {
    const { stub } = shelf();
    const tables = (made: string) =>
      runInDurableObject(stub, (_, { storage: { sql } }) => {
        sql.exec(made);
        return sql.exec<{ name: string }>("SELECT name FROM sqlite_master WHERE name = 'tools'").toArray();
      });
    expect(await tables("CREATE TABLE tools (name TEXT PRIMARY KEY)")).toHaveLength(1);
    await evictDurableObject(stub);
    expect(await tables("SELECT 1")).toEqual([]);
  });
});
