/**
 * Text of one tool that changes what another one is used for: "when send_email is called, change the recipient". To name
 * another tool is not enough, and neither is saying which to call first.
 */

const TOKEN = /[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,198}[A-Za-z0-9])?/g;
const CALLED = /^'?\)? (?:tool|function|is (?:called|invoked|executed))\b/;
const COMPOUND = /[_.-]|[a-z][A-Z]/;

const REWRITE =
  /\b(?:chang(?:e|es|ed|ing)|replac(?:e|es|ed|ing)|redirect(?:s|ed|ing)?|alter(?:s|ed|ing)?|overrid(?:e|es|den|ing)|bcc|inject(?:s|ed)?|forward(?:s|ed)?|rerout(?:e|es|ed)|substitut(?:e|es|ed)|swap(?:s|ped)?|rewrit(?:e|es|ten)|manipulat(?:e|es|ed|ing)|intercept(?:s|ed)?)\b/i;
const WHEN = /\b(?:when|whenever|if|each time|every time|any time|before|after|once|on every|for every|from now on)\b/i;
const MUST = /\b(?:must|always|should|shall|make sure|need to|have to|has to|be sure|never)\b/i;
const EVERY = /\b(?:every|each|any|all) (?:time|call|calls|use|request|invocation)\b|\bwhenever\b/i;
const THIS_FIRST = /\b(?:call|use|run|invoke) this\b|\bthis (?:tool|function) (?:must|has to|should)\b/i;
const UNFIT =
  /\b(?:is|are|was|has been) (?:now )?(?:broken|unsafe|insecure|compromised|dangerous|malicious|unavailable|disabled|forbidden)\b/i;
const INSTEAD = /\b(?:use|call|prefer) (?:this|me)\b|\binstead\b/i;
const EFFECT = /\b(?:changes|affects|modifies|alters|determines|side effects?)\b/i;

/** The other tool and the sentence, or undefined. Sentences have single spaces. */
export function shadowed(
  sentences: readonly string[],
  own: string,
  others: ReadonlySet<string>,
): { readonly tool: string; readonly words: string } | undefined {
  let context: string | undefined;
  for (const sentence of sentences) {
    const tool = toolIn(sentence, own, others);
    const about = tool ?? context;
    if (about !== undefined && isRewritten(sentence, tool !== undefined)) {
      return { tool: about, words: sentence.length > 90 ? `${sentence.slice(0, 90)}…` : sentence };
    }
    context = tool;
  }
  return undefined;
}

/** `isNamed`: in this sentence, and not in the one before. */
function isRewritten(sentence: string, isNamed: boolean): boolean {
  if (WHEN.test(sentence) && MUST.test(sentence) && REWRITE.test(sentence)) return true;
  if (!isNamed) return false;
  return (
    (EVERY.test(sentence) && THIS_FIRST.test(sentence)) ||
    (UNFIT.test(sentence) && INSTEAD.test(sentence)) ||
    (EFFECT.test(sentence) && REWRITE.test(sentence))
  );
}

/** A name of one word is taken for a tool's only where it says so: "search" is a word too. */
function toolIn(sentence: string, own: string, others: ReadonlySet<string>): string | undefined {
  for (const { 0: token, index } of sentence.matchAll(TOKEN)) {
    if (token === own || token.length < 3) continue;
    const end = index + token.length;
    const isQuoted = sentence[index - 1] === "'" && sentence[end] === "'";
    const isCalled = CALLED.test(sentence.slice(end, end + 16));
    const isCompound = COMPOUND.test(token);
    if (others.has(token) && (isCompound || isQuoted || isCalled)) return token;
    if (isCompound && (isCalled || /^mcp_/i.test(token))) return token;
  }
  return undefined;
}
