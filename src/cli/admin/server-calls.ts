/** `/servers`. */
import type { Api } from "./api.ts";
import type { Condition } from "./request.ts";
import { ServerRecord, Usage } from "./shapes.ts";

export function serverCalls({ ask, tell, all }: Api) {
  const at = (slug: string): string => `/servers/${encodeURIComponent(slug)}`;
  return {
    servers: (): Promise<readonly ServerRecord[]> => all(ServerRecord, "/servers"),
    server: (slug: string) => ask(ServerRecord, "GET", at(slug)),
    serverUsage: (slug: string) => ask(Usage, "GET", `${at(slug)}/usage`),

    putServer: (slug: string, body: unknown, condition?: Condition) =>
      ask(ServerRecord, "PUT", at(slug), { body: JSON.stringify(body), condition }),

    deleteServer: (slug: string, condition?: Condition) => tell("DELETE", at(slug), { condition }),
  };
}
