/** `grantgate grant edit`, `expire` and `move`: what a grant is called, how long it lasts, what policy it is under. */
import { openAdmin } from "../admin/client.ts";
import type { GrantEdit } from "../admin/grant-calls.ts";
import type { Grant } from "../admin/shapes.ts";
import type { Context } from "../context.ts";
import { expiry } from "../expiry.ts";
import { type ExitCode, usage } from "../failure.ts";
import { printJson } from "../show.ts";
import { shown } from "../terminal.ts";

type Json = { readonly json?: true };

export type EditOptions = Json & {
  readonly label?: string;
  readonly tag: readonly string[];
  /** False for `--no-tags`. */
  readonly tags: boolean;
};

export async function grantEdit(context: Context, id: string, options: EditOptions): Promise<ExitCode> {
  const { label, tag, tags } = options;
  if (tag.length > 0 && !tags) throw usage("Either --tag or --no-tags.");
  if (label === undefined && tag.length === 0 && tags)
    throw usage("Nothing to change.", "Say --label, --tag or --no-tags.");
  const edit: GrantEdit = { ...(label !== undefined && { label }), ...((tag.length > 0 || !tags) && { tags: tag }) };
  const grant = await openAdmin(context).admin.editGrant(id, edit);
  const named = grant.tags.length === 0 ? "without tags" : `with the tags ${grant.tags.join(", ")}`;
  tell(context, grant, `Grant ${grant.id} is now ${grant.label}, ${named}.`, options);
  return 0;
}

export async function grantExpire(context: Context, id: string, when: string, options: Json): Promise<ExitCode> {
  const now = context.now();
  const expiresAt = when === "never" ? null : when === "now" ? now.toISOString() : expiry(when, now, "expire");
  const { admin } = openAdmin(context);
  let grant = await admin.editGrant(id, { expiresAt });
  // The clock here may be ahead of the gateway's, and "now" means now.
  if (when === "now" && grant.status === "active") grant = await admin.editGrant(id, { expiresAt: grant.createdAt });
  const until = grant.expiresAt == null ? "lasts until it is revoked" : `ends at ${grant.expiresAt}`;
  tell(context, grant, `Grant ${grant.id} (${grant.label}) ${when === "now" ? "has ended" : until}.`, options);
  return 0;
}

/** `policy` is false for `--no-policy`. */
export type MoveOptions = Json & { readonly policy?: string | false };

export async function grantMove(context: Context, id: string, options: MoveOptions): Promise<ExitCode> {
  const { policy } = options;
  if (policy === undefined)
    throw usage("Under which policy?", "Say --policy <name>, or --no-policy to deny every call.");
  const grant = await openAdmin(context).admin.moveGrant(id, policy === false ? null : policy);
  const under = grant.policy === null ? "under no policy: every call is denied" : `under policy ${grant.policy}`;
  tell(context, grant, `Grant ${grant.id} (${grant.label}) is ${under}, from its next call on.`, options);
  return 0;
}

function tell({ terminal }: Context, grant: Grant, sentence: string, { json }: Json): void {
  if (json) printJson(terminal, grant);
  else terminal.out(shown(sentence));
}
