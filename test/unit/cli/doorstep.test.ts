import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { folder } from "./stage.ts";

const DOORSTEP = join(import.meta.dirname, "../../../src/cli/grantgate.mjs");

/** A checkout with the doorstep and whatever else the test puts there. */
function checkout(files: Readonly<Record<string, string>>): string {
  const root = folder({ "package.json": '{"dependencies":{"commander":"1"}}', ...files });
  mkdirSync(join(root, "src", "cli"), { recursive: true });
  copyFileSync(DOORSTEP, join(root, "src", "cli", "grantgate.mjs"));
  return root;
}

const INSTALLED = {
  "node_modules/commander/package.json": "{}",
  "src/cli/main.ts": 'console.log("the command runs");',
};

/** Makes the doorstep believe that it was started by an older Node. */
const OLD_NODE = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" });';

function enter(root: string, ...preload: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...preload.flatMap((file) => ["--import", pathToFileURL(join(root, file)).href]),
      join(root, "src", "cli", "grantgate.mjs"),
      "x",
    ],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("the doorstep", { timeout: 30_000 }, () => {
  test("lets a new Node with its dependencies through", () => {
    expect(enter(checkout(INSTALLED))).toMatchObject({ status: 0, stdout: "the command runs\n" });
  });

  test("keeps quiet about what an early Node 24 thinks of TypeScript, and about nothing else", () => {
    const warn = (text: string): string => `process.emitWarning(${JSON.stringify(text)}, "ExperimentalWarning");`;
    const main = `${warn("Type Stripping is an experimental feature and might change at any time")}${warn("Mind the gap")}`;
    const { status, stderr } = enter(checkout({ ...INSTALLED, "src/cli/main.ts": main }));
    expect(status).toBe(0);
    expect(stderr).toContain("Mind the gap");
    expect(stderr).not.toContain("Stripping");
  });

  test("says in one sentence that dependencies are missing", () => {
    expect(enter(checkout({}))).toEqual({
      status: 2,
      stdout: "",
      stderr: "Grantgate's dependencies are not installed (commander is missing): run `npm ci`.\n",
    });
  });

  test("says in one sentence that Node is too old and where a newer one comes from", () => {
    expect(enter(checkout({ "old.mjs": OLD_NODE }), "old.mjs")).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "Grantgate needs Node 22.18 or newer and this is 20.20.2: run `npm ci`, which brings its own Node, " +
        "then use `npx grantgate` or `npm start`.\n",
    });
  });

  test.skipIf(process.platform === "win32")(
    "started by an old Node, runs under the checkout's own, with its arguments and exit code",
    () => {
      const root = checkout({
        ...INSTALLED,
        "old.mjs": OLD_NODE,
        "src/cli/main.ts": "console.log(process.argv.slice(2)); process.exitCode = 3;",
      });
      mkdirSync(join(root, "node_modules", ".bin"));
      copyFileSync(process.execPath, join(root, "node_modules", ".bin", "node"));
      expect(enter(root, "old.mjs")).toMatchObject({ status: 3, stdout: "[ 'x' ]\n" });
    },
  );
});
