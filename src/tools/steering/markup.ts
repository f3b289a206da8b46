/** Marks that make text look as if somebody other than the tool's author said it: tags, roles of a chat, comments. */

const STRONG =
  /<\/?(?:important|critical|instructions?|system[-_ ]?(?:prompt|message|reminder|instruction|override)|assistant[-_ ]?instructions?|hidden[-_ ]?instructions?|mandatory|override|tool_call|function_calls?|antml:\w{1,30})\b[^>]{0,100}>/i;
/** As often a placeholder (`<user>`), unless it is closed again. */
const PAIRED =
  /<(system|assistant|user|human|admin|developer|secret|hidden|private|note|sudo|s|thinking|prompt|context)>/gi;
const CHAT =
  /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text)\|>|\[\/?INST\]|<<\/?SYS>>|(?:^|\n)\s{0,40}#{2,3} ?(?:System|Instruction|Assistant)s? ?:|\n\s{0,40}(?:Human|Assistant|System): /;
const BRACKET = /\[(?:SYSTEM|ADMIN|ASSISTANT|INSTRUCTIONS?|IMPORTANT SYSTEM)\b[^\]\n]{0,10}[:\]]/;
const COMMENT = /<!--([^>]{10,400})/;

/** The mark, or undefined. `text` as it was written. */
export function markIn(text: string): { readonly mark: string; readonly says: string } | undefined {
  const tag = STRONG.exec(text)?.[0] ?? pairedTag(text);
  if (tag !== undefined) return { mark: tag, says: "has a tag that gives its text a weight of its own" };
  const chat = CHAT.exec(text)?.[0] ?? BRACKET.exec(text)?.[0];
  if (chat !== undefined) return { mark: chat.trim(), says: "looks as if another speaker in the chat began here" };
  const comment = COMMENT.exec(text);
  if (comment !== null && /[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}/.test(comment[1] ?? "")) {
    return { mark: comment[0].slice(0, 80), says: "has a comment, which many clients do not show" };
  }
  return undefined;
}

function pairedTag(text: string): string | undefined {
  const seen = new Set<string>();
  const closed = text.toLowerCase();
  for (const { 0: tag, 1: name = "" } of text.matchAll(PAIRED)) {
    const key = name.toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    if (closed.includes(`</${key}>`)) return tag;
  }
  return undefined;
}
