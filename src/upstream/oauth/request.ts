/** The request for a token: client credentials (RFC 6749, section 4.4), for a resource where one is named (RFC 8707). */
import { SERVER_INFO } from "../../mcp/reply.ts";
import type { OAuth } from "../credential-file.ts";

export type TokenRequest = { readonly headers: Record<string, string>; readonly body: string };

export function tokenRequest(client: OAuth): TokenRequest {
  const { clientId, clientSecret, scope, resource, audience, authentication } = client;
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  for (const [name, value] of Object.entries({ scope, resource, audience })) {
    if (value !== undefined) form.set(name, value);
  }
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
    "user-agent": `${SERVER_INFO.name}/${SERVER_INFO.version}`,
  };
  if (authentication === "basic") {
    headers.authorization = `Basic ${btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`)}`;
  } else {
    form.set("client_id", clientId);
    form.set("client_secret", clientSecret);
  }
  return { headers, body: form.toString() };
}

/** RFC 6749, section 2.3.1: both are form-encoded before they become user and password. */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}
