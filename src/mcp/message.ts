/**
 * A JSON-RPC 2.0 message as MCP narrows it: one object, no batch, ids that are strings or integers, params that are an
 * object. What does not fit is refused here, so that no later step has to ask what a message is.
 */
import { isObject, type Json, JsonNumber, type JsonObject, member } from "../json/value.ts";
import { INVALID_REQUEST } from "./codes.ts";
import { disguisedKey, disguisedWithin, takenForTools } from "./keys.ts";
import { type Refusal, refusal } from "./refusal.ts";

export type Id = string | number | JsonNumber;

export type Request = {
  readonly kind: "request";
  readonly id: Id;
  readonly method: string;
  readonly params: JsonObject;
};
export type Notification = { readonly kind: "notification"; readonly method: string; readonly params: JsonObject };
export type Response = { readonly kind: "response"; readonly id: Id | null; readonly outcome: Outcome };
export type Message = Request | Notification | Response;

export type Outcome =
  | { readonly kind: "result"; readonly result: JsonObject }
  | { readonly kind: "error"; readonly error: JsonObject };

const REQUEST_KEYS = new Set(["jsonrpc", "id", "method", "params"]);
const RESPONSE_KEYS = new Set(["jsonrpc", "id", "result", "error"]);

/** Reads a parsed body as one message, or says why it is none (HTTP 400, -32600). */
export function readMessage(body: Json): Message | Refusal {
  if (Array.isArray(body)) return refused("JSON-RPC batches are not accepted; send each message in its own request.");
  if (!isObject(body)) return refused("The body is not a JSON-RPC message.");
  const id = member(body, "id");
  const shown = isId(id) ? id : null;
  const disguised = disguisedKey(body);
  if (disguised !== null) return refused(disguised, shown);
  if (body.jsonrpc !== "2.0") return refused('"jsonrpc" must be "2.0".', shown);
  if (id !== undefined && !isId(id) && !(id === null && "error" in body)) {
    return refused('"id" must be a string or an integer.');
  }
  return "method" in body ? readCall(body, shown) : readResponse(body, shown);
}

export function isId(value: Json | undefined): value is Id {
  if (typeof value === "string") return true;
  // From 1e21 on a double is written with an exponent, which is not how integers are written.
  if (typeof value === "number") return Number.isInteger(value) && Math.abs(value) < 1e21;
  return value instanceof JsonNumber && /^-?[0-9]+$/.test(value.text);
}

/** Ids are equal as JSON: type and digits. */
export function sameId(a: Json | undefined, b: Id): boolean {
  if (a instanceof JsonNumber) return b instanceof JsonNumber && a.text === b.text;
  return a === b;
}

function readCall(body: JsonObject, id: Id | null): Request | Notification | Refusal {
  const extra = Object.keys(body).find((key) => !REQUEST_KEYS.has(key));
  if (extra !== undefined) return refused(`${JSON.stringify(extra)} is no member of a JSON-RPC request.`, id);
  const { method, params } = body;
  if (typeof method !== "string" || method === "") return refused('"method" must be a string.', id);
  if (params !== undefined && !isObject(params)) return refused('"params" must be an object.', id);
  const given: JsonObject = params ?? Object.create(null);
  const disguised = disguisedWithin(given);
  if (disguised !== null) return refused(disguised, id);
  return id === null ? { kind: "notification", method, params: given } : { kind: "request", id, method, params: given };
}

function readResponse(body: JsonObject, id: Id | null): Response | Refusal {
  const extra = Object.keys(body).find((key) => !RESPONSE_KEYS.has(key));
  if (extra !== undefined) return refused(`${JSON.stringify(extra)} is no member of a JSON-RPC response.`, id);
  const { result, error } = body;
  if (isObject(result) && takenForTools(result)) return refused('A key of the result could be read as "tools".', id);
  if (isObject(result) && error === undefined && id !== null) {
    return { kind: "response", id, outcome: { kind: "result", result } };
  }
  if (isObject(error) && result === undefined) return { kind: "response", id, outcome: { kind: "error", error } };
  return refused("The body is neither a JSON-RPC request, nor a notification, nor a response.", id);
}

function refused(reason: string, id: Id | null = null): Refusal {
  return refusal(400, INVALID_REQUEST, `Bad Request: ${reason}`, id);
}

/** The message as it goes on the wire. Params without a member are left out, as most peers send them. */
export function encodeMessage(message: Message): string {
  switch (message.kind) {
    case "request":
      return JSON.stringify({ jsonrpc: "2.0", id: message.id, method: message.method, ...paramsOf(message) });
    case "notification":
      return JSON.stringify({ jsonrpc: "2.0", method: message.method, ...paramsOf(message) });
    case "response":
      return JSON.stringify({
        jsonrpc: "2.0",
        id: message.id,
        ...(message.outcome.kind === "result" ? { result: message.outcome.result } : { error: message.outcome.error }),
      });
  }
}

function paramsOf({ params }: Request | Notification): { readonly params?: JsonObject } {
  return Object.keys(params).length === 0 ? {} : { params };
}
