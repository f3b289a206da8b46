/** The admin API as functions, one for each request that this command makes. */
import type { Context } from "../context.ts";
import { adminBearer, type Bearer, findGateway, type Gateway } from "../gateway.ts";
import { apiOf } from "./api.ts";
import { auditCalls } from "./audit-calls.ts";
import { grantCalls } from "./grant-calls.ts";
import { operatorCalls } from "./operator-calls.ts";
import { policyCalls } from "./policy-calls.ts";
import type { Connection } from "./request.ts";
import { serverCalls } from "./server-calls.ts";
import { Rotated, Status } from "./shapes.ts";
import { toolCalls } from "./tool-calls.ts";

export type Admin = ReturnType<typeof adminClient>;

export function adminClient(connection: Connection) {
  const api = apiOf(connection);
  return {
    json: api.json,
    status: () => api.ask(Status, "GET", "/status"),
    rotateSecrets: () => api.ask(Rotated, "POST", "/secrets/rotate"),
    ...serverCalls(api),
    ...toolCalls(api),
    ...policyCalls(api),
    ...grantCalls(api),
    ...operatorCalls(api),
    ...auditCalls(api),
  };
}

/** The gateway that a command talks to. */
export function openAdmin(
  context: Pick<Context, "env" | "root">,
  signal?: AbortSignal,
): {
  readonly gateway: Gateway;
  readonly bearer: Bearer;
  readonly admin: Admin;
} {
  const gateway = findGateway(context);
  const bearer = adminBearer(gateway, context);
  return { gateway, bearer, admin: adminClient({ gateway, bearer, signal }) };
}
