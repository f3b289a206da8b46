/** `/grants`. */
import type { Api, Query } from "./api.ts";
import { Refusal } from "./refusal.ts";
import { Grant, NewGrant, Usage } from "./shapes.ts";

export type GrantWish = {
  readonly server: string;
  readonly policy: string | null;
  readonly label: string;
  readonly tags: readonly string[];
  /** ISO 8601. */
  readonly expiresAt?: string;
};

export type GrantFilter = {
  readonly server?: string;
  readonly policy?: string;
  readonly status?: string;
  readonly tag?: string;
  readonly label?: string;
};

export type GrantEdit = {
  readonly label?: string;
  readonly tags?: readonly string[];
  /** Null is never; a time that is past ends it at once. */
  readonly expiresAt?: string | null;
};

/** What a grant uses towards the server in place of the server's own credential. */
export type GrantCredential = {
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
};

export function grantCalls({ ask, all }: Api) {
  const at = (id: string, action = ""): string => `/grants/${encodeURIComponent(id)}${action}`;
  const act = (action: string) => (id: string) => ask(Grant, "POST", at(id, action));
  const grants = (filter: GrantFilter = {}, limit?: number): Promise<readonly Grant[]> =>
    all(Grant, "/grants", filter satisfies Query, limit);
  return {
    createGrant: (wish: GrantWish, idempotencyKey?: string) =>
      ask(NewGrant, "POST", "/grants", { body: JSON.stringify(wish), ...keyed(idempotencyKey) }),

    grants,

    /** Undefined when the gateway knows no such grant. */
    grant: async (id: string): Promise<Grant | undefined> => {
      try {
        return await ask(Grant, "GET", at(id));
      } catch (error) {
        if (error instanceof Refusal && error.status === 404) return undefined;
        throw error;
      }
    },

    grantWithUsage: (id: string) => ask(Grant.extend({ usage: Usage }), "GET", at(id)),
    grantUsage: (id: string) => ask(Usage, "GET", at(id, "/usage")),
    editGrant: (id: string, edit: GrantEdit) => ask(Grant, "PATCH", at(id), { body: JSON.stringify(edit) }),

    moveGrant: (id: string, policy: string | null) =>
      ask(Grant, "PUT", at(id, "/policy"), { body: JSON.stringify({ policy }) }),

    rotateGrant: (id: string, overlapSeconds: number, idempotencyKey: string) =>
      ask(NewGrant, "POST", at(id, "/rotate"), { body: JSON.stringify({ overlapSeconds }), ...keyed(idempotencyKey) }),

    suspend: act("/suspend"),
    resume: act("/resume"),
    revoke: act("/revoke"),

    setCredential: (id: string, credential: GrantCredential) =>
      ask(Grant, "PUT", at(id, "/credential"), { body: JSON.stringify(credential) }),

    clearCredential: (id: string) => ask(Grant, "DELETE", at(id, "/credential")),

    /** Whether any call can still come through grants of this server. */
    isServerInUse: async (server: string): Promise<boolean> => {
      const found = await Promise.all(["active", "suspended"].map((status) => grants({ server, status }, 1)));
      return found.some((items) => items.length > 0);
    },
  };
}

export function keyed(idempotencyKey: string | undefined) {
  return idempotencyKey === undefined ? {} : { idempotencyKey };
}
