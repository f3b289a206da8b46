import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { run } from "../../../src/cli/run.ts";
import { freePort } from "../../../src/cli/start/ports.ts";
import { GRANT_TOKEN, mcpStandIn } from "./mcp-stand-in.ts";
import { context, folder, screen } from "./stage.ts";

async function grantgate(url: string, argv: readonly string[], token = GRANT_TOKEN, root = folder()) {
  const terminal = screen();
  const env = { GRANTGATE_URL: url, GRANTGATE_TOKEN: token };
  const exit = await run([...argv, "--server", "stand-in"], context(terminal, { env, root, cwd: root }));
  return { exit, out: terminal.outText(), err: terminal.errText() };
}

async function answering(status: number, type: string, body: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status, { "content-type": type }).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

const HI = '{"message":"hi"}';

describe("call", () => {
  test.each(["auto", "legacy"])("prints what the tool answers, spoken to as %s", async (era) => {
    const url = await mcpStandIn();
    expect(await grantgate(url, ["call", "echo", HI, "--era", era])).toEqual({ exit: 0, out: "Echo: hi\n", err: "" });
  });

  test("prints the raw result for programs", async () => {
    const { exit, out } = await grantgate(await mcpStandIn(), ["call", "echo", HI, "--json"]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toEqual({ content: [{ type: "text", text: "Echo: hi" }] });
  });

  test("takes its arguments from a file", async () => {
    const root = folder({ "deep/args.json": '{ "message": "from a file" }' });
    const argv = ["call", "echo", `@${join("deep", "args.json")}`];
    expect((await grantgate(await mcpStandIn(), argv, GRANT_TOKEN, root)).out).toBe("Echo: from a file\n");
    expect(await grantgate(await mcpStandIn(), ["call", "echo", "@nope.json"])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("nope.json can't be read (ENOENT)"),
    });
  });

  test("repeats, one result after the other", async () => {
    const { out } = await grantgate(await mcpStandIn(), ["call", "echo", HI, "--repeat", "3", "--json"]);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line).content[0].text),
    ).toEqual(Array(3).fill("Echo: hi"));
  });

  test("of a denied tool prints the denial, names the rule, and exits 1", async () => {
    expect(await grantgate(await mcpStandIn(), ["call", "guarded"])).toEqual({
      exit: 1,
      out: "[POLICY DENIED] Not with this grant.\n",
      err: "deny by /tools/guarded/action of policy demo\n",
    });
  });

  test("with a token that is refused exits 1 and does not repeat it", async () => {
    const { exit, out, err } = await grantgate(await mcpStandIn(), ["call", "echo", HI], "ggt_wrong");
    expect({ exit, out }).toEqual({ exit: 1, out: "" });
    expect(err).toContain("does not accept the grant token from GRANTGATE_TOKEN");
    expect(err).not.toContain("ggt_wrong");
  });

  test.each(["auto", "legacy", "modern"])("that reaches nobody exits 3, spoken to as %s", async (era) => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { exit, err } = await grantgate(url, ["call", "echo", HI, "--era", era]);
    expect(exit).toBe(3);
    expect(err).toContain(`No gateway answers at ${url} (ECONNREFUSED)`);
  });

  test.each([
    [502, -31004, "The server could not be reached.", "got no usable answer from server stand-in: The server could"],
    [503, -31005, "Grantgate could not decide.", "failed (HTTP 503): Grantgate could not decide."],
  ])("that the gateway could not pass on (%i) is told in its words", async (status, code, message, words) => {
    const error = { code, message, data: { request: "01M" } };
    const url = await answering(status, "application/json", JSON.stringify({ jsonrpc: "2.0", id: 1, error }));
    for (const era of ["auto", "legacy"]) {
      const { exit, err } = await grantgate(url, ["call", "echo", HI, "--era", era]);
      expect(exit).toBe(3);
      expect(err).toContain(words);
      expect(err).toContain("(request 01M)");
    }
  });

  test("that something else answers is told in a line", async () => {
    for (const [type, body] of [
      ["application/json", '{"a":1}'],
      ["text/html", "<html>"],
    ] as const) {
      const { exit, err } = await grantgate(await answering(200, type, body), ["call", "echo", HI]);
      expect(exit).toBe(3);
      expect(err.split("\n")).toHaveLength(3);
    }
  });

  test("insists on an era that the server does not speak only as far as saying so", async () => {
    expect(await grantgate(await mcpStandIn(), ["call", "echo", HI, "--era", "modern"])).toMatchObject({
      exit: 1,
      err: expect.stringContaining("does not speak the 2026-07-28 protocol"),
    });
  });

  test("with arguments that are no JSON does not call at all", async () => {
    expect(await grantgate("http://127.0.0.1:1", ["call", "echo", "{message: 1}"])).toMatchObject({
      exit: 2,
      err: expect.stringContaining("line 1, column 2"),
    });
  });
});

describe("tools", () => {
  test("is a table for people, one line for each", async () => {
    expect((await grantgate(await mcpStandIn(), ["tools"])).out).toBe(
      "TOOL     DESCRIPTION\necho     Says it again.\nguarded  Never runs\n",
    );
  });

  test("is the whole list for programs", async () => {
    const { out } = await grantgate(await mcpStandIn(), ["tools", "--json"]);
    expect(JSON.parse(out).tools[0]).toMatchObject({ name: "echo", inputSchema: { required: ["message"] } });
  });
});
