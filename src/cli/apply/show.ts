/** A plan in words. Pure. */
import type { Terminal } from "../terminal.ts";
import type { DiffLine } from "./diff.ts";
import type { PolicyStep, ServerPlan, ServerStep } from "./plan.ts";
import { type Prune, type Removal, removalName } from "./prune.ts";

type Kind = ServerStep["kind"] | PolicyStep["kind"] | "delete" | "keep";

const WILL: Record<Kind, string> = {
  create: "create",
  change: "change",
  resend: "resend",
  unchanged: "unchanged",
  known: "unchanged",
  skip: "skip",
  delete: "delete",
  keep: "keep",
};

const DONE: Record<Kind, string> = {
  create: "created",
  change: "changed",
  resend: "resent",
  unchanged: "unchanged",
  known: "unchanged",
  skip: "skipped",
  delete: "deleted",
  keep: "kept",
};

const COLOUR = {
  create: "green",
  change: "yellow",
  resend: "yellow",
  unchanged: "dim",
  known: "dim",
  skip: "dim",
  delete: "red",
  keep: "dim",
} as const;

export type Tense = "will" | "done";

export function serverLine(slug: string, step: ServerStep, tense: Tense, paint: Terminal["paint"]): string {
  const note = serverNote(step);
  return line(step.kind, tense, `server ${slug}${note === "" ? "" : `  (${note})`}`, paint);
}

/**
 * Of servers that are skipped: one line for all, since whoever uses one of the servers that come along skips the others
 * each time.
 */
export function skippedLines(servers: readonly Skippable[], tense: Tense, paint: Terminal["paint"]): string[] {
  const skipped = servers.flatMap(({ slug, server }) => (server.kind === "skip" ? [{ slug, server }] : []));
  const [first, ...more] = skipped;
  if (first === undefined) return [];
  if (more.length === 0) return [serverLine(first.slug, first.server, tense, paint)];
  const variables = skipped.map(({ server }) => server.variable).join(", ");
  return [line("skip", tense, `${skipped.length} servers, whose addresses are not set: ${variables}`, paint)];
}

type Skippable = { readonly slug: string; readonly server: ServerStep };

export function policyLine(slug: string, { kind, policy }: PolicyStep, tense: Tense, paint: Terminal["paint"]): string {
  return line(kind, tense, `policy ${slug}/${policy.name}`, paint);
}

export function removalLine(removal: Removal, tense: Tense, paint: Terminal["paint"]): string {
  return line("delete", tense, removalName(removal), paint);
}

/** What the files do not name either, but is needed. */
export function keptLines({ kept }: Prune, paint: Terminal["paint"]): string[] {
  return kept.map(({ removal, why }) => line("keep", "will", `${removalName(removal)}  (${why})`, paint));
}

function line(kind: Kind, tense: Tense, what: string, paint: Terminal["paint"]): string {
  const verb = (tense === "will" ? WILL : DONE)[kind];
  return paint(COLOUR[kind], `${verb.padEnd(9)}  ${what}`);
}

function serverNote(step: ServerStep): string {
  if (step.kind === "skip") return `${step.variable} is not set`;
  if (step.kind === "known") return "";
  const asked = step.secrets.filter(({ from }) => from === "terminal").map(({ name }) => name);
  const given = step.secrets.filter(({ from }) => from === "environment").map(({ name }) => name);
  return [
    step.kind === "change" ? step.differs.join(", ") : "",
    given.length > 0 ? `${given.join(", ")} from the environment` : "",
    asked.length > 0 ? `${asked.join(", ")} will be asked for` : "",
  ]
    .filter((part) => part !== "")
    .join("; ");
}

export function diffText(lines: readonly DiffLine[], paint: Terminal["paint"]): string {
  return lines
    .map(({ kind, text }) => {
      if (kind === "added") return paint("green", `    + ${text}`);
      if (kind === "removed") return paint("red", `    - ${text}`);
      return kind === "gap" ? paint("dim", `      ${text}`) : `      ${text}`;
    })
    .join("\n");
}

/** "1 to create, 4 skipped", over servers and policies. */
export function summary(
  servers: readonly ServerPlan[],
  { removals }: Pick<Prune, "removals"> = { removals: [] },
): string {
  const kinds = [
    ...servers.flatMap(({ server, policies }) => [server.kind, ...policies.map(({ kind }) => kind)]),
    ...removals.map(() => "delete"),
  ];
  const counts = Object.entries(COUNTED).map(([kind, words]) => {
    const count = kinds.filter((each) => each === kind).length;
    return count === 0 ? "" : `${count} ${words}`;
  });
  return counts.filter((part) => part !== "").join(", ");
}

const COUNTED = {
  create: "to create",
  change: "to change",
  resend: "to send again",
  unchanged: "unchanged",
  skip: "skipped",
  delete: "to delete",
} as const satisfies Partial<Record<Kind, string>>;

/** The same for `--json`. */
export function planJson(servers: readonly ServerPlan[], diffs: ReadonlyMap<string, readonly DiffLine[]>) {
  return servers.map(({ slug, server, policies }) => ({
    server: slug,
    action: WILL[server.kind],
    ...(server.kind === "skip" && { variable: server.variable }),
    ...("differs" in server && { differs: server.differs, secrets: server.secrets }),
    policies: policies.map(({ kind, policy }) => {
      const lines = diffs.get(`${slug}/${policy.name}`);
      return {
        policy: policy.name,
        action: WILL[kind],
        version: policy.version,
        ...(lines && { diff: plainDiff(lines) }),
      };
    }),
  }));
}

/** What was or would be removed, for `--json`. */
export function pruneJson({ removals, kept }: Prune) {
  const named = ({ revision: _, ...removal }: Removal) => removal;
  return {
    delete: removals.map(named),
    keep: kept.map(({ removal, why }) => ({ ...named(removal), why })),
  };
}

function plainDiff(lines: readonly DiffLine[]): string[] {
  const sign = { added: "+", removed: "-", same: " ", gap: " " } as const;
  return lines.map(({ kind, text }) => sign[kind] + text);
}
