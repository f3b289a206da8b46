/**
 * What would have to be sent so that the gateway is as the files say. Pure: it compares and decides, `send.ts` does.
 * It only ever adds and changes: what the files do not name was applied from elsewhere and stays (see `prune.ts`).
 */
import { canonicalJson } from "../../json/canonical.ts";
import { parseJson } from "../../json/parse.ts";
import { secretNames } from "../../upstream/server-file.ts";
import type { PolicyRecord, ServerRecord } from "../admin/shapes.ts";
import type { Problem } from "../problem.ts";
import type { CheckedPolicy, CheckedServer } from "./check.ts";
import type { SourceFile } from "./folder.ts";
import type { ServerSpec } from "./server-file.ts";

/** What the gateway has now. */
export type Remote = {
  readonly servers: ReadonlyMap<string, ServerRecord>;
  /** By `server/policy`. */
  readonly policies: ReadonlyMap<string, Pick<PolicyRecord, "version" | "revision">>;
};

/** Where the value of a named secret comes from: set here, kept by the gateway from earlier, or asked for. */
export type Secret = { readonly name: string; readonly from: "environment" | "gateway" | "terminal" };

export type ServerStep =
  | { readonly kind: "skip"; readonly variable: string }
  | { readonly kind: "known" }
  | {
      /** `resend`: nothing differs that can be seen, but a secret's value is given; only the gateway can compare it. */
      readonly kind: "create" | "change" | "resend" | "unchanged";
      readonly file: SourceFile;
      readonly spec: ServerSpec;
      readonly secrets: readonly Secret[];
      /** Names of the fields that differ. */
      readonly differs: readonly string[];
      /** Of the record that the gateway has now. */
      readonly version: string | undefined;
      readonly revision: number | undefined;
    };

export type PolicyStep = {
  readonly kind: "create" | "change" | "unchanged";
  readonly policy: CheckedPolicy;
  /** Of the policy that the gateway has now. */
  readonly revision: number | undefined;
};

export type ServerPlan = {
  readonly slug: string;
  readonly server: ServerStep;
  readonly policies: readonly PolicyStep[];
};

export type Means = {
  /** Whether a variable of that name is set here. */
  readonly isSet: (name: string) => boolean;
  /** Whether somebody can be asked for a secret. */
  readonly canAsk: boolean;
};

export type Plan =
  | { readonly ok: true; readonly servers: readonly ServerPlan[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function plan(checked: readonly CheckedServer[], remote: Remote, means: Means): Plan {
  const problems = checked.flatMap((server) => obstacles(server, remote, means));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, servers: checked.map((server) => planServer(server, remote, means)) };
}

/** What keeps a server from being applied although its files are fine. */
function obstacles({ slug, folder, server }: CheckedServer, remote: Remote, means: Means): Problem[] {
  const at = { line: 1, column: 1 };
  if (server.kind === "known" && !remote.servers.has(slug)) {
    return [{ file: folder, ...at, message: `there is no server.json, and the gateway knows no server ${slug}` }];
  }
  if (server.kind !== "apply" || means.canAsk) return [];
  return secretsOf(server.spec, remote.servers.get(slug), means)
    .filter(({ from }) => from === "terminal")
    .map(({ name }) => ({
      file: server.file.name,
      ...at,
      message: `the secret ${name} is neither set here nor kept by the gateway; set the environment variable ${name}`,
    }));
}

function planServer(checked: CheckedServer, remote: Remote, means: Means): ServerPlan {
  const { slug, server } = checked;
  if (server.kind === "skip") return { slug, server, policies: [] };
  const policies = checked.policies.map((policy) => planPolicy(policy, remote.policies.get(`${slug}/${policy.name}`)));
  if (server.kind === "known") return { slug, server, policies };
  const { file, spec } = server;
  const record = remote.servers.get(slug);
  const secrets = secretsOf(spec, record, means);
  const differs = record === undefined ? [] : differences(spec, record);
  const given = secrets.some(({ from }) => from !== "gateway");
  const kind = record === undefined ? "create" : differs.length > 0 ? "change" : given ? "resend" : "unchanged";
  const { version, revision } = record ?? {};
  return { slug, server: { kind, file, spec, secrets, differs, version, revision }, policies };
}

function planPolicy(policy: CheckedPolicy, record: Pick<PolicyRecord, "version" | "revision"> | undefined): PolicyStep {
  const kind = record === undefined ? "create" : record.version === policy.version ? "unchanged" : "change";
  return { kind, policy, revision: record?.revision };
}

function secretsOf(spec: ServerSpec, record: ServerRecord | undefined, { isSet }: Means): Secret[] {
  return secretNames(spec).map((name) => {
    const kept = record?.secrets.includes(name) === true;
    return { name, from: isSet(name) ? "environment" : kept ? "gateway" : "terminal" };
  });
}

function differences(spec: ServerSpec, record: ServerRecord): string[] {
  const fields = ["name", "description", "url", "credential", "era", "surface", "drift"] as const;
  return fields.filter((field) => comparable(spec[field]) !== comparable(record[field]));
}

/** One text for what means the same: keys in order, a list of names in any order, nothing like null. */
function comparable(value: unknown): string {
  const text = JSON.stringify(Array.isArray(value) ? value.toSorted() : (value ?? null));
  const parsed = parseJson(text);
  return parsed.ok ? canonicalJson(parsed.value) : text;
}
