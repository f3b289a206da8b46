/**
 * Takes out of a value what looks like a secret: by the name it stands under, and by its form. It knows many forms and
 * not all of them. It must take time in proportion to its input: every pattern here reads on from where it began, at
 * most a bounded stretch of it twice.
 */
import { canonicalJson } from "../json/canonical.ts";
import { parseJson } from "../json/parse.ts";
import { bareObject, isObject, type Json, type JsonObject } from "../json/value.ts";
import { isSecretName } from "./secret-name.ts";

const REDACTED = "[redacted]";

/** Strings that are JSON are looked into this deep; what lies deeper is not shown. */
const DEEPEST = 8;

export function redacted(value: Json, depth = 0): Json {
  if (typeof value === "string") return redactedText(value, depth);
  if (Array.isArray(value)) return value.map((item) => redacted(item, depth));
  if (!isObject(value)) return value;
  const shown = bareObject();
  const isNamed = namesSecret(value);
  Object.keys(value).forEach((key, index) => {
    const hides = isSecretName(key) || (isNamed && key.toLowerCase() === "value");
    const member = value[key] ?? null;
    shown[labelled(key, index)] = hides ? hidden(member) : redacted(member, depth);
  });
  return shown;
}

/** As lists of headers and variables write it: `{"name": "Authorization", "value": …}`. */
function namesSecret(object: JsonObject): boolean {
  return Object.keys(object).some((key) => {
    const named = /^(?:name|key|header|field)$/i.test(key) ? object[key] : undefined;
    return typeof named === "string" && isSecretName(named);
  });
}

/** Whether there is something or not, yes or no, is no secret. */
function hidden(value: Json): Json {
  return value === null || typeof value === "boolean" ? value : REDACTED;
}

/** A key as it may be shown. A changed one bears its place, so that none takes the place of another. */
export function labelled(key: string, index: number, longest = Number.POSITIVE_INFINITY): string {
  const shown = keyText(key.slice(0, longest));
  return shown === key && !key.includes(REDACTED) ? key : `${shown} #${index}`;
}

/** A key by itself, without what is no name but a secret. Shorter ones have room for none. */
export function keyText(key: string): string {
  return key.length < SHORTEST_TOKEN ? key : redactedText(key);
}

const SHORTEST_TOKEN = 12;

function redactedText(text: string, depth = 0): string {
  if (/^\s*["[{]/.test(text)) {
    const parsed = parseJson(text);
    if (parsed.ok) return redactedJson(text, parsed.value, depth);
  }
  let shown = text;
  for (const [pattern, instead] of FORMS) shown = shown.replace(pattern, instead);
  return shown.replace(LONG_RUN, (run) => (isWordy(run) ? run : REDACTED));
}

function redactedJson(text: string, value: Json, depth: number): string {
  if (depth >= DEEPEST) return REDACTED;
  const shown = canonicalJson(redacted(value, depth + 1));
  return shown === canonicalJson(value) ? text : shown;
}

const NAMES =
  "pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|(?:api|access|private|secret|signing|auth)[-_ ]?key|session[-_]?id|\\b(?:pin|otp|cvv|cvc)";
const VALUE = "(?:\\\\*\"[^\"]*\"?|\\\\*'[^']*'?|[^\\s\"'&;]+)";

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]{1,64}-----[\s\S]*?(?:-----END [^-]{1,64}-----|$)/g, REDACTED],
  [/(?<=:\/\/)[^\s/?#]*@/g, `${REDACTED}@`],
  [/((?:authorization|cookies?)["'\\]*\s*[=:]\s*["'\\]*)[^"'\r\n]+/gi, `$1${REDACTED}`],
  [/\b(bearer)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [new RegExp(`((?:${NAMES})(?:["'\\\\]*\\s*[=:]|(?<=--[\\w-]{0,60})\\s)\\s*)${VALUE}`, "gi"), `$1${REDACTED}`],
  [/(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){1,4}/g, REDACTED],
  [
    /(?:gh[oprsu]_|github_pat_|gl(?:pat|dt|rt|ptt|ft|soat|cbt|agent)-|(?<![A-Za-z0-9])sk-|[rs]k_(?:live|test)_|whsec_|xox[a-z]-|xapp-|AIza|ya29\.|gg[to]_|npm_|pypi-|hvs\.|SG\.)[\w.-]{8,}|A[KS]IA[A-Z0-9]{12,}/g,
    REDACTED,
  ],
];

/** What keys, digests and encoded bytes are made of, where it is long. */
const LONG_RUN = /[\w+/=-]{32,}/g;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
/** Few enough letters and digits that no words are made of; chance hardly ever leaves so few. */
const FEW = 12;

/** Whether a run reads as a path, a name or a UUID does, or repeats a few characters, and is not as if drawn by lot. */
function isWordy(run: string): boolean {
  if (new Set(run).size < 8) return true;
  const pieces = run.replace(UUID, "").split(/[^A-Za-z0-9]+/);
  return pieces.reduce((sum, piece) => sum + (isWord(piece) ? 0 : piece.length), 0) < FEW;
}

/** Letters of which few are capitals or all are, with a short number before or behind; or a number. */
function isWord(piece: string): boolean {
  const letters = /^(?:\d{0,4}([A-Za-z]{2,24})|([A-Za-z]{2,24})\d{0,4}|\d{1,20})$/.exec(piece);
  if (letters === null) return false;
  const [, behind, before] = letters;
  const word = behind ?? before ?? "";
  const capitals = word.replace(/[a-z]+/g, "").length;
  return capitals <= word.length / 3 || (capitals === word.length && capitals <= 16);
}
