import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { completed, devVarsFile, ensureDevVars, localAdminToken } from "../../../src/cli/dev-vars.ts";
import { folder } from "./stage.ts";

const fixed = (bytes: number): Buffer => Buffer.alloc(bytes, 7);

describe(".dev.vars", () => {
  test("is made on the first start with secrets that nobody can guess", () => {
    const root = folder();
    expect(ensureDevVars(root)).toBe(true);
    const { ADMIN_TOKEN, ROOT_KEY } = parseEnv(readFileSync(devVarsFile(root), "utf8"));
    expect(ROOT_KEY).toMatch(/^[0-9a-f]{64}$/);
    expect(ADMIN_TOKEN).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(localAdminToken(root)).toBe(ADMIN_TOKEN);
  });

  test.skipIf(process.platform === "win32")("can be read by its owner only, even when it was open before", () => {
    const root = folder({ ".dev.vars": "OTHER=1\n" });
    chmodSync(devVarsFile(root), 0o644);
    ensureDevVars(root);
    expect(statSync(devVarsFile(root)).mode & 0o777).toBe(0o600);
  });

  test("is not touched when it is complete", () => {
    const root = folder();
    ensureDevVars(root);
    const before = readFileSync(devVarsFile(root), "utf8");
    expect(ensureDevVars(root)).toBe(false);
    expect(readFileSync(devVarsFile(root), "utf8")).toBe(before);
  });

  test("keeps every line of the user and adds what is missing", () => {
    const root = folder();
    const mine = '# mine\nADMIN_TOKEN="chosen by me" # really\nOTHER=1';
    writeFileSync(devVarsFile(root), mine);
    ensureDevVars(root, fixed);
    expect(readFileSync(devVarsFile(root), "utf8")).toBe(`${mine}\nROOT_KEY=${"07".repeat(32)}\n`);
    expect(localAdminToken(root)).toBe("chosen by me");
  });

  test("gives a key with an empty value a value, since the last one wins", () => {
    const text = completed("ADMIN_TOKEN=\nROOT_KEY=abc\n", fixed);
    expect(text?.startsWith("ADMIN_TOKEN=\nROOT_KEY=abc\n")).toBe(true);
    expect(parseEnv(text ?? "").ADMIN_TOKEN).toHaveLength(43);
  });

  test("makes other secrets each time", () => {
    const one = folder();
    const other = folder();
    ensureDevVars(one);
    ensureDevVars(other);
    expect(localAdminToken(one)).not.toBe(localAdminToken(other));
  });
});
