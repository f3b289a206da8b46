/** `/policies`. */
import { isObject, type Json, member } from "../../json/value.ts";
import { type Api, withQuery } from "./api.ts";
import type { Condition } from "./request.ts";
import { PolicyRecord, PolicyVersion } from "./shapes.ts";

export type PutPolicy = { readonly condition?: Condition; readonly message?: string | undefined };

export function policyCalls({ ask, tell, all, json }: Api) {
  const at = (server: string, name: string): string =>
    `/policies/${encodeURIComponent(server)}/${encodeURIComponent(name)}`;
  const versionAt = (server: string, name: string, revision: number): string =>
    `${at(server, name)}/versions/${revision}`;
  const documentIn = (answer: Json): Json | undefined => (isObject(answer) ? member(answer, "document") : undefined);

  return {
    policies: (server?: string): Promise<readonly PolicyRecord[]> => all(PolicyRecord, "/policies", { server }),
    policy: (server: string, name: string) => ask(PolicyRecord, "GET", at(server, name)),

    /** The document as the gateway has it, digit for digit: the one in force, or the one of a revision. */
    policyDocument: async (server: string, name: string, revision?: number): Promise<Json | undefined> =>
      documentIn(await json(revision === undefined ? at(server, name) : versionAt(server, name, revision))),

    policyVersions: (server: string, name: string, limit?: number): Promise<readonly PolicyVersion[]> =>
      all(PolicyVersion, `${at(server, name)}/versions`, {}, limit),

    /** `text` is sent as it stands in the file, so the gateway's places are the file's places. */
    putPolicy: (server: string, name: string, text: string, { condition, message }: PutPolicy = {}) =>
      ask(PolicyRecord, "PUT", withQuery(at(server, name), { message }), { body: text, condition }),

    rollBack: (
      server: string,
      name: string,
      wish: { readonly revision: number; readonly message?: string },
      condition?: Condition,
    ) => ask(PolicyRecord, "POST", `${at(server, name)}/rollback`, { body: JSON.stringify(wish), condition }),

    deletePolicy: (server: string, name: string, condition?: Condition) =>
      tell("DELETE", at(server, name), { condition }),
  };
}
