/**
 * Verbs that mean another class when they are done to certain things: clearing a selection is slight, closing somebody's
 * session is not. Plain English of many servers; nothing stands here for one tool's sake.
 */
import type { ToolClass } from "./class.ts";
import { ASSET, BOUND, CODE, DEED, LOOK, SHELL, SLIGHT } from "./things.ts";

/** With one of these objects, and one of those in `with`, the verb means this class. The first that fits counts. */
export type Turn = {
  readonly verbs: readonly string[];
  readonly things: ReadonlySet<string>;
  readonly class: ToolClass;
  readonly with?: ReadonlySet<string>;
  readonly unless?: ReadonlySet<string>;
};

const words = (text: string): string[] => text.split(" ");
const set = (text: string): ReadonlySet<string> => new Set(words(text));

/** What does something of its own: a report or a draft of it is not all there is. */
const RUNS = new Set([...CODE, ...DEED]);

/** What is open afterwards for whoever comes. */
const OPENED = new Set([...RUNS, ...words("port door gate access session connection lock")]);

/** Whoever writes what will run later, or where, runs it. */
const KEEPS = words(
  "create add insert update edit modify change set put patch write save upload import replace upsert",
);
const PUTS_TO_USE = words("assign attach apply enable activate");

export const TURNS: readonly Turn[] = [
  {
    verbs: words("send swap bridge mint burn exchange move"),
    things: ASSET,
    class: "financial",
  },
  { verbs: words("delete remove clear reset discard"), things: SLIGHT, class: "write", unless: RUNS },
  { verbs: ["run", "execute"], things: BOUND, class: "read", unless: SHELL },
  { verbs: ["run", "execute"], things: LOOK, class: "read", unless: RUNS },
  { verbs: words("send submit schedule queue type"), things: CODE, class: "execute" },
  { verbs: [...KEEPS, ...PUTS_TO_USE], things: set("cron crontab cronjob script command"), class: "execute" },
  { verbs: KEEPS, things: SHELL, with: set("template"), class: "execute", unless: set("group folder") },
  { verbs: PUTS_TO_USE, things: SHELL, with: set("template"), class: "execute" },
  { verbs: ["send", "make"], things: set("request call keystroke"), class: "execute" },
  { verbs: ["use"], things: set("tool"), class: "execute" },
  { verbs: ["apply"], things: set("migration terraform manifest deployment"), class: "execute" },
  { verbs: ["push"], things: set("force"), class: "destructive" },
  { verbs: ["close"], things: set("account"), class: "destructive" },
  { verbs: ["close"], things: set("session connection tunnel"), class: "execute" },
  { verbs: ["rollback", "revert", "restore"], things: set("transaction"), class: "execute" },
  { verbs: ["rollback", "revert", "restore"], things: set("deployment release rollout"), class: "execute" },
  { verbs: ["revert"], things: set("commit merge pull"), class: "write" },
  { verbs: ["restore"], things: set("deleted archived trash trashed tab"), class: "write" },
  { verbs: ["request"], things: set("http https rest graphql"), class: "execute" },
  { verbs: ["format"], things: set("disk drive volume partition storage"), class: "destructive" },
  { verbs: ["download"], things: set("firmware software driver update upgrade patch"), class: "write" },
  { verbs: ["test"], things: set("connection connectivity"), class: "read" },
  { verbs: ["open"], things: set("node entity"), class: "read", unless: OPENED },
  { verbs: ["take", "capture"], things: set("screenshot picture photo"), class: "read" },
  { verbs: ["take", "capture"], things: set("accessibility dom"), with: set("snapshot tree"), class: "read" },
  { verbs: ["convert", "format"], things: set("time date unit currency number coordinate"), class: "read" },
];
