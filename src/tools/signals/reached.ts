/** Where a parameter leads: URLs, hosts, paths; and in whose name: credentials. */
import { member } from "../../json/value.ts";
import { singular } from "../classify/words.ts";
import { type Field, isFree, typesOf } from "./field.ts";
import type { About, Found } from "./taken.ts";

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));

const URLS = words("url uri webhook href");
/** A text that only switches something on. */
const SWITCH = /\b(?:enable|disable|true|false|on|off|yes|no)\b/i;

export function urlIn(field: Field): Found | undefined {
  const { words, schema, description } = field;
  if (!isFree(field) || isSwitch(field)) return undefined;
  const format = member(schema, "format");
  const isUrl = format === "uri" || format === "url" || URLS.has(singular(words.at(-1) ?? ""));
  if (!isUrl || /\bnot? (?:a )?URL\b/i.test(description)) return undefined;
  return { kind: "url", says: "takes a URL of the agent's choice" };
}

function isSwitch({ schema, description }: Field): boolean {
  const normal = member(schema, "default");
  const isWord = typeof normal === "string" && /^(?:enable|disable)d?$/i.test(normal);
  return (
    isWord ||
    (SWITCH.test(description) && /\b(?:enable\b.{0,12}\bdisable|disable\b.{0,12}\benable)\b/i.test(description))
  );
}

const PATHS = words("path file filename filepath directory dir cwd workdir pathname");
/** Paths inside a document, which lead nowhere. */
const INNER = words("json xpath jsonpath jmes key field property class css svg clip menu navigation critical career");
const NO_FILE = /\b(?:IDs?|UUIDs?|contents?|base64|key of)\b/;

/** Both ends of what is done to files. */
const ENDS = words("source destination");
const FILES = words("file directory folder");

export function pathIn(field: Field, { words: tool }: About): Found | undefined {
  const { words, description } = field;
  const last = singular(words.at(-1) ?? "");
  const isEnd = words.length === 1 && ENDS.has(last) && tool.some((word) => FILES.has(singular(word)));
  if (!isFree(field) || !(PATHS.has(last) || isEnd) || words.slice(0, -1).some((word) => INNER.has(word)))
    return undefined;
  if (isSwitch(field) || (last === "file" && NO_FILE.test(description))) return undefined;
  return { kind: "path", says: "takes a path of the agent's choice" };
}

const SECRET =
  /(?:^| )(?:password|passwd|pwd|passphrase|passcode|secret|psk|psksecret|apikey|credentials?|token|(?:api|access|private|secret|auth|ssh|signing|encryption|shared|preshared|license) (?:key|token|secret)|connection string|dsn)$/;
/** Tokens that open nothing. */
const NO_SECRET =
  /(?:^| )(?:page|next|prev|previous|continuation|continue|sync|cursor|pagination|resume|start|delta|csrf|max|idempotency|progress|design|client request|request|watch|bookmark|stop|pad) token$/;
const NO_SECRET_SAID =
  /\b(?:paginat\w+|next page|page of results|cursor|contract|ERC-?\d+|symbol|mint|cryptocurrenc\w+|on-?chain|placeholder|design token)\b/i;
const COIN = words("swap balance price holder wallet chain crypto coin nft solana ethereum liquidity");

export function credentialIn(field: Field, { words: tool }: Pick<About, "words">): Found | undefined {
  const name = field.words.join(" ");
  if (!isFree(field) || isSwitch(field) || !SECRET.test(name) || NO_SECRET.test(name)) return undefined;
  const isToken = field.words.at(-1) === "token";
  if (isToken && (NO_SECRET_SAID.test(field.description) || tool.some((word) => COIN.has(word)))) return undefined;
  return { kind: "credential", says: "takes a credential from the agent" };
}

const POINTERS =
  /(?:^| )(?:(?:base|server|proxy|host|target|api) (?:url|uri|host|endpoint)|dsn|connection string|proxy)$/;
const HOSTS = words("host hostname endpoint");
const CONNECTS = words("connect configure login setup authenticate request http curl fetch proxy ssh telnet");

/** A host alone is often a thing to look at or to store: with a credential, or where the tool connects, it is more. */
export function hostIn(field: Field, { words: tool, takesSecret }: About): Found | undefined {
  const { words, schema } = field;
  if (!isFree(field) || isSwitch(field) || typesOf(schema).has("array")) return undefined;
  const isHost = HOSTS.has(words.at(-1) ?? "") && words.length <= 2;
  const talks = takesSecret || tool.some((word) => CONNECTS.has(word));
  if (!POINTERS.test(words.join(" ")) && !(isHost && talks)) return undefined;
  return { kind: "host", says: "chooses the host that it talks to" };
}
