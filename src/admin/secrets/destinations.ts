/** Whether the gateway may call what an operator names: a server, or where its tokens come from. */
import type { Fault } from "../../json/checked.ts";
import type { Credential } from "../../upstream/credential-file.ts";
import { destinationFault } from "../../upstream/destination.ts";
import type { Arrived } from "../route.ts";

type Named = { readonly url?: string | undefined; readonly credential?: Credential | undefined };

export function destinationFaults(
  { env, request }: Pick<Arrived, "env" | "request">,
  { url, credential }: Named,
  at = "",
): Fault[] {
  const whereabouts = {
    ownHost: new URL(request.url).host,
    allowLoopback: env.ALLOW_LOOPBACK_UPSTREAMS === "true",
  };
  const named = [
    ["/url", url],
    [`${at}/oauth/tokenUrl`, credential?.oauth?.tokenUrl],
  ] as const;
  return named.flatMap(([pointer, text]) => {
    const message = text === undefined ? null : destinationFault(text, whereabouts);
    return message === null ? [] : [{ pointer, message }];
  });
}
