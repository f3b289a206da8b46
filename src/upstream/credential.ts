/**
 * A credential with the values of its secrets in place. A secret that is missing is an error: nothing goes without.
 * What is made here is secret, and goes to the server or its token endpoint and nowhere else.
 */
import { type Credential, namesIn, type OAuth, SECRET } from "./credential-file.ts";

/** A record that names secrets and holds their values. */
export type CredentialRecord = {
  readonly credential?: Credential | undefined;
  readonly secrets: Readonly<Record<string, string>>;
};

/** The headers, by names in lower case. */
export function credentialHeaders({ credential, secrets }: CredentialRecord): Record<string, string> {
  const headers = Object.entries(credential?.headers ?? {});
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), filled(value, secrets)]));
}

/** The gateway as a client of an authorization server; null where the credential has no OAuth. */
export function oauthClient({ credential, secrets }: CredentialRecord): OAuth | null {
  const oauth = credential?.oauth;
  if (oauth === undefined) return null;
  const { clientId, clientSecret } = oauth;
  return { ...oauth, clientId: filled(clientId, secrets), clientSecret: filled(clientSecret, secrets) };
}

/** What proves the gateway: the values of secrets in headers, and the client's secret. Who it is, is none. */
export function secretsOf({ credential, secrets }: CredentialRecord): readonly string[] {
  const texts = [...Object.values(credential?.headers ?? {}), credential?.oauth?.clientSecret ?? ""];
  return texts.flatMap(namesIn).map((name) => filled(`\${secret:${name}}`, secrets));
}

function filled(text: string, secrets: CredentialRecord["secrets"]): string {
  return text.replace(SECRET, (_, name: string) => {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) throw new Error(`the secret ${name} is not set`);
    return value;
  });
}
