/** A refusal of a message before any policy is asked: an HTTP status and the JSON-RPC error to send with it. */
import type { JsonObject } from "../json/value.ts";
import { SESSION_NOT_FOUND } from "./codes.ts";
import type { Id } from "./message.ts";

export type Refusal = {
  readonly kind: "refused";
  /** HTTP status. */
  readonly status: number;
  readonly code: number;
  readonly message: string;
  /** The id of the refused request where it could be read, else null. */
  readonly id: Id | null;
  readonly data?: JsonObject;
};

export function refusal(status: number, code: number, message: string, id: Id | null, data?: JsonObject): Refusal {
  return { kind: "refused", status, code, message, id, ...(data && { data }) };
}

/** Tells a legacy client to start over (specification 2025-11-25, "Session Management"). */
export function sessionGone(id: Id | null): Refusal {
  return refusal(404, SESSION_NOT_FOUND, "Session not found; start over with initialize.", id);
}
