/** The admin API as functions, one for each request that this command makes. */
import * as z from "zod";
import { parseJson } from "../../json/parse.ts";
import { isObject, type Json, member } from "../../json/value.ts";
import { type Connection, type Method, Refusal, read, send } from "./request.ts";
import { Grant, NewGrant, PolicyRecord, ServerRecord } from "./shapes.ts";

export type GrantWish = {
  readonly server: string;
  readonly policy: string;
  readonly label: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly expiresAt?: string;
};

export type Admin = ReturnType<typeof adminClient>;

export function adminClient(connection: Connection) {
  const ask = async <T>(shape: z.ZodType<T>, method: Method, path: string, body?: string): Promise<T> =>
    read(shape, await send(connection, method, path, body), connection);
  return {
    servers: async (): Promise<readonly ServerRecord[]> =>
      (await ask(z.looseObject({ items: z.array(ServerRecord) }), "GET", "/servers")).items,

    putServer: (slug: string, body: unknown) =>
      ask(ServerRecord, "PUT", `/servers/${part(slug)}`, JSON.stringify(body)),

    policies: async (server: string): Promise<readonly PolicyRecord[]> =>
      (await ask(z.looseObject({ items: z.array(PolicyRecord) }), "GET", `/policies?server=${part(server)}`)).items,

    /** The document as the gateway has it, digit for digit. */
    policyDocument: async (server: string, name: string): Promise<Json | undefined> => {
      const answer = parseJson(await send(connection, "GET", `/policies/${part(server)}/${part(name)}`));
      return answer.ok && isObject(answer.value) ? member(answer.value, "document") : undefined;
    },

    /** `text` is sent as it stands in the file, so the gateway's places are the file's places. */
    putPolicy: (server: string, name: string, text: string) =>
      ask(PolicyRecord, "PUT", `/policies/${part(server)}/${part(name)}`, text),

    createGrant: (wish: GrantWish) => ask(NewGrant, "POST", "/grants", JSON.stringify(wish)),

    grants: async (filter: { readonly server?: string; readonly status?: string }): Promise<readonly Grant[]> => {
      const query = new URLSearchParams(filter).toString();
      return (await ask(z.looseObject({ items: z.array(Grant) }), "GET", query === "" ? "/grants" : `/grants?${query}`))
        .items;
    },

    /** Undefined when the gateway knows no such grant. */
    grant: async (id: string): Promise<Grant | undefined> => {
      try {
        return await ask(Grant, "GET", `/grants/${part(id)}`);
      } catch (error) {
        if (error instanceof Refusal && error.status === 404) return undefined;
        throw error;
      }
    },

    revoke: (id: string) => ask(Grant, "POST", `/grants/${part(id)}/revoke`),
  };
}

const part = encodeURIComponent;
