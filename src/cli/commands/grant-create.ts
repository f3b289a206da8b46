/** `grantgate grant create`: the right of one client to use one server under one policy. Shows the token, this once. */
import { adminClient } from "../admin/client.ts";
import { claudeCode } from "../connect.ts";
import type { Context } from "../context.ts";
import { expiry } from "../expiry.ts";
import type { ExitCode } from "../failure.ts";
import { adminBearer, findGateway } from "../gateway.ts";

export type GrantCreateOptions = {
  readonly server: string;
  readonly policy: string;
  readonly label: string;
  readonly tag: readonly string[];
  readonly expires?: string;
  readonly json?: true;
};

export async function grantCreate(context: Context, options: GrantCreateOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { server, policy, label, tag: tags } = options;
  const expiresAt = options.expires === undefined ? {} : { expiresAt: expiry(options.expires, context.now()) };
  const gateway = findGateway(context);
  const admin = adminClient({ gateway, bearer: adminBearer(gateway, context) });
  const grant = await admin.createGrant({ server, policy, label, tags, ...expiresAt });
  if (options.json) {
    terminal.out(JSON.stringify(grant, null, 2));
    return 0;
  }
  const until = grant.expiresAt == null ? "until it is revoked" : `until ${grant.expiresAt}`;
  terminal.err(`Grant ${grant.id}: server ${server}, policy ${policy}, ${until}.`);
  terminal.err("The token is shown this once; keep it like a password.");
  terminal.out(grant.token);
  terminal.err(`\nEndpoint     ${grant.url}`);
  terminal.err(`Claude Code  ${claudeCode({ name: server, url: grant.url, token: "<token>" })}`);
  return 0;
}
