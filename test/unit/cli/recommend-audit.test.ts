import { describe, expect, it } from "vitest";
import { grant, type Reply, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { folder } from "./stage.ts";

describe("policy recommend --from-audit", () => {
  const record = (tool: string | null, effect: string, second: number): string =>
    JSON.stringify({
      id: `grt_1:${second}`,
      time: `2026-11-20T12:00:${String(second).padStart(2, "0")}.000Z`,
      grant: { id: "grt_1", label: "ci" },
      server: "s",
      method: "tools/call",
      tool,
      effect,
    });
  const LINES = [
    record("get_ticket", "allow", 1),
    record("get_ticket", "allow", 2),
    record("create_ticket", "allow", 3),
    record("delete_ticket", "hide", 4),
    record("proxy", "allow", 5),
    record(null, "deny", 6),
    "no record",
  ];
  const PIN = { state: "pinned", hash: "a", seenHash: null, pinnedAt: null, seenAt: null };
  const POLICY = {
    version: "1",
    default: "deny",
    tools: { "pro*": { unwrap: { tool: "args.name", arguments: "args.with" } } },
  };

  function gateway(lines: readonly string[], policy: string | null = "p", pinned: readonly object[] = []) {
    const items = pinned.map((tool) => ({ ...tool, ...PIN, pinned: tool, seen: null }));
    return standIn(
      () => undefined,
      ({ path }): Reply | undefined => {
        if (path.startsWith("/api/v1/grants/grt_1"))
          return { status: 200, body: { ...grant({ label: "ci" }), policy } };
        if (path.startsWith("/api/v1/grants/")) return { status: 404, body: { detail: "no" }, problem: true };
        const end = { link: 0, hash: "" };
        if (path.startsWith("/api/v1/audit/chain/")) {
          return { status: 200, body: { grant: "grt_1", anchor: end, head: end, gathered: 0 } };
        }
        if (path.startsWith("/api/v1/audit/export")) return { status: 200, lines };
        if (path.startsWith("/api/v1/servers/s/tools?")) {
          const head = { server: "s", drift: "hold", complete: true, listedAt: null, tools: items.length, drifted: 0 };
          return { status: 200, body: { ...head, items, next: null } };
        }
        return path === "/api/v1/policies/s/p" ? { status: 200, body: { document: POLICY } } : undefined;
      },
    );
  }

  it("proposes the least that a grant's calls needed, and says what was refused and what it leaves out", async () => {
    const at = await gateway(LINES);
    const { exit, out, err } = await grantgate("policy recommend --from-audit --grant grt_1 --from 14d", { at });
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({
      version: "1",
      description: "What 5 recorded calls from 2026-11-07 to 2026-11-21 needed, with room for half as much again.",
      default: "deny",
      tools: {
        create_ticket: {
          description: "Called once: at most 1 in a minute, 1 in an hour, 1 in a day.",
          limits: [{ counter: "create_ticket", window: "day", max: 2 }],
        },
        get_ticket: {
          description: "Called 2 times: at most 2 in a minute, 2 in an hour, 2 in a day.",
          limits: [{ counter: "get_ticket", window: "day", max: 5 }],
        },
      },
    });
    expect(err).toContain("delete_ticket: hide, once");
    expect(err).toMatch(/Was called, and has no entry:\n {2}"proxy": it runs other tools/);
    const asked = at.seen.find(({ path }) => path.includes("/audit/export"));
    expect(new URL(asked?.path ?? "", "http://x").searchParams.get("from")).toBe("2026-11-07T12:00:00.000Z");
  });

  it("writes what check, test and mutate find nothing wrong with", async () => {
    const root = folder();
    const at = await gateway(LINES);
    await grantgate("policy recommend --from-audit --grant grt_1 --out policies/s --name least", { at, root });
    expect(await grantgate("policy check policies --strict", { root })).toMatchObject({ exit: 0 });
    expect(await grantgate("policy test policies --mutate --require-coverage", { root })).toMatchObject({ exit: 0 });
  });

  it("proposes nothing for a grant that called nothing, or that there is not", async () => {
    const none = await gateway([record("get_ticket", "deny", 1)]);
    expect(await grantgate("policy recommend --from-audit --grant grt_1", { at: none })).toMatchObject({
      exit: 1,
      err: expect.stringContaining("has no allowed call of the grant grt_1 since 2026-10-22"),
    });
    expect(await grantgate("policy recommend --from-audit --grant grt_2", { at: none })).toMatchObject({
      exit: 1,
      err: expect.stringContaining("knows no grant grt_2"),
    });
  });

  it("opens no tool whose pinned schema says that it runs others, whatever the policy says of it", async () => {
    const calls = { type: "array", items: { properties: { tool: { type: "string" }, args: { type: "object" } } } };
    const batch = { name: "batch", inputSchema: { type: "object", properties: { calls } } };
    const at = await gateway([record("get_ticket", "allow", 1), record("batch", "allow", 2)], null, [batch]);
    const { out, err } = await grantgate("policy recommend --from-audit --grant grt_1 --from 14d", { at });
    expect(Object.keys(JSON.parse(out).tools)).toEqual(["get_ticket"]);
    expect(err).toContain('"batch": it runs other tools');
  });

  it("needs no policy in force", async () => {
    const at = await gateway([record("get_ticket", "allow", 1)], null);
    expect(await grantgate("policy recommend --from-audit --grant grt_1", { at })).toMatchObject({ exit: 0 });
  });
});
