/**
 * Finds the gateway's own credential in what a server says. One that shows its callers the headers they sent would hand it
 * to the client, who could then go past the gateway.
 *
 * What a server does on purpose can't be stopped: it has the credential, and can write it in many ways. It must never be
 * told where in a text it stood.
 */
import { Kept } from "../grant/kept.ts";

/** Whether a text as it came, which is JSON, holds a secret. */
export type Leaks = (text: string) => boolean;

/** A shorter text stands in an answer by chance. */
const LEAST_LENGTH = 8;

/** Tokens are new every hour or so. */
const patterns = new Kept<string, RegExp>(500);

/** `secrets` stay as they are; `token` gives the one that is held now. */
export function leaksOf(secrets: readonly string[], token: () => string | null): Leaks {
  const long = secrets.filter((secret) => secret.length >= LEAST_LENGTH);
  const pattern = long.length === 0 ? null : new RegExp(long.map(written).join("|"));
  return (text) => {
    if (pattern?.test(text)) return true;
    const held = token();
    if (held === null || held.length < LEAST_LENGTH) return false;
    return (patterns.get(held) ?? patterns.set(held, new RegExp(written(held)))).test(text);
  };
}

/** The secret in JSON, or in JSON that is a string there: what is neither letter nor digit may be escaped. */
function written(secret: string): string {
  return secret.replace(/[^A-Za-z0-9]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    const digits = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
    return `\\\\*(?:\\u${code}|u${digits})`;
  });
}
