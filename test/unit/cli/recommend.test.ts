import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { grantgate } from "./grantgate.ts";
import { folder, SERVER } from "./stage.ts";

const ID = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };
const TOOLS = [
  { name: "get_ticket", description: "Get a ticket.", inputSchema: ID },
  { name: "create_ticket", description: "Create a ticket.", inputSchema: ID },
  { name: "delete_ticket", description: "Delete a ticket.", inputSchema: ID },
];

function tickets(tools: readonly object[] = TOOLS): Record<string, string> {
  return { "list.json": JSON.stringify({ tools }) };
}

describe("policy recommend", () => {
  it("prints a policy, and says on the other channel what it holds", async () => {
    const { exit, out, err } = await grantgate("policy recommend list.json", { files: tickets() });
    expect(exit).toBe(0);
    expect(out).toBe(`{
  "version": "1",
  "description": "Recommended from a list of 3 tools, by class, the dangerous first.",
  "default": "deny",
  "tools": {
    "delete_ticket": {
      "description": "Destructive: its name contains the verb *delete*, which loses what was there.",
      "action": "hide"
    },
    "create_ticket": {
      "description": "Write: its name contains the verb *create*; no undo named.",
      "rate_limit": "30/minute"
    },
    "get_ticket": { "description": "Read: its name contains the verb *get*, which looks and changes nothing." }
  }
}
`);
    expect(err.split("\n").slice(0, 5)).toEqual([
      "3 tools of list.json",
      "  CLASS        TOOLS  WHAT BECOMES OF THEM",
      "  destructive  1      hidden",
      "  write        1      30 calls a minute each",
      "  read         1      open",
    ]);
  });

  it("prints the cases in place of it", async () => {
    const { out } = await grantgate("policy recommend list.json --cases", { files: tickets() });
    expect(JSON.parse(out)).toHaveLength(5);
  });

  it("tells programs everything", async () => {
    const { out } = await grantgate("policy recommend list.json --json", { files: tickets() });
    expect(JSON.parse(out)).toMatchObject({
      policy: { default: "deny" },
      cases: expect.any(Array),
      classes: { destructive: 1, write: 1, read: 1 },
      tools: [{ name: "delete_ticket", class: "destructive", rule: "hidden" }, {}, {}],
      left: [],
      unshown: [],
    });
  });

  it("names what a person should look at, and what no entry can name", async () => {
    const { err } = await grantgate("policy recommend list.json", {
      files: tickets([...TOOLS, { name: "frobnicate" }, { name: "get_*" }]),
    });
    expect(err).toMatch(/Look at these:\n {2}TOOL +WHY\n {2}frobnicate +Write: .*That is a guess/);
    expect(err).toMatch(/No entry can name these.*\n {2}"get_\*": its name contains "\*"/);
  });

  it("writes policy and cases that check, test and mutate find nothing wrong with", async () => {
    const root = folder({ ...tickets(), "policies/tickets/server.json": SERVER });
    const made = await grantgate("policy recommend list.json --out policies/tickets --name standard", { root });
    expect(made.err).toContain("Written: policies/tickets/standard.json, policies/tickets/standard.cases.json");
    expect(made.err).toContain("npx grantgate apply policies --dry-run");
    expect(existsSync(join(root, "policies/tickets/tools.json"))).toBe(false);
    expect(await grantgate("policy check policies --strict", { root })).toMatchObject({ exit: 0 });
    expect(await grantgate("policy test policies --mutate --require-coverage", { root })).toMatchObject({ exit: 0 });
  });

  it("brings the schemas that strict cases are tested against, without the server's prose", async () => {
    const root = folder(tickets());
    await grantgate("policy recommend list.json --strict --shared --out policies/tickets", { root });
    expect(await grantgate("policy test policies --mutate --require-coverage", { root })).toMatchObject({ exit: 0 });
    const schemas = readFileSync(join(root, "policies/tickets/tools.json"), "utf8");
    expect(JSON.parse(schemas).tools[0]).toEqual({ name: "get_ticket", inputSchema: ID });
  });

  it("writes over no file but with --force, and then over those alone", async () => {
    const files = { ...tickets(), "p/tools.json": '{ "tools": [] }', "p/mine.cases.json": "[]" };
    const root = folder(files);
    const refused = await grantgate("policy recommend list.json --strict --out p/mine.json", { root });
    expect(refused).toMatchObject({ exit: 2, err: expect.stringContaining("p/mine.cases.json is there already") });
    expect(existsSync(join(root, "p/mine.json"))).toBe(false);
    const forced = await grantgate("policy recommend list.json --strict --out p/mine.json --force", { root });
    expect(forced.exit).toBe(0);
    expect(readFileSync(join(root, "p/tools.json"), "utf8")).toBe('{ "tools": [] }');
    expect(readFileSync(join(root, "p/mine.cases.json"), "utf8")).not.toBe("[]");
  });

  test.each([
    ["policy recommend", "Which server?"],
    ["policy recommend list.json --name x", "--name is for --out"],
    ["policy recommend list.json --out p/a.json --name b", "--out names the policy a, and --name the policy b"],
    ["policy recommend list.json --out p/server.json", 'A policy can\'t be named "server"'],
    ["policy recommend list.json --out p --name ../x", "A policy can't be named"],
    ["policy recommend list.json --grant grt_1", "--grant and --from are for --from-audit"],
    ["policy recommend list.json --from-audit --grant grt_1", "--from-audit asks the gateway and no server"],
    ["policy recommend --from-audit", "--from-audit wants to know whose calls"],
    ["policy recommend --from-audit --grant grt_1 --strict", "--strict and --shared are for a server's list"],
  ])("%s: %s", async (line, message) => {
    expect(await grantgate(line, { files: tickets() })).toMatchObject({
      exit: 2,
      err: expect.stringContaining(message),
    });
  });

  test.each([
    ["no tools", [], "lists no tools"],
    ["too many", Array.from({ length: 5_001 }, (_, index) => ({ name: `t${index}` })), "at most 5000 tools"],
  ])("explains itself before a server with %s", async (_, tools, message) => {
    const { exit, err, out } = await grantgate("policy recommend list.json", { files: tickets(tools) });
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toContain(message);
  });
});
