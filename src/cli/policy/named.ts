/** How a policy of the gateway is named on the command line: `<server>/<policy>`. Pure. */
import { usage } from "../failure.ts";

export type Named = {
  readonly server: string;
  readonly policy: string;
  /** In the admin API. */
  readonly path: string;
};

export function policyNamed(text: string): Named {
  const [server = "", policy = "", ...more] = text.split("/");
  if (server === "" || policy === "" || more.length > 0 || policy.endsWith(".json")) {
    throw usage(
      `${JSON.stringify(text)} names no policy of the gateway.`,
      "Write <server>/<policy>, as `npx grantgate policy list` does.",
    );
  }
  return { server, policy, path: `/policies/${encodeURIComponent(server)}/${encodeURIComponent(policy)}` };
}
