/** `grantgate grant create`: the right of one client to use one server under one policy. Shows the token, this once. */
import { randomUUID } from "node:crypto";
import { openAdmin } from "../admin/client.ts";
import type { Context } from "../context.ts";
import { expiry } from "../expiry.ts";
import type { ExitCode } from "../failure.ts";
import { newToken } from "../new-token.ts";

export type GrantCreateOptions = {
  readonly server: string;
  readonly policy: string;
  readonly label: string;
  readonly tag: readonly string[];
  readonly expires?: string;
  readonly idempotencyKey?: string;
  readonly json?: true;
};

export async function grantCreate(context: Context, options: GrantCreateOptions): Promise<ExitCode> {
  const { server, policy, label, tag: tags, idempotencyKey = randomUUID() } = options;
  const expiresAt = options.expires === undefined ? {} : { expiresAt: expiry(options.expires, context.now()) };
  const grant = await openAdmin(context).admin.createGrant(
    { server, policy, label, tags, ...expiresAt },
    idempotencyKey,
  );
  const until = grant.expiresAt == null ? "until it is revoked" : `until ${grant.expiresAt}`;
  newToken(context.terminal, grant, `Grant ${grant.id}: server ${server}, policy ${policy}, ${until}.`, options);
  return 0;
}
