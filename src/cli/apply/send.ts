/**
 * Makes the gateway as the plan says, servers before their policies. What the gateway refuses is collected with its
 * place in the file and the rest goes on; when the gateway can't be reached, everything stops.
 *
 * It must never undo what somebody else changed since the plan was made: each change says what it was made against.
 */
import { locate } from "../../json/locate.ts";
import { placeAt } from "../../json/place.ts";
import type { Admin } from "../admin/client.ts";
import { Refusal } from "../admin/refusal.ts";
import type { Condition } from "../admin/request.ts";
import { type Environment, variable } from "../context.ts";
import { usage } from "../failure.ts";
import type { Problem } from "../problem.ts";
import type { SourceFile } from "./folder.ts";
import type { PolicyStep, ServerPlan, ServerStep } from "./plan.ts";

export type Secrets = ReadonlyMap<string, string>;

/** The values of all secrets that the plan sends, asked for before anything is sent. */
export async function gatherSecrets(
  servers: readonly ServerPlan[],
  env: Environment,
  ask: ((question: string) => Promise<string>) | undefined,
): Promise<Secrets> {
  const values = new Map<string, string>();
  for (const { slug, server } of servers) {
    if (!("secrets" in server)) continue;
    for (const { name, from } of server.secrets) {
      if (from === "gateway" || values.has(name)) continue;
      const value = from === "environment" ? variable(env, name) : await ask?.(`${name} (for server ${slug})`);
      if (value === undefined || value === "") throw usage(`Nothing was given for the secret ${name}.`);
      values.set(name, value);
    }
  }
  return values;
}

/** Told as soon as it is done, so that a stop half way shows how far it came. */
export type Progress = {
  readonly server: (slug: string, step: ServerStep) => void;
  readonly policy: (slug: string, step: PolicyStep) => void;
};

export type Given = {
  readonly secrets: Secrets;
  /** Kept with each policy that is changed. */
  readonly message: string | undefined;
};

export async function send(
  servers: readonly ServerPlan[],
  admin: Admin,
  { secrets, message }: Given,
  progress: Progress,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const { slug, server, policies } of servers) {
    const sent = await attempt(fileOf(server), () => sendServer(slug, server, admin, secrets));
    problems.push(...sent.problems);
    // A policy is judged against its server; without the one the other says nothing.
    if (sent.value === undefined) continue;
    progress.server(slug, sent.value);
    for (const step of policies) {
      const { name, file } = step.policy;
      const taken = await attempt(file, async () => {
        const condition = comparedWith(step.revision);
        if (step.kind !== "unchanged") await admin.putPolicy(slug, name, file.text, { condition, message });
        return step;
      });
      problems.push(...taken.problems);
      if (taken.value !== undefined) progress.policy(slug, taken.value);
    }
  }
  return problems;
}

/** What was done in the end: a resent secret that was the same as before has changed nothing. */
async function sendServer(slug: string, step: ServerStep, admin: Admin, values: Secrets): Promise<ServerStep> {
  if (!("spec" in step) || step.kind === "unchanged") return step;
  const given = step.secrets.flatMap(({ name }) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const body = { ...step.spec, ...(given.length > 0 && { secrets: Object.fromEntries(given) }) };
  const record = await admin.putServer(slug, body, comparedWith(step.revision));
  if (step.kind !== "resend") return step;
  return record.version === step.version
    ? { ...step, kind: "unchanged" }
    : { ...step, kind: "change", differs: ["secrets"] };
}

function comparedWith(revision: number | undefined): Condition {
  return revision === undefined ? "absent" : { revision };
}

function fileOf(step: ServerStep): SourceFile {
  return "file" in step ? step.file : { name: "", text: "" };
}

const CHANGED =
  "somebody changed this on the gateway meanwhile; theirs is in force and nothing of it is lost: look at it with " +
  "--dry-run, then run this again";

type Attempt<T> = { readonly value?: T; readonly problems: readonly Problem[] };

async function attempt<T>({ name: file, text }: SourceFile, request: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await request(), problems: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.errors.length === 0) {
      const message = error.status === 412 ? CHANGED : error.message;
      return { problems: [{ file, line: 1, column: 1, message }] };
    }
    // Places are looked up in the file: what was sent of a server.json is not its text.
    const found = locate(text, new Set(error.errors.map(({ pointer }) => pointer ?? "")));
    return {
      problems: error.errors.map(({ pointer = "", message }) => ({
        file,
        ...placeAt(text, found.get(pointer)?.key ?? 0),
        pointer,
        message: pointer === "" ? message : `${pointer} ${message}`,
      })),
    };
  }
}
