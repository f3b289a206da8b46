/** `grantgate policy test`: runs the cases of policies, and with `--mutate` tests the cases themselves. */
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Context } from "../context.ts";
import { type ExitCode, errorCode, Failure, usage } from "../failure.ts";
import { findFiles, serverFolders } from "../policy/find.ts";
import { junitXml } from "../policy/junit.ts";
import { mutateSuites } from "../policy/mutate-suites.ts";
import { type Texts, textsOf } from "../policy/show-findings.ts";
import { coverageText, failureTexts, mutationText, suiteLine, summaryText } from "../policy/show-tests.ts";
import { type Suite, suitesOf } from "../policy/suite.ts";
import { exitOf, hasCases, type Mutations, type Tally, tally } from "../policy/tally.ts";
import { testsJson } from "../policy/tests-json.ts";
import { rerun } from "../policy/watch.ts";
import { stopSignal } from "../start/stop-signal.ts";

export type PolicyTestOptions = {
  readonly watch?: true;
  readonly mutate?: true;
  readonly coverage?: true;
  readonly requireCoverage?: true;
  readonly junit?: string;
  readonly json?: true;
};

export async function policyTest(context: Context, path: string, options: PolicyTestOptions): Promise<ExitCode> {
  if (!options.watch) return runOnce(context, path, options);
  const stop = stopSignal(context.now);
  try {
    await watching(context, path, options, stop.wished);
    return 0;
  } finally {
    stop.release();
  }
}

/** Runs once, and again after every change, until `stop`. */
export async function watching(
  context: Context,
  path: string,
  options: PolicyTestOptions,
  stop: Promise<void>,
): Promise<void> {
  const { terminal, cwd } = context;
  await rerun({
    folders: () => foldersOf(resolve(cwd, path), cwd),
    run: async () => {
      try {
        await runOnce(context, path, options);
      } catch (error) {
        // Half-saved files and folders on the move are put right by the next change.
        if (!(error instanceof Failure)) throw error;
        terminal.err(`${terminal.paintErr("red", "error:")} ${error.message}`);
      }
      terminal.err(terminal.paintErr("dim", "\nWaiting for changes; Ctrl-C ends.\n"));
    },
    stop,
  });
}

async function runOnce(context: Context, path: string, options: PolicyTestOptions): Promise<ExitCode> {
  const { terminal, cwd, now } = context;
  const started = now().getTime();
  const servers = findFiles(path, cwd);
  const suites = servers.flatMap(suitesOf);
  if (suites.every((suite) => suite.kind === "run" && !hasCases(suite))) {
    throw usage(`${path} holds no cases.`, "The cases of <policy>.json lie beside it, in <policy>.cases.json.");
  }
  const mutations: Mutations = options.mutate
    ? await mutateSuites(suites, options.json ? () => undefined : (terminal.status ?? (() => undefined)))
    : new Map();
  const counts = tally(suites, mutations);
  const milliseconds = now().getTime() - started;
  if (options.junit !== undefined) write(resolve(cwd, options.junit), options.junit, junitXml(suites, milliseconds));
  if (options.json) terminal.out(testsJson(suites, mutations, counts, milliseconds));
  else show(context, { suites, mutations, counts, milliseconds, texts: textsOf(servers) }, options);
  return exitOf(suites, counts, options);
}

type Shown = {
  readonly suites: readonly Suite[];
  readonly mutations: Mutations;
  readonly counts: Tally;
  readonly milliseconds: number;
  readonly texts: Texts;
};

function show({ terminal }: Context, shown: Shown, { coverage, requireCoverage, mutate }: PolicyTestOptions): void {
  const { suites, mutations, counts, milliseconds, texts } = shown;
  const { paint } = terminal;
  const which = coverage ? "all" : requireCoverage ? "unreached" : undefined;
  for (const suite of suites) terminal.out(suiteLine(suite, paint));
  for (const suite of suites) for (const text of failureTexts(suite, texts, terminal)) terminal.out(`\n${text}`);
  for (const suite of suites) {
    if (suite.kind === "broken") continue;
    const gaps = suite.rules.some(({ reached }) => !reached);
    if (which === "all" || (which === "unreached" && gaps)) terminal.out(`\n${coverageText(suite, which, paint)}`);
    if (mutate && hasCases(suite)) terminal.out(`\n${mutationText(suite, mutations.get(suite), paint)}`);
  }
  terminal.out(`\n${summaryText(counts, mutations, milliseconds, paint)}`);
}

function write(path: string, name: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw usage(`${name} can't be written (${errorCode(error) ?? "error"}).`);
  }
}

function foldersOf(target: string, cwd: string): readonly string[] {
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return [dirname(target)];
  return stat.isDirectory() ? [target, ...serverFolders(target, cwd)] : [dirname(target)];
}
