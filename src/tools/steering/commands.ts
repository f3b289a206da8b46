/**
 * Sentences that speak to the model: overrule what it was told, put a tool before all others, keep something from the user.
 *
 * Every pattern is of bounded length, so that the time is linear in the text. A sentence that says how a tool is called
 * ("call get_schema first") is guidance and must not be taken for one of these.
 */

export type Found = { readonly kind: "instruction" | "secrecy"; readonly words: string; readonly says: string };

type Rule = { readonly kind: Found["kind"]; readonly says: string; readonly patterns: readonly RegExp[] };

const NOT = "(?:do not|don't|never|must not|mustn't|should not|shouldn't|no need to)";
const CALL = "(?:call|use|invoke|run|prefer|choose|select|execute)";
const PERSON = "(?:the |any |a |to |your )?(?:end[- ])?(?:users?|humans?|anyone|anybody|operator|customer|person)";

const RULES: readonly Rule[] = [
  {
    kind: "instruction",
    says: "tells the model to overrule what it was told",
    patterns: [
      /\b(?:ignore|disregard|forget|overrid(?:e|es)|bypass|overrule)(?: (?:all|any|every|the|your|my|these|those|of|other|previous|prior|earlier|above|preceding|existing|current|original|initial|former|user|system|safety|security)){0,6} (?:instructions?|prompts?|directives?|guidelines|guardrails)\b/i,
      /\b(?:ignore|disregard|forget)(?: (?:all|any|everything|the|your|of|that|was|said)){0,4} (?:previous|prior|earlier|above|preceding|before)(?: (?:rules|policies|commands|messages?|context|constraints|restrictions|conversation|text)\b|(?= ?(?:[.,;:!]|and\b|$)))/i,
      /\b(?:ignore|disregard|bypass|override|disable|turn off)(?: (?:all|any|the|your|its)){0,3} (?:safety|ethical|moderation) (?:guidelines|rules|policies|filters?|protocols?|restrictions|constraints)\b/i,
      /\byou are (?:now|no longer) (?!able|allowed|logged|connected|ready|done)/i,
      /\bfrom now on,? (?:you|always|all|every|any|the (?:assistant|agent|model))\b/i,
      /\byour (?:new|real|true|actual) (?:instructions?|task|role|goal|objective|purpose|directives?)\b/i,
      /\b(?:hidden|secret) instructions?\b/i,
      /\b(?:important|critical|urgent|mandatory) system (?:instruction|directive|override|command|notice|note|message|update|alert)s?\b/i,
      /\bsystem (?:instruction|override|directive)s? ?:/i,
      /\b(?:reveal|print|output|repeat|include|send|pass|leak|give|provide|append|disclose|extract|dump|copy|quote)(?: (?:all|of|the)){0,2} (?:your|entire|full|complete|whole)(?: \w{1,20}){0,2} (?:prompt|instructions|system message)\b/i,
      /\bcurl\b[^|\n]{0,100}\| ?(?:sudo )?(?:ba|z)?sh\b/i,
    ],
  },
  {
    kind: "instruction",
    says: "puts itself before other tools, or before whatever is asked",
    patterns: [
      /\b(?:before|prior to|instead of|in place of|rather than)(?: (?:you|using|calling|invoking|running|executing|use|call|invoke|run|to)){0,3} (?:any|every|all|each)(?: (?:of|the|and|all|other)){0,3} (?:mcp )?(?:tools?|functions?|tool calls?)\b/i,
      new RegExp(
        `\\b(?:always|must|must always|should always|have to|need to)(?: first)? ${CALL} this(?: (?:tool|function))?(?: \\w{1,20}){0,3} ?,?(?:first,? (?:before|for|whenever|regardless|and)|before (?:any|every|all|each|answering|responding|anything|doing)|for (?:any|every|all|each) (?:request|quer|question|task|message|prompt|interaction|conversation)|instead of (?:any|all|other)|over (?:any|all|other)|no matter|regardless|on every|after every)`,
        "i",
      ),
      /\bfor (?:any|every|all|each)(?: user)? (?:requests?|messages?|quer(?:y|ies)|prompts?|questions?|conversations?),? (?:\w{1,20} ){0,2}(?:call|use|invoke|run) this\b/i,
      /\b(?:do not|don't|never) (?:call|use|invoke)(?: any)? other tools?\b/i,
      /\byou must always (?:call|use|include|pass|send|add|append|read|run|execute|forward|copy|bcc|invoke|insert|set|obey|comply|follow)\b/i,
      /\b(?:whenever|every time|each time|any time) you (?:use|call|invoke|run)(?: (?:any|another|a|other)){1,2} (?:other )?tools?\b/i,
    ],
  },
  {
    kind: "secrecy",
    says: "wants something kept from the user",
    patterns: [
      new RegExp(
        `\\b${NOT}(?: \\w{1,20}){0,2} (?:tell|mention|inform|notify|alert|reveal|disclose|say|report|warn|explain|announce)(?: (?:this|it|that|them|any|anything|about|of|these|the|step|steps|action|actions|details?|tool|file|content|contents|instructions?|with)){0,6} ${PERSON}\\b`,
        "i",
      ),
      new RegExp(`\\b${NOT} show (?:this|these|it)(?: \\w{1,20}){0,3} ${PERSON}\\b`, "i"),
      new RegExp(
        `\\b${NOT} (?:ever )?mention (?:this|that|it|these|you|anything|the (?:file|step|tool|instruction))\\b`,
        "i",
      ),
      /\b(?:do not|don't) show to (?:the )?user\b/i,
      /\bwithout (?:ever )?(?:telling|mentioning|revealing|disclosing|informing|explaining)(?: (?:this|it|that|anything|about|to|any of this)){0,3} (?:to )?the (?:end[- ])?user\b/i,
      /\b(?:keep|hide|conceal|withhold) (?:this|it|these|that|everything)(?: \w{1,20}){0,4} from the (?:end[- ])?user\b/i,
      /\b(?:keep|remain) (?:this|it|these|that) (?:strictly |completely )?(?:secret|hidden|confidential|between us)\b/i,
      /\buser (?:must not|should not|must never|should never|mustn't|shouldn't|does not need to|doesn't need to|need not) (?:know|notice|learn|find out|see this|be (?:told|informed|aware|notified))\b/i,
      /\bwithout (?:the )?users?'?s? (?:knowledge|knowing|noticing|awareness)\b/i,
      /\b(?:do not|don't|never) (?:ask|request|wait|seek|prompt)(?: (?:the|user|for|any|further|explicit|human|their)){0,6} (?:confirmation|permission|approval|consent)\b/i,
    ],
  },
];

/** `text` has single spaces. At most one of each kind of saying. */
export function commandsIn(text: string): Found[] {
  return RULES.flatMap(({ kind, says, patterns }) => {
    for (const pattern of patterns) {
      const match = pattern.exec(text);
      if (match !== null) return [{ kind, says, words: around(text, match.index, match[0].length) }];
    }
    return [];
  });
}

const MOST = 90;

/** The words found, with as much of what stands around them as is short. */
export function around(text: string, at: number, length: number): string {
  const room = Math.max(0, Math.floor((MOST - length) / 2));
  const from = Math.max(0, at - room);
  const to = Math.min(text.length, at + Math.max(length, MOST - room));
  return `${from > 0 ? "…" : ""}${text.slice(from, Math.min(to, from + MOST)).trim()}${to < text.length ? "…" : ""}`;
}
