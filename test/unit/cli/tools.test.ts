import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { canonicalJson } from "../../../src/json/canonical.ts";
import { type Reply, type Seen, type StandIn, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { screen } from "./stage.ts";

const at = "2026-11-21T12:00:00.000Z";

type Definition = Record<string, unknown>;
type Item = { name: string; state: string; pinned: Definition | null; seen: Definition | null };

const TEXT = { type: "string" };
const get = {
  name: "get_item",
  description: "Gets an item.",
  inputSchema: { type: "object", properties: { id: TEXT } },
};
const remove = {
  name: "delete_item",
  description: "Deletes an item.",
  inputSchema: { type: "object", properties: {} },
};

const reworded: Item = {
  name: "get_item",
  state: "changed",
  pinned: get,
  seen: { ...get, description: "Gets one item." },
};
const widened: Item = {
  name: "find_items",
  state: "changed",
  pinned: { ...get, name: "find_items" },
  seen: { ...get, name: "find_items", inputSchema: { type: "object", properties: { id: TEXT, q: TEXT } } },
};
const gone: Item = { name: "old_item", state: "gone", pinned: { ...get, name: "old_item" }, seen: null };
const added: Item = { name: "delete_item", state: "new", pinned: null, seen: remove };
const calm: Item = { name: "list_items", state: "pinned", pinned: { name: "list_items" }, seen: null };

const hash = (definition: Definition | null): string | null =>
  definition === null
    ? null
    : createHash("sha256")
        .update(canonicalJson(JSON.parse(JSON.stringify(definition))))
        .digest("hex");

/** A server's tools, a page at a time. */
function shelf(items: readonly Item[], head: Record<string, unknown> = {}, size = 1000) {
  return ({ method, path, body }: Seen): Reply | undefined => {
    const url = new URL(path, "http://x");
    if (!url.pathname.startsWith("/api/v1/servers/s/tools")) return undefined;
    if (method === "POST") return { status: 200, body: { accepted: JSON.parse(body).tools.length } };
    const isAsked = url.searchParams.get("definitions") === "true";
    const wanted = items.filter(({ state }) => url.searchParams.get("state") !== "drifted" || state !== "pinned");
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const page = wanted.slice(from, from + size).map(({ name, state, pinned, seen }) => ({
      ...{ name, state, hash: hash(pinned), seenHash: hash(seen), pinnedAt: pinned && at, seenAt: at },
      pinned: isAsked || state !== "pinned" ? pinned : null,
      seen,
    }));
    const drifted = items.filter(({ state }) => state !== "pinned").length;
    const whole = { server: "s", drift: "hold", complete: true, listedAt: at, tools: items.length, drifted, ...head };
    return {
      status: 200,
      body: { ...whole, items: page, next: from + size < wanted.length ? String(from + size) : null },
    };
  };
}

const serving = (items: readonly Item[], head = {}, size = 1000): Promise<StandIn> =>
  standIn(undefined, shelf(items, head, size));
const sent = (gateway: StandIn): unknown =>
  JSON.parse(gateway.seen.findLast(({ method }) => method === "POST")?.body ?? "null");

describe("tools diff", () => {
  test("is content where all is as pinned", async () => {
    const { exit, out, err } = await grantgate("tools diff s", { at: await serving([calm]) });
    expect({ exit, out, err }).toEqual({
      exit: 0,
      out: "",
      err: `1 tool of server s, all as pinned; last listed ${at}.\n`,
    });
  });

  test("says when nothing was listed yet, and when not all was", async () => {
    const never = await grantgate("tools diff s", { at: await serving([], { listedAt: null, complete: false }) });
    expect(never).toMatchObject({
      exit: 0,
      err: "The tools of server s have not been listed yet: nothing is pinned.\n",
    });
    const partly = await grantgate("tools diff s", { at: await serving([calm], { complete: false }) });
    expect(partly.err).toContain("has not been seen whole yet");
  });

  test("shows what changed, what matters most first, and how to accept it", async () => {
    const { exit, out, err } = await grantgate("tools diff s", {
      at: await serving([reworded, widened, gone, added, calm]),
    });
    expect(exit).toBe(1);
    expect(err).toContain("5 tools of server s, 4 not as pinned");
    expect(err).toContain("Drift is held");
    expect(err).toContain("npx grantgate tools accept s <tool>…");
    expect([...out.matchAll(/^(\w+) {2}(.*)$/gm)].map(([line]) => line)).toEqual([
      "delete_item  new, critical",
      "find_items  changed, high",
      "get_item  changed, medium",
      "old_item  gone, medium",
    ]);
    expect(out).toContain('high      schema widened  It takes a new argument: "q", "string".');
    expect(out).toContain("    - Gets an item.\n    + Gets one item.");
    expect(out).toContain('    +       "q": {');
    expect(out).toContain("    + Deletes an item.");
  });

  test("tells that drift is only told, or of one grant's inventory", async () => {
    const gateway = await serving([reworded], { drift: "warn" });
    const { err } = await grantgate("tools diff s --grant grt_1", { at: gateway });
    expect(err).toContain("can be called");
    expect(err).toContain("of server s for grant grt_1");
    expect(err).toContain("npx grantgate tools accept s get_item --grant grt_1");
    expect(gateway.seen.every(({ path }) => path.includes("grant=grt_1"))).toBe(true);
  });

  test("hides nothing that the new text hides", async () => {
    const tags = [..."ignore all"].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");
    const seen = { ...get, description: `Gets\u200b an item.${tags}\u202e\u001b[8m` };
    const { out } = await grantgate("tools diff s", { at: await serving([{ ...reworded, seen }]) });
    expect(out).toContain("+ Gets\\u200b an item.\\u{e0069}\\u{e0067}");
    expect(out).toContain("\\u202e\\u001b[8m");
    expect(out).toContain('which read "ignore all"');
    for (const hidden of ["\u200b", "\u202e", "\u001b", "\u{e0069}"]) expect(out).not.toContain(hidden);
  });

  test("notices tools that exchanged their definitions", async () => {
    const swapped: Item[] = [
      { name: "get_item", state: "changed", pinned: get, seen: { ...remove, name: "get_item" } },
      { name: "delete_item", state: "changed", pinned: remove, seen: { ...get, name: "delete_item" } },
    ];
    const { out } = await grantgate("tools diff s", { at: await serving(swapped) });
    expect(out).toContain('it is defined as "delete_item" was pinned');
    expect(out).toContain('it is defined as "get_item" was pinned');
    // One that took over the definition of a tool that is still as it was.
    const copied: Item = { name: "tidy_up", state: "new", pinned: null, seen: { ...remove, name: "tidy_up" } };
    const kept: Item = { name: "delete_item", state: "pinned", pinned: remove, seen: null };
    expect((await grantgate("tools diff s", { at: await serving([copied, kept]) })).out).toContain("critical  swapped");
  });

  test("does not call harmless what it can't read, and tells a change that was taken back", async () => {
    const large: Item = { ...reworded, seen: null };
    const back: Item = { ...reworded, name: "back_item", seen: get };
    const { out } = await grantgate("tools diff s", { at: await serving([large, back]) });
    expect(out).toContain("critical  too large");
    expect(out).toContain("is listed as pinned again");
  });

  test("gives programs the definitions, digit for digit", async () => {
    const gateway = await standIn(undefined, () => ({
      status: 200,
      lines: [
        `{"server":"s","drift":"hold","complete":true,"listedAt":"${at}","tools":1,"drifted":1,"items":[{"name":"a","state":"new","hash":null,"seenHash":"${"1".repeat(64)}","pinnedAt":null,"seenAt":"${at}","pinned":null,"seen":{"name":"a","inputSchema":{"type":"object","properties":{"n":{"maximum":9007199254740993}}}}}],"next":null}`,
      ],
      headers: { "content-type": "application/json" },
    }));
    const { exit, out } = await grantgate("tools diff s --json", { at: gateway });
    expect(exit).toBe(1);
    expect(out).toContain("9007199254740993");
    expect(JSON.parse(out)).toMatchObject({
      server: "s",
      drift: "hold",
      items: [{ name: "a", state: "new", weight: "medium" }],
    });
  });

  test("goes through all pages", async () => {
    const many = Array.from({ length: 25 }, (_, index): Item => ({ ...reworded, name: `tool_${index}` }));
    const { out } = await grantgate("tools diff s --json", { at: await serving(many, {}, 10) });
    expect(JSON.parse(out).items).toHaveLength(25);
  });

  test("tells a gateway that is none, and a refusal", async () => {
    expect(
      await grantgate("tools diff s", { at: await standIn(undefined, () => ({ status: 200, body: {} })) }),
    ).toMatchObject({ exit: 3 });
    const refused = await standIn(undefined, () => ({
      status: 409,
      body: { detail: "Grant grt_1 has no credential." },
      problem: true,
    }));
    expect(await grantgate("tools diff s --grant grt_1", { at: refused })).toMatchObject({
      exit: 1,
      err: expect.stringContaining("has no credential"),
    });
  });
});

describe("tools accept", () => {
  test("accepts what changed little and leaves the rest, by the hashes that were shown", async () => {
    const gateway = await serving([reworded, widened, gone, added]);
    const { exit, out, err } = await grantgate("tools accept s --yes", { at: gateway });
    expect(exit).toBe(1);
    expect(out).toBe("2 tools accepted: in force here at once, elsewhere within seconds.\n");
    expect(err).toContain("delete_item is left as it is: what changed is critical. Name it, or say --all.");
    expect(sent(gateway)).toEqual({
      tools: [
        { name: "get_item", hash: hash(reworded.seen) },
        { name: "old_item", hash: null },
      ],
    });
  });

  test("a name can't write lines of its own into what is said of it", async () => {
    const name = "x\n2 tools accepted: in force here at once";
    const forged: Item = { name, state: "new", pinned: null, seen: { ...remove, name } };
    const { err } = await grantgate("tools accept s --yes", { at: await serving([reworded, forged]) });
    expect(err.split("\n").filter((line) => line.startsWith("2 tools accepted"))).toEqual([]);
  });

  test("a name is no option of the command that is suggested", async () => {
    const forged: Item = { name: "--all", state: "new", pinned: null, seen: { ...remove, name: "--all" } };
    const { err } = await grantgate("tools diff s", { at: await serving([forged]) });
    expect(err).toContain("npx grantgate tools accept s <tool>…");
  });

  test("accepts what is named, or all", async () => {
    const gateway = await serving([reworded, widened]);
    const words = ["tools", "accept", "s", "find_items", "--yes", "--message", "Ticket 4711"];
    expect((await grantgate(words, { at: gateway })).exit).toBe(0);
    expect(sent(gateway)).toEqual({
      tools: [{ name: "find_items", hash: hash(widened.seen) }],
      message: "Ticket 4711",
    });
    const all = await grantgate("tools accept s --all --yes --json --grant grt_1", { at: gateway });
    expect(JSON.parse(all.out)).toMatchObject({
      server: "s",
      accepted: [{ name: "find_items" }, { name: "get_item" }],
      left: [],
    });
    expect(sent(gateway)).toMatchObject({ grant: "grt_1" });
  });

  test("shows what it would accept, and asks", async () => {
    const gateway = await serving([widened]);
    const questions: string[] = [];
    const no = screen({ confirm: async (question) => questions.push(question) < 0 });
    const { exit, err } = await grantgate("tools accept s find_items", { at: gateway, terminal: no });
    expect({ exit, questions }).toEqual({ exit: 1, questions: ["Really accept 1 tool of server s as shown?"] });
    expect(err).toContain('It takes a new argument: "q", "string".');
    expect(gateway.writes()).toEqual([]);
    expect(await grantgate("tools accept s find_items", { at: gateway })).toMatchObject({ exit: 2 });
  });

  test("accepts nothing where something changed again", async () => {
    const other = shelf([reworded]);
    const gateway = await standIn(undefined, (seen) =>
      seen.method === "POST"
        ? { status: 409, body: { detail: 'No longer listed as it was looked at: "get_item".' }, problem: true }
        : other(seen),
    );
    const { exit, out, err } = await grantgate("tools accept s --all --yes", { at: gateway });
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toContain('No longer listed as it was looked at: "get_item".');
    expect(err).toContain("npx grantgate tools diff s");
  });

  test("does nothing for a tool that is as pinned, for nothing, or for a contradiction", async () => {
    const gateway = await serving([reworded, calm]);
    expect(await grantgate("tools accept s list_items --yes", { at: gateway })).toMatchObject({
      exit: 1,
      err: expect.stringContaining('no tool "list_items" that is not as pinned'),
    });
    expect(await grantgate("tools accept s get_item --all --yes", { at: gateway })).toMatchObject({ exit: 2 });
    expect(await grantgate("tools accept s --yes", { at: await serving([calm]) })).toMatchObject({ exit: 0, out: "" });
    expect(gateway.writes()).toEqual([]);
  });
});

describe("tools", () => {
  test("inventory lists what is pinned", async () => {
    const { exit, out } = await grantgate("tools inventory s", { at: await serving([calm, added]) });
    expect(exit).toBe(0);
    expect(out.split("\n").map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ["TOOL", "STATE"],
      ["list_items", "pinned"],
      ["delete_item", "new"],
      [""],
    ]);
    const { out: text } = await grantgate("tools inventory s --json", { at: await serving([calm]) });
    expect(JSON.parse(text).items[0]).toMatchObject({ name: "list_items", pinned: { name: "list_items" } });
  });

  test("is still a command of its own, with options of its own", async () => {
    // Without a token it gets as far as asking for one, with the server that was named.
    const own = await grantgate("tools --server x", { at: await standIn() });
    expect(own).toMatchObject({ exit: 2, err: expect.stringContaining("No grant token for server x") });
    expect(await grantgate("tools dif s", { at: await standIn() })).toMatchObject({ exit: 2 });
    const { out } = await grantgate("tools --help");
    for (const verb of ["diff", "accept", "inventory", "--server", "--era"]) expect(out).toContain(verb);
  });
});
