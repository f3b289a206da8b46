/**
 * Finds the gateway's own credential in what a server says. One that shows its callers the headers they sent would hand it
 * to the client, who could then go past the gateway.
 *
 * What a server does on purpose can't be stopped: it has the credential, and can write it in many ways. It must never
 * take longer for a text that a server has made for that.
 */
import { Kept } from "../grant/kept.ts";

/** Whether a text as it came, which is JSON or a part of it, holds a secret. */
export type Leaks = (text: string) => boolean;

/** A shorter text stands in an answer by chance. */
const LEAST_LENGTH = 8;
/** Whoever has more of it has this too. */
const MOST_LENGTH = 256;

type Mark = {
  /** The longest part that nobody escapes. */
  readonly plain: string;
  /** Of a text without its backslashes. */
  readonly whole: RegExp;
};

/** Tokens are new every hour or so. */
const ofTokens = new Kept<string, Mark | null>(500);

/** `secrets` stay as they are; `tokens` gives those that were sent lately. */
export function leaksOf(secrets: readonly string[], tokens: () => readonly string[]): Leaks {
  const marks = secrets.map(markOf);
  const ofToken = (token: string) => ofTokens.get(token) ?? ofTokens.set(token, markOf(token));
  return (text) => marks.some((mark) => shows(text, mark)) || tokens().some((token) => shows(text, ofToken(token)));
}

function shows(text: string, mark: Mark | null): boolean {
  return mark !== null && text.includes(mark.plain) && mark.whole.test(text.replaceAll("\\", ""));
}

/** Null for what is too short to be told from other texts. */
function markOf(secret: string): Mark | null {
  const piece = secret.slice(-MOST_LENGTH);
  if (piece.replaceAll("\\", "").length < LEAST_LENGTH) return null;
  const [plain = ""] = piece.split(/[^A-Za-z0-9]+/).toSorted((a, b) => b.length - a.length);
  return { plain, whole: new RegExp(piece.replace(/\\+|[^A-Za-z0-9]/g, written)) };
}

/** A sign in JSON, or in JSON that is a string there, less its backslashes. */
function written(sign: string): string {
  if (sign.startsWith("\\")) return "(?:u005[cC])*";
  const code = sign.charCodeAt(0).toString(16).padStart(4, "0");
  const digits = code.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
  return `(?:\\u${code}|u${digits}${sign === "\t" ? "|t" : ""})`;
}
