import { describe, expect, it } from "vitest";
import { classOf, reasons, TEXT, taking } from "./given.ts";

describe("the schema", () => {
  it("gives away what runs, unless the name only looks at it", () => {
    expect(classOf("helper_x", taking({ command: TEXT }))).toBe("execute");
    expect(classOf("notebook_x", taking({ code: TEXT }))).toBe("execute");
    expect(classOf("explain_command", taking({ command: TEXT }))).toBe("read");
    expect(classOf("get_country", taking({ country_code: TEXT }))).toBe("read");
    expect(classOf("create_template", taking({ script: TEXT }))).toBe("write");
    expect(classOf("create_alias", taking({ command: TEXT }))).toBe("execute");
  });

  it("takes SQL for something that runs, unless it is said to be read-only", () => {
    expect(classOf("query_database", taking({ sql: TEXT }))).toBe("execute");
    expect(classOf("query_database", { description: "Run a read-only SQL query", ...taking({ sql: TEXT }) })).toBe(
      "read",
    );
    expect(classOf("query_metrics", taking({ query: TEXT }))).toBe("read");
  });

  it("knows a sum of money", () => {
    expect(classOf("submit_form", taking({ amount: { type: "number" }, currency: TEXT }))).toBe("financial");
    expect(classOf("convert_rate", taking({ amount: { type: "number" } }))).toBe("write");
    expect(classOf("get_quote", taking({ amount: { type: "number" }, currency: TEXT }))).toBe("read");
  });

  it("takes the worst of what a parameter chooses", () => {
    expect(classOf("manage_dns", taking({ action: { enum: ["create", "delete"] } }))).toBe("destructive");
    expect(classOf("issue_read", taking({ method: { enum: ["get", "get_comments"] } }))).toBe("read");
    expect(classOf("list_things", taking({ operation: { anyOf: [{ const: "list" }, { const: "purge" }] } }))).toBe(
      "destructive",
    );
    expect(classOf("get_url", taking({ method: { enum: ["GET", "DELETE"] } }))).toBe("destructive");
    expect(classOf("fetch", taking({ method: { type: "string", description: "GET or POST" } }))).toBe("execute");
    expect(classOf("manage_plugin", taking({ action: { type: "string", description: "'install' or 'remove'" } }))).toBe(
      "destructive",
    );
    expect(classOf("manage_all", taking({ steps: { items: { properties: { action: { enum: ["wipe"] } } } } }))).toBe(
      "destructive",
    );
  });

  it("knows a tool that runs other tools", () => {
    expect(classOf("gateway_x", taking({ tool_name: TEXT, parameters: {} }))).toBe("execute");
    expect(classOf("find_x", taking({ toolName: TEXT, args: {} }))).toBe("execute");
    expect(classOf("get_tool_info", taking({ tool_name: TEXT }))).toBe("read");
  });

  it("takes for Execute what lets the agent choose whom to talk to", () => {
    expect(classOf("configure", taking({ host: TEXT, apiKey: TEXT }))).toBe("execute");
    expect(classOf("test_connection", taking({ host: TEXT, password: TEXT }))).toBe("read");
    expect(classOf("create_ldap", taking({ name: TEXT, server: TEXT, password: TEXT }))).toBe("write");
  });

  it("takes what goes into a shell for Execute, even to look", () => {
    expect(classOf("ssh_check_disk", taking({ targetIP: TEXT }))).toBe("execute");
    expect(classOf("cli_show_routes", taking({ filter: TEXT }))).toBe("execute");
    expect(classOf("ssh_show_routes", taking({ verbose: { type: "boolean" } }))).toBe("read");
    expect(classOf("ssh_show_routes", taking({ family: { enum: ["inet", "inet6"] } }))).toBe("read");
    expect(classOf("ssh_key_list", taking({ user: TEXT }))).toBe("read");
  });

  it("takes a ping of any host for Execute", () => {
    expect(classOf("network_ping", taking({ destination: TEXT }))).toBe("execute");
    expect(classOf("ping")).toBe("read");
    expect(classOf("ping", taking({ count: { type: "integer" } }))).toBe("read");
    expect(classOf("get_ping_results", taking({ host: TEXT }))).toBe("read");
  });

  it("takes an export to a file for a Write", () => {
    expect(classOf("rules_export", taking({ path: TEXT }))).toBe("write");
    expect(classOf("rules_export", taking({ format: TEXT }))).toBe("read");
    expect(classOf("download_image", taking({ localPath: TEXT }))).toBe("write");
    expect(classOf("download_image", taking({ file: { type: "string", description: "Where to save it" } }))).toBe(
      "write",
    );
    expect(classOf("download_image", taking({ path: TEXT }))).toBe("read");
  });

  it("names switches, JSON in strings and many at once", () => {
    expect(classOf("update_x", taking({ cascade: { type: "boolean" } }))).toBe("destructive");
    const all = reasons(
      "x",
      taking({
        force: { type: "boolean" },
        ids: { type: "array", items: TEXT },
        data: { type: "string", description: "JSON string" },
      }),
    );
    expect(all).toEqual([
      "schema write the switch *force* asks for care",
      "schema write the parameter *ids* takes many at once",
      "schema write the parameter *data* carries JSON in a string",
    ]);
  });
});
