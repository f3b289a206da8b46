/** `policy`: the commands that work on files, which need no gateway, and then those that ask one. */
import type { Command } from "commander";
import type { PolicyCheckOptions } from "../commands/policy-check.ts";
import type { PolicyExplainOptions } from "../commands/policy-explain.ts";
import type { RecommendOptions } from "../commands/policy-recommend.ts";
import type { PolicyTestOptions } from "../commands/policy-test.ts";
import { type Group, HEADINGS } from "../nouns/group.ts";
import { count, era, many } from "../nouns/options.ts";
import { policyCommandsOf } from "../nouns/policy.ts";
import { typedSource } from "../scan/typed.ts";

export function policyCommands(group: Group): void {
  const { root, add, noun, context, done } = group;
  const policy = noun(
    "policy",
    HEADINGS.files,
    "check, test and explain policy files; list, compare and roll back what is in force",
    "npx grantgate policy check",
    'npx grantgate policy explain policies/everything/demo.json echo \'{"message":"hi"}\'',
    "npx grantgate policy diff fortios/standard",
    "npx grantgate policy rollback fortios/standard",
  );

  add(
    policy,
    "check [paths...]",
    "find all mistakes in policies, their cases and servers, each with its place",
    "npx grantgate policy check policies",
    "npx grantgate policy check policies/fortios/standard.json --strict",
  )
    .option("--strict", "exit 1 for warnings too")
    .action(async (paths: readonly string[], options: PolicyCheckOptions) => {
      const named = paths.length === 0 ? [POLICIES] : paths;
      done(await (await import("../commands/policy-check.ts")).policyCheck(context, named, options));
    });

  add(
    policy,
    "test [path]",
    "run the cases of policies (<policy>.cases.json beside <policy>.json)",
    "npx grantgate policy test",
    "npx grantgate policy test policies/fortios --watch",
    "npx grantgate policy test --mutate --require-coverage --junit report.xml",
  )
    .option("--mutate", "change each rule in turn, and list the changes that no case notices; any exits 1")
    .option("--coverage", "list every rule, and whether a case reached it")
    .option("--require-coverage", "exit 1 when a rule was not reached")
    .option("--junit <file>", "write a JUnit report too")
    .option("--watch", "run again after every change, until Ctrl-C")
    .action(async (path: string | undefined, options: PolicyTestOptions) => {
      done(await (await import("../commands/policy-test.ts")).policyTest(context, path ?? POLICIES, options));
    });

  add(
    policy,
    "explain <policy> <tool> [arguments]",
    "tell rule by rule how a policy decides a call; one that is not allowed exits 1",
    'npx grantgate policy explain policies/everything/demo.json echo \'{"message":"hi"}\'',
    "npx grantgate policy explain policies/fortios/standard.json firewall_policy_delete @call.json --tag ops",
  )
    .option("--label <text>", "the label of the grant that calls", "explain")
    .addOption(many("--tag <tag>", "a tag of it; may be given more than once"))
    .option("--at <instant>", "when, such as 2026-01-31T09:00:00Z (default: now)")
    .action(async (path: string, tool: string, json: string | undefined, options: PolicyExplainOptions) => {
      done(await (await import("../commands/policy-explain.ts")).policyExplain(context, path, tool, json, options));
    });

  add(
    policy,
    "recommend [source...]",
    "make a policy and its cases from a server's tools (URL, file, slug, or a command after --), or from a grant's calls",
    "npx grantgate policy recommend https://mcp.example.com/mcp",
    "npx grantgate policy recommend fortios --strict --out policies/fortios --name strict",
    "npx grantgate policy recommend --out policies/files -- npx -y @modelcontextprotocol/server-filesystem .",
    "npx grantgate policy recommend --from-audit --grant grt_… --from 14d --out policies/fortios --name least",
  )
    .option("--strict", "arguments have to fit the tools' schemas")
    .option("--shared", "one counter for all tools of a class, in place of one for each tool")
    .option("--out <path>", "write <name>.json and <name>.cases.json into this folder, or as this file and beside it")
    .option("--name <name>", "what the policy is called (default: recommended)")
    .option("--force", "write over files that are there")
    .option("--from-audit", "the least that a grant's recorded calls needed, in place of a server's tools")
    .option("--grant <grant>", "whose calls, for --from-audit")
    .option("--from <when>", "since when, for --from-audit: so long ago (14d), or an instant (default: 30d)")
    .option("--cases", "print the cases in place of the policy")
    .addOption(many("--header <header>", "sent with each request to a URL, as in 'Authorization: Bearer …'"))
    .addOption(many("--env <name>", "environment variable that a command after -- gets besides the harmless ones"))
    .addOption(era())
    .option("--timeout <seconds>", "wait so long for each answer", count, 60)
    .action(async (source: readonly string[], options: RecommendOptions) => {
      // Commander forgets where `--` stood.
      const typed = source.length === 0 ? undefined : typedSource(source, wordsOf(root));
      done(await (await import("../commands/policy-recommend.ts")).policyRecommend(context, typed, options));
    });

  policyCommandsOf(policy, group);
}

const POLICIES = "policies";

function wordsOf(root: Command): readonly string[] {
  return "rawArgs" in root && Array.isArray(root.rawArgs) ? root.rawArgs : [];
}
