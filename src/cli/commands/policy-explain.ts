/** `grantgate policy explain`: why a policy decides a call as it does, rule by rule. Counters are empty: nothing is kept. */
import { type CaseStep, readAt } from "../../policy/cases.ts";
import { compilePolicy } from "../../policy/compile.ts";
import { explainCall } from "../../policy/explain-call.ts";
import { readPolicy } from "../../policy/read.ts";
import { argumentText } from "../argument-text.ts";
import type { Context } from "../context.ts";
import { type ExitCode, Failure, usage } from "../failure.ts";
import { readArguments } from "../mcp/arguments.ts";
import { checkTools, inFile } from "../policy/check-files.ts";
import { emptyBooks } from "../policy/count.ts";
import { findFiles } from "../policy/find.ts";
import { type About, callOf, play } from "../policy/play.ts";
import { explainedJson, explainedText } from "../policy/show-explained.ts";
import { schemasIn } from "../policy/tools-file.ts";

export type PolicyExplainOptions = {
  readonly label: string;
  readonly tag: readonly string[];
  readonly at?: string;
  readonly json?: true;
};

export async function policyExplain(
  context: Context,
  path: string,
  tool: string,
  json: string | undefined,
  { label, tag: tags, at, json: asJson }: PolicyExplainOptions,
): Promise<ExitCode> {
  const { terminal, cwd, now } = context;
  const server = policyAt(path, cwd);
  const { file } = server;
  const read = readPolicy(file.text);
  if (!read.ok || server.problems.length > 0) {
    const problems = [...(read.ok ? [] : inFile(file.name, read.problems)), ...server.problems];
    throw new Failure(1, problems.length === 1 ? "1 problem" : `${problems.length} problems`, undefined, problems);
  }
  const step: CaseStep = {
    call: { tool, arguments: readArguments(await argumentText(context, json)) },
    grant: { id: "explain", label, tags, session: null },
    at: at === undefined ? now().getTime() : instant(at),
    times: 1,
  };
  const policy = compilePolicy(read.document);
  const { steps } = explainCall(policy, callOf(step, server.about));
  const decision = play(policy, step, emptyBooks(), server.about);
  const told = { steps, decision };
  terminal.out(
    asJson
      ? explainedJson(file, told, { call: step.call, grant: { label, tags }, at: new Date(step.at).toISOString() })
      : explainedText(file, told, terminal.paint),
  );
  return decision.effect === "allow" ? 0 : 1;
}

function policyAt(path: string, cwd: string) {
  const [server, ...more] = findFiles(path, cwd);
  const [policy, ...others] = server?.policies ?? [];
  if (server === undefined || policy === undefined || more.length > 0 || others.length > 0) {
    throw usage(`${path} is not one policy.`, "Name a policy's file, such as policies/everything/demo.json.");
  }
  const { tools, problems } = checkTools(server.tools);
  const about: About = { server: server.slug, schemaOf: schemasIn(tools) };
  return { file: policy.file, about, problems };
}

function instant(text: string): number {
  const at = readAt(text);
  if (at === undefined) {
    throw usage(`--at ${JSON.stringify(text)} is no instant.`, "Write one with its zone: 2026-01-31T09:00:00Z.");
  }
  return at;
}
