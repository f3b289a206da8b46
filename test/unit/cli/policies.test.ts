import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { check } from "../../../src/cli/apply/check.ts";
import { readFolder } from "../../../src/cli/apply/folder.ts";
import { decide, isListed } from "../../../src/policy/decide.ts";
import { callOf, policyOf, textOf, verdict } from "../policy/given.ts";
import { folder } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FIREWALLS = ["borealhost", "fortimanager", "fortios", "opnsense"];

/** Of each server's standard policy, as policies/README.md has it: Read, Write, Execute, Destructive, Financial. */
const COUNTS = {
  borealhost: [15, 21, 3, 7, 5],
  everything: [9, 2, 7, 0, 0],
  filesystem: [10, 4, 0, 0, 0],
  fortimanager: [364, 134, 24, 62, 0],
  fortios: [181, 35, 8, 16, 0],
  git: [7, 5, 0, 0, 0],
  github: [14, 11, 1, 0, 0],
  kubernetes: [7, 2, 11, 3, 0],
  memory: [3, 3, 0, 3, 0],
  opnsense: [71, 67, 33, 25, 0],
  playwright: [7, 5, 13, 0, 0],
  postgres: [0, 0, 1, 0, 0],
};
const CLASSES = ["Read", "Write", "Execute", "Destructive", "Financial"];
const SERVERS = Object.keys(COUNTS);
const URLS = Object.fromEntries(SERVERS.map((slug) => [`${slug.toUpperCase()}_URL`, "https://server.example/mcp"]));

/** The policy room counts in millionths. */
const UNIT = 1_000_000n;

function shipped() {
  const checked = check(readFolder(join(ROOT, "policies"), ROOT), URLS);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.servers;
}

function policy(slug: string, name: string) {
  const found = shipped().find((server) => server.slug === slug);
  return policyOf(found?.policies.find((each) => each.name === name)?.canonical);
}

type Written = { readonly tools: Readonly<Record<string, { readonly description: string }>> };

function written(slug: string, name: string): Written {
  return JSON.parse(readFileSync(join(ROOT, "policies", slug, `${name}.json`), "utf8")) as Written;
}

function classIn(description: string): string {
  return /^[A-Z][a-z]+/.exec(description)?.[0] ?? "";
}

const RULES: Readonly<Record<string, object>> = {
  Read: {},
  Write: { rate_limit: "30/minute" },
  Execute: { rate_limit: "10/minute" },
  Destructive: { action: "hide" },
  Financial: { action: "deny", reason: "Requires human approval." },
};

