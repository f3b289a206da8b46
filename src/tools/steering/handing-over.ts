/**
 * Instructions that take something from the user and hand it on: read a key and pass it as an argument, copy all mail to an
 * address. No word of it is suspicious alone, so several must meet in a sentence or in two that follow each other.
 */

/** Where secrets lie. Words such as "password" are not among them: honest tools take passwords. */
const SECRET_PLACE =
  /~\/\.[a-z]|\bid_(?:rsa|dsa|ecdsa|ed25519)\b|\.ssh\/|\.aws\/|\/etc\/(?:passwd|shadow)\b|\bmcp\.json\b|\bmcp_config\b|\bclaude_desktop_config\b|(?<![\w])\.env\b|\.netrc\b|\.npmrc\b|\.pypirc\b|\.git-credentials\b|\.kube\/config\b|\bprivate ssh keys?\b|\bbrowser cookies\b|\bkeychain\b|\bwallet\.dat\b|\bseed phrases?\b|\ball environment variables\b/i;
const ALL_TALK =
  /\b(?:include|pass|send|attach|append|provide|forward|copy|put|summarize|upload|transmit)(?: (?:us|along|the|your|and)){0,2} (?:full|entire|complete|whole|all|previous)(?: \w{1,20}){0,2} (?:conversations?|chats?|chat_history|dialogue?|messages|message history|context window)\b/i;
const FETCH =
  /\b(?:you (?:must|should|need to|have to|will|are required to)|please|always|must|then|now|also|first)(?: (?:also|first|always|then|now|immediately|quickly|silently)){0,2} (?:read|open|load|fetch|retrieve|cat|access|get|collect|extract|print|dump|send|pass|include|copy|upload|run|execute|scan|search|find|gather)\b/i;
const IN_ORDER =
  /\b(?:before|after|when|whenever|while|each time|every time|prior to)(?: you)? (?:using|calling|invoking|running|use|call|invoke|run|executing|performing|doing|any|every|each|calculating)\b/i;
const READ = /\b(?:read|open|load|fetch|retrieve|cat|access|collect|extract|dump|scan)\b/i;
const HAND =
  /\b(?:pass|put|include|send|provide|append|attach|supply|insert|encode|paste|embed|forward|submit|upload|post|exfiltrate|concatenate)\b/i;
const GOODS = /\b(?:contents?|it|them|output)\b/i;
const EXAMPLE = /\be\.?g\b|(?<![\w.@-])examples?\b|\bsuch as\b|\bfor instance\b|\bformat\b/i;

const COPY = /\b(?:send|forward|bcc|cc|redirect|change|reroute|route|copy|transmit|exfiltrate|deliver)\b/i;
const FORCE =
  /\b(?:always|every|must|instead of|whenever|each time|any time|all emails|all messages|is invoked|make sure)\b/i;
const ADDRESS = /[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}|\+\d{8,15}\b/;
const POST_OUT =
  /\b(?:post|send|upload|forward|transmit|exfiltrate)(?: (?:all|any|the|every|its|their|this|these|full|entire|raw|file|tool|user|complete)){0,4} (?:outputs?|results?|contents?|data|responses?|arguments?|parameters?|conversations?|files?|history) to https?:\/\//i;

/** Secrets that are named rather than placed. */
const SEARCH_SECRETS =
  /\b(?:search|scan|look|grep)(?: \w{1,20}){0,4} (?:passwords?|secrets?|api[_ ]keys?|credentials|tokens|private keys)\b[^.\n]{0,80}\b(?:include|send|pass|append|return|upload|attach)\b/i;

const PLACES = "asks for what lies in a place of secrets";

/** What is asked for, or undefined. Sentences have single spaces. */
export function handedOver(
  sentences: readonly string[],
): { readonly words: string; readonly says: string } | undefined {
  let before = "";
  for (const sentence of sentences) {
    const here = SECRET_PLACE.exec(sentence);
    if (here !== null && (takes(sentence) || (IN_ORDER.test(before) && READ.test(sentence)))) {
      return { words: excerpt(sentence, here.index), says: PLACES };
    }
    const there = SECRET_PLACE.exec(before);
    if (there !== null && takes(`${before}. ${sentence}`)) {
      return { words: excerpt(`${before}. ${sentence}`, there.index), says: PLACES };
    }
    const quiet = sentence.replaceAll("'", "");
    const search = SEARCH_SECRETS.exec(quiet);
    if (search !== null) return { words: excerpt(quiet, search.index), says: "asks for secrets" };
    const talk = ALL_TALK.exec(sentence);
    if (talk !== null) return { words: excerpt(sentence, talk.index), says: "asks for the whole conversation" };
    const out = POST_OUT.exec(sentence);
    if (out !== null && !EXAMPLE.test(sentence))
      return { words: excerpt(sentence, out.index), says: "sends data to an address of its own" };
    const address =
      COPY.test(sentence) && FORCE.test(sentence) && !EXAMPLE.test(sentence) ? ADDRESS.exec(sentence) : null;
    if (address !== null)
      return { words: excerpt(sentence, address.index), says: "sends something to an address of its own" };
    before = sentence;
  }
  return undefined;
}

function takes(text: string): boolean {
  return FETCH.test(text) || (IN_ORDER.test(text) && READ.test(text)) || (HAND.test(text) && GOODS.test(text));
}

const MOST = 90;

function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - MOST / 2);
  return `${from > 0 ? "…" : ""}${text.slice(from, from + MOST).trim()}${from + MOST < text.length ? "…" : ""}`;
}
