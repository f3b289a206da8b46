import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { startChild } from "../../../src/cli/start/child.ts";
import { children } from "../../../src/cli/start/children.ts";
import { demoEnvironment } from "../../../src/cli/start/demo-server.ts";
import { freePort, isFree } from "../../../src/cli/start/ports.ts";
import { folder } from "./stage.ts";

const START = join(import.meta.dirname, "../../../src/cli/start");
/** Writes down its own number and that of a child, which would run on for ever. */
const FAMILY = `
  import { spawn } from "node:child_process";
  import { writeFileSync } from "node:fs";
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  writeFileSync("pids", process.pid + " " + child.pid);
  setInterval(() => {}, 1000);
`;

function command(root: string, script: string) {
  return { name: "The child", script: [join(root, script)], cwd: root, env: {}, log: join(root, "logs", "child.log") };
}

/** Waits for what another process does; the test's time limit is the limit. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function written(root: string): number[] {
  try {
    return readFileSync(join(root, "pids"), "utf8").split(" ").map(Number);
  } catch {
    return [];
  }
}

// Generous, since each of these waits for processes on a machine that may be busy.
describe("what start starts", { timeout: 30_000 }, () => {
  test("is stopped with everything it started itself", async () => {
    const root = folder({ "family.mjs": FAMILY });
    const child = startChild(command(root, "family.mjs"));
    await until(() => written(root).length === 2);
    await child.stop();
    await until(() => !written(root).some(lives));
  });

  test("is missed when it ends, by its name and with its last words", async () => {
    const root = folder({ "ends.mjs": 'console.log("it is dark here"); process.exit(7);' });
    const all = children();
    const loss = all.loss(all.start(command(root, "ends.mjs")));
    await expect(loss).rejects.toMatchObject({
      exit: 1,
      message: expect.stringMatching(/^The child ended with code 7\. Its last words:\s+it is dark here/),
    });
    await all.stopAll();
  });

  test("is not started any more once everything is being stopped", async () => {
    const all = children();
    await all.stopAll();
    expect(() => all.start(command(folder(), "late.mjs"))).toThrow("The child was not started");
  });

  test("ends when the process that started it is killed without a word", async () => {
    const root = folder({ "waits.mjs": 'console.log("up"); setInterval(() => {}, 1000);' });
    const leash = pathToFileURL(join(START, "leash.mjs")).href;
    const parent = spawn(
      process.execPath,
      [
        "-e",
        `const { spawn } = require("node:child_process");
         const child = spawn(process.execPath, ["--import", ${JSON.stringify(leash)}, "waits.mjs"], { stdio: ["ignore", "pipe", "ignore", "ipc"] });
         child.stdout.once("data", () => console.log(child.pid));`,
      ],
      { cwd: root, stdio: ["ignore", "pipe", "ignore"] },
    );
    const [line] = await once(createInterface(parent.stdout), "line");
    const pid = Number(line);
    expect(lives(pid)).toBe(true);
    parent.kill("SIGKILL");
    await until(() => !lives(pid));
  });

  test("listens on this machine only, whatever it asked for", async () => {
    const script = `
      import { createServer } from "node:http";
      const server = createServer();
      server.listen(process.argv[2] === "options" ? { port: 0, host: "0.0.0.0" } : "0", () => {
        console.log(JSON.stringify(server.address()));
        server.close();
      });`;
    const root = folder({ "listens.mjs": script });
    for (const form of ["port", "options"]) {
      const preload = pathToFileURL(join(START, "loopback.mjs")).href;
      const child = spawn(process.execPath, ["--import", preload, "listens.mjs", form], { cwd: root });
      const [line] = await once(createInterface(child.stdout), "line");
      expect(JSON.parse(line)).toMatchObject({ address: "127.0.0.1" });
    }
  });
});

describe("the demo server", () => {
  test("gets nothing of the user's environment but where programs are", () => {
    const env = { PATH: "/bin", HOME: "/home/me", AWS_SECRET_ACCESS_KEY: "x", ADMIN_TOKEN: "y", NODE_OPTIONS: "z" };
    expect(Object.keys(demoEnvironment(env, 4000)).sort()).toEqual(["DEMO_PASSWORD", "PATH", "PORT"]);
  });
});

describe("a port", () => {
  test("is free until somebody listens on it", async () => {
    const port = await freePort();
    expect(await isFree(port)).toBe(true);
    const server = createServer().listen(port, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    expect(await isFree(port)).toBe(false);
  });

  test("is taken by a program that listens on all addresses", async () => {
    const server = createServer().listen(0);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const address = server.address();
    expect(typeof address === "object" && address !== null && (await isFree(address.port))).toBe(false);
  });
});
