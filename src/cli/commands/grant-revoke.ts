/** `grantgate grant revoke`: the grant's next call is refused. There is no way back; make a new one. */
import { adminClient } from "../admin/client.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { adminBearer, findGateway } from "../gateway.ts";
import { shown } from "../terminal.ts";

export async function grantRevoke(context: Context, id: string, options: { readonly json?: true }): Promise<ExitCode> {
  const { terminal } = context;
  const gateway = findGateway(context);
  const grant = await adminClient({ gateway, bearer: adminBearer(gateway, context) }).revoke(id);
  terminal.out(
    options.json
      ? JSON.stringify(grant, null, 2)
      : shown(`Grant ${grant.id} (${grant.label}, server ${grant.server}) is revoked, from its next call on.`),
  );
  return 0;
}
