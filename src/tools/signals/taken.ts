/** What a parameter takes that could be anything: code, queries, markup, JSON in a string. */
import { member } from "../../json/value.ts";
import { singular } from "../classify/words.ts";
import { type Field, isFree, typesOf } from "./field.ts";
import type { SignalKind } from "./signal.ts";

/** What was found, for the sentence "the parameter *x* …". */
export type Found = { readonly kind: SignalKind; readonly says: string };

/** Of the tool a parameter belongs to. */
export type About = {
  readonly words: readonly string[];
  readonly reads: boolean;
  /** One of its parameters is a credential. */
  readonly takesSecret: boolean;
};

const words = (list: string): ReadonlySet<string> => new Set(list.split(" "));

const RUNS = words("command script code javascript python shell bash powershell snippet program lua");
/** Before `code`, what makes it something that runs; anything else makes it a number (`country_code`). */
const CODE_OF = words("source python javascript js typescript custom lua r java sql shell program my user");
const SAID_TO_RUN =
  /\b(?:javascript|typescript|python|lua|shell|bash|powershell|cli|groovy|ruby)\b[^.]{0,24}\b(?:code|commands?|scripts?|snippets?|functions?|expressions?)\b|\b(?:code|commands?|scripts?|expressions?|functions?) to (?:be )?(?:run|execute|evaluate)d?\b|\(\) ?=>/i;
const ONLY_NAMED =
  /\b(?:names?|ids?|identifiers?|paths?|urls?|uuid|slug) (?:of|for|to) |\b(?:script|command|program) (?:name|id)\b/i;
const NUMBERED =
  /\b(?:country|status|error|verification|confirmation|coupon|promo|discount|currency|language|locale|zip|postal|auth(?:orization)?|iso|one[- ]time|otp|2fa|mfa|digits?|airport|iata|hs|sku|product|invite|access|qr|exit)\b/i;

/** What holds the code where the tool's own name says that it is some. */
const HOLDS = words("content body source text");

export function codeIn(field: Field, { words: tool, reads }: About): Found | undefined {
  const { words, description } = field;
  const last = singular(words.at(-1) ?? "");
  if (!isFree(field)) return undefined;
  const before = words.at(-2) ?? "";
  const isNamed =
    last === "code"
      ? words.length === 1
        ? !NUMBERED.test(description)
        : CODE_OF.has(before)
      : (RUNS.has(last) && words.length <= 3) || (HOLDS.has(last) && !reads && tool.includes("script"));
  if ((isNamed && !ONLY_NAMED.test(description)) || (SAID_TO_RUN.test(description) && !ONLY_NAMED.test(description))) {
    return { kind: "code", says: last === "command" ? "takes free-form commands" : "takes free-form code" };
  }
  return undefined;
}

const LANGUAGES =
  /\b(?:sql|cypher|graphql|kql|promql|logql|xpath|sparql|mongo\w*|elasticsearch|jmespath|soql|gaql|esql)\b/i;
const BASES = words(
  "sql graphql cypher postgres postgresql mysql sqlite bigquery snowflake mongodb clickhouse duckdb kql promql database db",
);

export function queryIn(field: Field, { words: tool }: About): Found | undefined {
  const last = singular(field.words.at(-1) ?? "");
  const isSql = last === "sql" || last === "cypher" || last === "graphql";
  const isQuery = last === "query" || last === "statement" || last === "mutation";
  if (!isFree(field) || (!isSql && !isQuery)) return undefined;
  const language = LANGUAGES.exec(`${field.words.join(" ")} ${field.description}`)?.[0];
  const isBase = tool.some((word) => BASES.has(word));
  if (!isSql && language === undefined && !isBase) return undefined;
  return { kind: "query", says: `takes a free-form query${language === undefined ? "" : ` (${language})`}` };
}

const MARKUP = words("html markup mjml svg jinja jinja2 handlebars mustache liquid");
const SAYS_MARKUP =
  /\b(?:(?:as|in|supports?|raw|contains?|may be|or) HTML|HTML (?:content|body|text|string|source|code|document|page|fragment|markup|template)|(?:jinja2?|handlebars|mustache|liquid|go|twig) templates?|template (?:string|text|source|body|content))\b/i;
const NO_MARKUP = /\b(?:no|not|without|strips?|removes?|plain)\b[^.]{0,20}\bHTML\b/i;

export function markupIn(field: Field): Found | undefined {
  const { words, description } = field;
  if (!isFree(field) || NO_MARKUP.test(description)) return undefined;
  const isNamed = words.some((word) => MARKUP.has(word)) && !/\b(?:id|name|path|url|selector)$/.test(words.join(" "));
  return isNamed || SAYS_MARKUP.test(description) ? { kind: "html", says: "takes HTML or a template" } : undefined;
}

const SAYS_JSON =
  /\bJSON[- ](?:string|encoded|formatted|serialized|stringified|text)\b|\bstringified\b|\b(?:JSON (?:object|array|body|payload|data|document)|as JSON|in JSON|valid JSON)\b/i;

export function jsonIn({ words, schema, description }: Field): Found | undefined {
  const types = typesOf(schema);
  if (!types.has("string") || types.has("object")) return undefined;
  const isNamed = words.length > 1 && words.at(-1) === "json";
  const isMedia = member(schema, "contentMediaType") === "application/json";
  if (!isNamed && !isMedia && !SAYS_JSON.test(description)) return undefined;
  return { kind: "json-string", says: "carries JSON in a string, which the schema can't look into" };
}
