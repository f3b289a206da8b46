/**
 * A small MCP client on the official SDK: one connection, one thing done on it, closed again. It offers the server no
 * capability (no sampling, no elicitation), and sends the grant token to the gateway's address only.
 */
import { Client, StreamableHTTPClientTransport, type VersionNegotiationMode } from "@modelcontextprotocol/client";
import type { Bearer, Gateway } from "../gateway.ts";
import { VERSION } from "../version.ts";
import { explained } from "./failure.ts";

export const ERAS = ["auto", "legacy", "modern"] as const;
export type Era = (typeof ERAS)[number];

const MODES: Record<Era, VersionNegotiationMode> = { auto: "auto", legacy: "legacy", modern: { pin: "2026-07-28" } };

export type Target = {
  readonly gateway: Gateway;
  readonly url: string;
  readonly server: string;
  readonly bearer: Bearer;
  readonly era: Era;
};

/** Throws a `Failure` that says what stood in the way. */
export async function withClient<T>(target: Target, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(
    { name: "grantgate-cli", version: VERSION },
    { capabilities: {}, versionNegotiation: { mode: MODES[target.era] } },
  );
  const transport = new StreamableHTTPClientTransport(new URL(target.url), {
    requestInit: { headers: { authorization: `Bearer ${target.bearer.token}` }, redirect: "error" },
  });
  try {
    await client.connect(transport);
    return await use(client);
  } catch (error) {
    throw explained(error, target);
  } finally {
    // A legacy session is given back; that this fails changes nothing for the user.
    if (transport.sessionId !== undefined) await transport.terminateSession().catch(() => undefined);
    await client.close().catch(() => undefined);
  }
}
