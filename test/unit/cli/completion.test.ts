import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ADMIN_TOKEN, type StandIn, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { folder, SERVER } from "./stage.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** The library writes to the console itself. */
function console_(): () => string[] {
  const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
  log.mockClear();
  return () => log.mock.calls.map(([text]) => String(text));
}

async function completed(words: readonly string[], at?: StandIn, root = folder()): Promise<string[]> {
  const lines = console_();
  const env = at === undefined ? {} : { GRANTGATE_URL: at.url, GRANTGATE_ADMIN_TOKEN: ADMIN_TOKEN };
  await grantgate(["complete", "--", ...words], { env, root });
  return lines()
    .filter((line) => !line.startsWith(":"))
    .map((line) => line.split("\t")[0] ?? "");
}

describe("shell completion", () => {
  test.each([
    ["zsh", "compdef _grantgate grantgate"],
    ["fish", "complete -c grantgate"],
    ["powershell", "Register-ArgumentCompleter"],
  ])("has a script for %s", async (shell, text) => {
    const lines = console_();
    expect((await grantgate(["completion", shell])).exit).toBe(0);
    expect(lines().join("\n")).toContain(text);
  });

  // Windows has bash too, but not always, and another one.
  test.skipIf(process.platform === "win32")("completes in a bash that has nothing else", async () => {
    const { exit, out } = await grantgate(["completion", "bash"]);
    expect(exit).toBe(0);
    const root = folder({ "grantgate.bash": out });
    const asked = join(root, "asked");
    const answered = [
      `grantgate() { printf '%s\\n' "$@" > ${asked}; printf 'grt_1\\tci, s\\ngrt_2\\tlaptop\\npolicy:a/b\\n:4\\n'; }`,
      "source ./grantgate.bash; source ./grantgate.bash",
      `typed() { COMP_LINE=$1; COMP_POINT=\${#1}; COMPREPLY=(); __grantgate_complete; echo "\${COMPREPLY[@]}"; }`,
    ];
    const typed = (line: string) =>
      spawnSync("bash", ["--norc", "-c", [...answered, `typed '${line}'`].join("\n")], { cwd: root });
    const complete = (line: string): string => {
      const { stdout, stderr, status } = typed(line);
      expect({ stderr: stderr.toString(), status }).toEqual({ stderr: "", status: 0 });
      return stdout.toString().trimEnd();
    };
    expect(complete("grantgate grant revoke ")).toBe("grt_1 grt_2 policy:a/b");
    expect(readFileSync(asked, "utf8")).toBe("complete\n--\ngrant\nrevoke\n\n");
    expect(complete("grantgate grant revoke grt_2")).toBe("grt_2");
    // Bash replaces only what stands behind the colon.
    expect(complete("grantgate audit changes --target policy:a")).toBe("a/b");
    // What is typed is handed over as it is: nothing of it runs.
    complete("grantgate call echo $(touch ran) ");
    expect(readdirSync(root)).not.toContain("ran");
    expect(readFileSync(asked, "utf8")).toContain("$(touch\nran)\n");
  });

  test("has none for another shell", async () => {
    expect(await grantgate("completion tcsh")).toMatchObject({ exit: 2, err: expect.stringContaining("zsh") });
  });

  test("knows nouns, verbs, options and their choices", async () => {
    expect(await completed(["gra"])).toEqual(["grant"]);
    expect(await completed(["grant", "re"])).toEqual(expect.arrayContaining(["resume", "revoke"]));
    expect(await completed(["grant", "list", "--st"])).toEqual(["--status"]);
    expect(await completed(["tools", ""])).toEqual(expect.arrayContaining(["diff", "accept", "inventory"]));
    expect(await completed(["tools", "accept", "s", "--a"])).toEqual(["--all"]);
    expect(await completed(["grant", "list", "--status", ""])).toEqual(["active", "suspended", "expired", "revoked"]);
    expect(await completed(["connect", "c"])).toEqual(["claude-code", "claude-desktop", "cursor", "codex"]);
  });

  test("asks the gateway for grants, servers and policies", async () => {
    const at = await standIn();
    const files = { "policies/echo/server.json": SERVER };
    await grantgate("apply policies", { at, files });
    expect(await completed(["grant", "show", ""], at)).toEqual(["grt_1"]);
    expect(await completed(["grant", "revoke", "grt_1", ""], at)).toEqual(["grt_1"]);
    expect(await completed(["grant", "list", "--server", ""], at)).toEqual(["echo"]);
    expect(await completed(["server", "show", "e"], at)).toEqual(["echo"]);
    expect(await completed(["tools", "diff", ""], at)).toEqual(["echo"]);
    expect(await completed(["tools", "--server", ""], at)).toEqual(["echo"]);
  });

  test("offers files for a folder", async () => {
    const root = folder({ "policies/a.json": "{}", "other.txt": "" });
    expect(await completed(["apply", "pol"], undefined, root)).toEqual(["policies/"]);
    expect(await completed(["policy", "check", "policies/"], undefined, root)).toEqual(["policies/a.json"]);
  });

  test("says nothing where there is no gateway, and makes no noise", async () => {
    const lines = console_();
    const { exit, out, err } = await grantgate(["complete", "--", "grant", "show", ""]);
    expect({ exit, out, err }).toEqual({ exit: 0, out: "", err: "" });
    expect(lines()).toEqual([":4"]);
  });
});

describe("help", () => {
  test("has a heading for each kind of command, and examples and --json on every command", async () => {
    const { out } = await grantgate("help");
    for (const heading of ["Run and call it:", "Who may do what:", "What happened:", "Upkeep:"]) {
      expect(out).toContain(heading);
    }
    for (const noun of ["server", "policy", "grant", "operator", "audit", "secrets"]) {
      const { out: help } = await grantgate([noun, "--help"]);
      const verbs = [...help.matchAll(/^ {2}([a-z]+) (?:\[options\]|<)/gm)].map(([, verb = ""]) => verb);
      expect(verbs.length).toBeGreaterThan(1);
      for (const verb of verbs.filter((each) => each !== "help")) {
        const { exit, out: text } = await grantgate([noun, verb, "--help"]);
        expect({ exit, noun, verb, json: text.includes("--json"), examples: text.includes("Examples:") }).toEqual({
          exit: 0,
          noun,
          verb,
          json: true,
          examples: true,
        });
      }
    }
  });
});