describe("the policies that come along", () => {
  test("are without fault, each with a server whose address and secret come from outside", () => {
    expect(shipped().map(({ slug }) => slug)).toEqual(SERVERS);
    expect(readdirSync(join(ROOT, "policies"))).toEqual(["README.md", ...SERVERS]);
    for (const { slug, server } of shipped().filter(({ slug }) => FIREWALLS.includes(slug))) {
      expect(server).toMatchObject({
        kind: "apply",
        spec: { credential: { headers: { Authorization: `Bearer \${secret:${slug.toUpperCase()}_TOKEN}` } } },
      });
    }
  });

  test("name one server each, and skip it where nobody says where it is", () => {
    const checked = check(readFolder(join(ROOT, "policies"), ROOT), {});
    expect(checked.ok && checked.servers.map(({ server }) => server)).toEqual(
      SERVERS.map((slug) => ({ kind: "skip", variable: `${slug.toUpperCase()}_URL` })),
    );
  });

  test.each(Object.entries(COUNTS))("%s: standard names each tool and its class", (slug, counts) => {
    const entries = Object.entries(written(slug, "standard").tools);
    expect(entries.filter(([name]) => name.includes("*"))).toEqual([]);
    const counted = CLASSES.map((name) => entries.filter(([, { description }]) => classIn(description) === name));
    expect(counted.map(({ length }) => length)).toEqual(counts);
    expect(counted.flat()).toHaveLength(entries.length);
    const row = [entries.length, ...counts].join(" | ");
    expect(readFileSync(join(ROOT, "policies/README.md"), "utf8")).toContain(`| [${slug}](${slug}) | ${row} |`);
  });

  test.each(SERVERS)("%s: what a class asks for is what the entry says, unless a person's words explain it", (slug) => {
    for (const [name, { description, ...rule }] of Object.entries(written(slug, "standard").tools)) {
      if (description.includes(", by hand: ")) continue;
      expect({ name, rule }).toEqual({ name, rule: RULES[classIn(description)] });
    }
  });

  test.each([
    ["fortimanager", "create_ipsec_phase1_interface"],
    ["fortios", "vpn_ipsec_phase2_create"],
    ["borealhost", "add_firewall_rule"],
    ["opnsense", "nat_create_port_forward"],
  ])("%s: %s thirty times a minute, and nothing that nobody has looked at", (slug, tool) => {
    const standard = policy(slug, "standard");
    expect(decide(standard, callOf("{}", { tool }))).toMatchObject({
      effect: "allow",
      limits: [{ max: 30n * UNIT, window: "minute", scope: "grant" }],
    });
    expect(verdict(decide(standard, callOf("{}", { tool: "delete_everything" })))).toBe("deny (default deny)");
  });

  test("fortimanager also shows who is logged in, without a limit", () => {
    const call = callOf("{}", { tool: "get_active_user_sessions" });
    expect(decide(policy("fortimanager", "standard"), call)).toEqual({ effect: "allow", limits: [] });
  });
});

test("what the README tells to write can be applied as it stands", () => {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const [server = "", support = ""] = [...readme.matchAll(/```json\n(.*?)```/gs)].map(([, text = ""]) => text);
  const root = folder({ "tickets/server.json": server, "tickets/support.json": support });
  expect(check(readFolder(root, root), {})).toMatchObject({
    ok: true,
    servers: [{ slug: "tickets", server: { kind: "apply" }, policies: [{ name: "support" }] }],
  });
});

describe("the demo policy shows", () => {
  const demo = policy("everything", "demo");
  const decided = (tool: string, args: string): string => verdict(decide(demo, callOf(args, { tool })));

  test("an allowed call", () => {
    expect(decided("echo", '{"message":"hello"}')).toBe("allow");
    expect(decided("get-tiny-image", "{}")).toBe("allow");
  });

  test("calls denied by their arguments, with a reason", () => {
    const call = callOf('{"message":"my Password is swordfish"}', { tool: "echo" });
    expect(verdict(decide(demo, call))).toBe("deny /tools/echo/deny_if/0");
    expect(textOf(decide(demo, call))).toContain("Leave it out");
    expect(decided("get-annotated-message", '{"messageType":"error"}')).toBe(
      "deny /tools/get-annotated-message/deny_if/0",
    );
    expect(decided("get-resource-links", '{"count":9}')).toBe("deny /tools/get-resource-links/require/0");
    expect(decided("get-resource-links", "{}")).toBe("deny /tools/get-resource-links/require/0");
  });

  test("a tool that is listed and refused, one that is hidden, and one that nobody has looked at", () => {
    expect(decided("trigger-long-running-operation", "{}")).toBe("deny /tools/trigger-long-running-operation/action");
    expect(isListed(demo, "trigger-long-running-operation")).toBe(true);
    expect(decided("get-env", "{}")).toBe("hide (hidden)");
    expect(isListed(demo, "get-env")).toBe(false);
    expect(decided("gzip-file-as-resource", "{}")).toBe("deny (default deny)");
  });

  test("five sums a minute", () => {
    const decision = decide(demo, callOf('{"a":1,"b":2}', { tool: "get-sum" }));
    expect(decision.effect === "allow" && decision.limits).toMatchObject([
      { max: 60n * UNIT },
      { counter: "sums", max: 5n * UNIT },
    ]);
  });
});
