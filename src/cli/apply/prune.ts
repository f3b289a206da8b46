/**
 * What the gateway has and the folder does not name. Pure. It must never name anything of a server that the folder
 * skips (it belongs to another environment), nor anything that a call could still come through.
 */
import type { PolicyRecord, ServerRecord } from "../admin/shapes.ts";
import { counted } from "../show.ts";
import type { CheckedServer } from "./check.ts";

/** In the order in which they can be removed: a server has no policies any more when its turn comes. */
export type Removal =
  | { readonly kind: "policy"; readonly server: string; readonly policy: string; readonly revision: number }
  | { readonly kind: "server"; readonly server: string; readonly revision: number };

export type Prune = {
  readonly removals: readonly Removal[];
  readonly kept: readonly { readonly removal: Removal; readonly why: string }[];
};

export const NOTHING_TO_PRUNE: Prune = { removals: [], kept: [] };

export type Present = {
  readonly servers: readonly ServerRecord[];
  readonly policies: readonly PolicyRecord[];
  /** Servers with grants that are neither revoked nor expired. */
  readonly inUse: ReadonlySet<string>;
};

export function prune(folder: readonly CheckedServer[], { servers, policies, inUse }: Present): Prune {
  const named = new Map(folder.map((server) => [server.slug, server]));
  const policyRemovals = policies.filter((policy) => isStray(policy, named, inUse)).map(policyRemoval);
  const strays = servers.filter(({ slug }) => !named.has(slug));
  const blocked = new Set(policyRemovals.filter(({ why }) => why !== undefined).map(({ removal }) => removal.server));
  const serverRemovals = strays.map(({ slug, revision }) => ({
    removal: { kind: "server" as const, server: slug, revision },
    why: inUse.has(slug) || blocked.has(slug) ? "it has grants" : undefined,
  }));
  const all = [...policyRemovals, ...serverRemovals];
  return {
    removals: all.flatMap(({ removal, why }) => (why === undefined ? [removal] : [])),
    kept: all.flatMap(({ removal, why }) => (why === undefined ? [] : [{ removal, why }])),
  };
}

/** Of a server that stays because it has grants, the policies stay too: the folder says nothing about them. */
function isStray(
  { server, name }: PolicyRecord,
  named: ReadonlyMap<string, CheckedServer>,
  inUse: ReadonlySet<string>,
): boolean {
  const folder = named.get(server);
  if (folder === undefined) return !inUse.has(server);
  return folder.server.kind !== "skip" && folder.policies.every((policy) => policy.name !== name);
}

function policyRemoval({ server, name, revision, grants }: PolicyRecord) {
  const removal = { kind: "policy" as const, server, policy: name, revision };
  return { removal, why: grants > 0 ? `${counted(grants, "grant")} under it` : undefined };
}

export function removalName(removal: Removal): string {
  return removal.kind === "server" ? `server ${removal.server}` : `policy ${removal.server}/${removal.policy}`;
}
