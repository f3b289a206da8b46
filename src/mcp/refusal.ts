/** A refusal of a message before any policy is asked: an HTTP status and the JSON-RPC error to send with it. */
import type { JsonObject } from "../json/value.ts";
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
