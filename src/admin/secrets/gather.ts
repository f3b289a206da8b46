/** The secrets that a credential names, with the values that were given now or are stored from earlier. Pure. */
import type { Fault } from "../../json/checked.ts";
import { child } from "../../json/pointer.ts";
import type { Credential } from "../../upstream/credential-file.ts";

type Secrets = Readonly<Record<string, string>>;

type Addresses = { readonly url?: string; readonly credential?: Credential | undefined };

/**
 * Whether secrets that were given for the one would go to the same places under the other. To another place they must
 * be given anew: else whoever can change an address could have them sent to an address of their own, and read them.
 */
export function sameDestinations(a: Addresses, b: Addresses): boolean {
  return destinationsOf(a).join(" ") === destinationsOf(b).join(" ");
}

function destinationsOf({ url, credential }: Addresses): string[] {
  const named = [url, credential?.oauth?.tokenUrl];
  return named.map((text) => (text === undefined ? "" : (URL.parse(text)?.origin ?? text)));
}
export type Gathered =
  | { readonly ok: true; readonly value: Record<string, string> }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** What nothing names is not kept. `stored` is null where there is nothing that may be used again. */
export function gatherSecrets(names: readonly string[], given: Secrets, stored: Secrets | null): Gathered {
  const missing = names.filter((name) => !Object.hasOwn(given, name) && !Object.hasOwn(stored ?? {}, name));
  const unused = Object.keys(given).filter((name) => !names.includes(name));
  const faults = [
    ...missing.map((name) => fault(name, `the secret ${name} is named, but was not given for this address`)),
    ...unused.map((name) => fault(name, `nothing names the secret ${name}`)),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const all = { ...stored, ...given };
  return { ok: true, value: Object.fromEntries(names.map((name) => [name, all[name] ?? ""])) };
}

function fault(name: string, message: string): Fault {
  return { pointer: child("/secrets", name), message };
}
