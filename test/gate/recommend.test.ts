/** From a live server to a grant that works, by the command line alone: what is recommended is what then happens. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { grantgate, type Ran } from "../unit/cli/grantgate.ts";
import { folder } from "../unit/cli/stage.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Everything, startEverything } from "./upstreams/everything.ts";
import { inOneWindow, MINUTE } from "./window.ts";
import { ADMIN_TOKEN } from "./workerd.ts";

let gateway: Gateway;
let everything: Everything;

beforeAll(async () => {
  [gateway, everything] = await Promise.all([startGateway(), startEverything()]);
});
afterAll(() => Promise.all([gateway?.close(), everything?.close()]));

describe("the policy that is recommended for a live server", () => {
  it("is applied as it is, opens what reads, counts what changes, and keeps the rest closed", async () => {
    const server = JSON.stringify({ name: "Everything", url: everything.url, era: "legacy" });
    const root = folder({ "policies/everything/server.json": server });
    const env = { GRANTGATE_URL: gateway.url, GRANTGATE_ADMIN_TOKEN: ADMIN_TOKEN };
    const does = (line: string, more: Record<string, string> = {}): Promise<Ran> =>
      grantgate(line, { root, env: { ...env, ...more } });

    expect(await does("policy recommend everything --strict --out policies/everything")).toMatchObject({ exit: 0 });
    expect(await does("policy test --mutate --require-coverage")).toMatchObject({ exit: 0 });
    expect(await does("apply policies")).toMatchObject({ exit: 0 });
    const { id, calls, counted } = await inOneWindow(MINUTE, async () => {
      const made = await does("grant create --server everything --policy recommended --label test --json");
      const { id, token } = JSON.parse(made.out) as { id: string; token: string };
      const calls = (line: string) => does(`call ${line} --server everything`, { GRANTGATE_TOKEN: token });
      return { id, calls, counted: await calls("toggle-simulated-logging --repeat 31") };
    });
    expect(counted.exit).toBe(1);
    expect(counted.out + counted.err).toContain("at most 30");

    expect(await calls('echo {"message":"hi"}')).toMatchObject({ exit: 0, out: expect.stringContaining("hi") });
    const unnamed = await calls('echo {"message":"hi","more":1}');
    expect(unnamed.exit).toBe(1);
    expect(unnamed.out + unnamed.err).toContain('The argument "more" is not named');
    const unlisted = await calls("not-there");
    expect(unlisted.out + unlisted.err).toContain("does not list the tool");

    const least = await does(`policy recommend --from-audit --grant ${id} --json`);
    expect(JSON.parse(least.out)).toMatchObject({
      needed: [
        { tool: "echo", calls: 1 },
        { tool: "toggle-simulated-logging", calls: 30 },
      ],
      refused: [
        { tool: "echo", effect: "deny", calls: 1 },
        { tool: "not-there", effect: "deny", calls: 1 },
        { tool: "toggle-simulated-logging", effect: "limit", calls: 1 },
      ],
    });
  });
});
