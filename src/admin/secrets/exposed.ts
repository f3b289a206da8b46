/**
 * Secrets that are written where they can be read again: in a URL's query, or in a header as it is. Only what is about
 * to be stored is judged so; what was stored earlier stays as it is. Pure.
 */
import { isSecretName } from "../../audit/secret-name.ts";
import type { Fault } from "../../json/checked.ts";
import { child } from "../../json/pointer.ts";
import { type Credential, namesIn } from "../../upstream/credential-file.ts";

type Named = { readonly url?: string | undefined; readonly credential?: Credential | undefined };

/** Shorter ones tell how something is done, as `auth=none` does, and are no secrets worth the name. */
const SHORTEST = 8;

export function exposedSecrets({ url, credential }: Named, at = ""): Fault[] {
  const headers = Object.entries(credential?.headers ?? {})
    .filter(([name, text]) => isSecretName(name) && text.length >= SHORTEST && namesIn(text).length === 0)
    .map(([name]) => ({
      pointer: child(`${at}/headers`, name),
      message: `must name its secret as \${secret:NAME} and not hold it`,
    }));
  return [...inQuery("/url", url), ...headers, ...inQuery(`${at}/oauth/tokenUrl`, credential?.oauth?.tokenUrl)];
}

function inQuery(pointer: string, text: string | undefined): Fault[] {
  const query = text === undefined ? [] : [...(URL.parse(text)?.searchParams ?? [])];
  return query
    .filter(([name, value]) => isSecretName(name) && value.length >= SHORTEST)
    .map(([name]) => ({
      pointer,
      message: `must not hold a secret in its query (${name}), where it can be read again; send it by credential.headers`,
    }));
}
