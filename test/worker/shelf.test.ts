/** What the shelf of a server keeps, in the real Durable Object with its real limits of storage. */
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";

const schemaOf = (characters: number) => JSON.stringify({ type: "object", description: "ü".repeat(characters) });

describe("the shelf of a server", () => {
  it("keeps a list that is much longer than a value of its storage may be", async () => {
    const shelf = env.TOOL_SHELF.getByName("long list");
    const inputSchema = schemaOf(50_000);
    const tools = Array.from({ length: 150 }, (_, at) => ({ name: `tool_${at}`, inputSchema }));
    await shelf.put("v1", tools);
    const kept = await Promise.all(tools.map(({ name }) => shelf.schemaOf("v1", name)));
    expect(kept.every((schema) => schema === inputSchema)).toBe(true);
  });

  it("keeps the others of a list in which one schema is too long to be kept", async () => {
    const shelf = env.TOOL_SHELF.getByName("long schema");
    const inputSchema = schemaOf(5);
    await shelf.put("v1", [
      { name: "long", inputSchema: schemaOf(5_000_000) },
      { name: "short", inputSchema },
    ]);
    expect(await shelf.schemaOf("v1", "long")).toBeNull();
    expect(await shelf.schemaOf("v1", "short")).toBe(inputSchema);
  });

  it("knows nothing of what another version of the server's record listed", async () => {
    const shelf = env.TOOL_SHELF.getByName("versions");
    await shelf.put("v1", [{ name: "echo", inputSchema: schemaOf(1) }]);
    expect(await shelf.schemaOf("v2", "echo")).toBeNull();
    await shelf.put("v2", [{ name: "other", inputSchema: schemaOf(2) }]);
    expect(await shelf.schemaOf("v1", "echo")).toBeNull();
  });
});
