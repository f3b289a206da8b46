import { describe, expect, test } from "vitest";
import { ensureDevVars, localAdminToken } from "../../../src/cli/dev-vars.ts";
import { adminBearer, callTarget, findGateway } from "../../../src/cli/gateway.ts";
import { readLocal, writeLocal } from "../../../src/cli/local.ts";
import { folder } from "./stage.ts";

const LOCAL = "http://127.0.0.1:8787";
const demo = { server: "everything", policy: "demo", grant: "grt_1", token: "ggt_demo" };

function checkout(): string {
  const root = folder();
  ensureDevVars(root);
  writeLocal(root, { url: LOCAL, demo });
  return root;
}

describe("which gateway", () => {
  test("is the one that runs in this checkout, with its own secrets", () => {
    const root = checkout();
    const gateway = findGateway({ env: {}, root });
    expect(gateway.url).toBe(LOCAL);
    expect(adminBearer(gateway, { env: {}, root }).token).toBe(localAdminToken(root));
    expect(callTarget(gateway, {}, {})).toMatchObject({
      url: `${LOCAL}/mcp/everything`,
      bearer: { token: "ggt_demo", from: "the demo grant" },
    });
  });

  test("is the one in GRANTGATE_URL, without what follows its path", () => {
    const env = { GRANTGATE_URL: "https://gate.example/team//", GRANTGATE_ADMIN_TOKEN: " tok \n" };
    const gateway = findGateway({ env, root: folder() });
    expect(gateway).toEqual({ url: "https://gate.example/team", local: undefined });
    expect(adminBearer(gateway, { env, root: folder() })).toEqual({ token: "tok", from: "GRANTGATE_ADMIN_TOKEN" });
  });

  test("an address that names the local gateway finds its secrets too", () => {
    const root = checkout();
    const env = { GRANTGATE_URL: `${LOCAL}/` };
    expect(adminBearer(findGateway({ env, root }), { env, root }).from).toBe(".dev.vars");
  });

  test("is nobody's when none was started and none is named", () => {
    expect(() => findGateway({ env: { GRANTGATE_URL: "" }, root: folder() })).toThrow(
      expect.objectContaining({ exit: 2, next: expect.stringContaining("npm start") }),
    );
  });

  test.each(["gate.example", "ftp://gate.example", "https://u:p@gate.example", "https://gate.example/?x=1"])(
    "is not %s",
    (url) => {
      expect(() => findGateway({ env: { GRANTGATE_URL: url }, root: folder() })).toThrow(
        expect.objectContaining({ exit: 2 }),
      );
    },
  );
});

describe("secrets stay where they belong", () => {
  test("the local admin token is not sent to another gateway", () => {
    const root = checkout();
    const env = { GRANTGATE_URL: "https://gate.example" };
    expect(() => adminBearer(findGateway({ env, root }), { env, root })).toThrow(/No admin token/);
  });

  test("the admin token of another gateway is not sent to the local one", () => {
    const root = checkout();
    const env = { GRANTGATE_ADMIN_TOKEN: "of-production" };
    expect(adminBearer(findGateway({ env, root }), { env, root }).token).toBe(localAdminToken(root));
  });

  test("a token that is named together with the local gateway's address is what is sent", () => {
    const root = checkout();
    const env = { GRANTGATE_URL: LOCAL, GRANTGATE_ADMIN_TOKEN: "ggo_viewer" };
    expect(adminBearer(findGateway({ env, root }), { env, root })).toEqual({
      token: "ggo_viewer",
      from: "GRANTGATE_ADMIN_TOKEN",
    });
  });

  test("the demo grant is not sent to another gateway or server", () => {
    const root = checkout();
    const elsewhere = findGateway({ env: { GRANTGATE_URL: "https://gate.example" }, root });
    expect(() => callTarget(elsewhere, {}, { server: "everything" })).toThrow(/No grant token/);
    expect(() => callTarget(findGateway({ env: {}, root }), {}, { server: "fortios" })).toThrow(/No grant token/);
  });

  test("what is typed wins over the environment, and that over the demo", () => {
    const gateway = findGateway({ env: {}, root: checkout() });
    const env = { GRANTGATE_TOKEN: "ggt_env" };
    expect(callTarget(gateway, env, {}).bearer.token).toBe("ggt_env");
    expect(callTarget(gateway, env, { token: "ggt_typed", server: "a/b" })).toMatchObject({
      url: `${LOCAL}/mcp/a%2Fb`,
      bearer: { token: "ggt_typed" },
    });
  });

  test("a token that no header can carry is refused without being repeated", () => {
    const gateway = findGateway({ env: {}, root: checkout() });
    expect(() => callTarget(gateway, {}, { token: "ggt_a\nggt_b" })).toThrow(/^(?!.*ggt_a).*--token/);
  });
});

describe("the state that start leaves", () => {
  test("is nothing when it is not what was written", () => {
    expect(readLocal(folder())).toBeUndefined();
    expect(readLocal(folder({ ".wrangler/grantgate/local.json": "{" }))).toBeUndefined();
    expect(readLocal(folder({ ".wrangler/grantgate/local.json": '{"url":7}' }))).toBeUndefined();
  });
});
