/** From an ECMAScript pattern to the RE2 pattern that matches the same texts, and about how large that is. */

export type Translation = { readonly source: string; readonly size: number };

/** What `\s` and `.` leave out are in ECMAScript other characters than in RE2. */
const SPACE = "\\t-\\r \\x{A0}\\x{1680}\\x{2000}-\\x{200A}\\x{2028}\\x{2029}\\x{202F}\\x{205F}\\x{3000}\\x{FEFF}";
const NO_SPACE =
  "\\x{0}-\\x{8}\\x{E}-\\x{1F}!-\\x{9F}\\x{A1}-\\x{167F}\\x{1681}-\\x{1FFF}\\x{200B}-\\x{2027}\\x{202A}-\\x{202E}" +
  "\\x{2030}-\\x{205E}\\x{2060}-\\x{2FFF}\\x{3001}-\\x{FEFE}\\x{FF00}-\\x{10FFFF}";
const ANY_BUT_LINE_ENDS = "[^\\n\\r\\x{2028}\\x{2029}]";
const ANY = "[\\x{0}-\\x{10FFFF}]";

/** Long names of Unicode's general categories, for which RE2 has the short ones only. */
const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ["Letter", "L"],
  ["Uppercase_Letter", "Lu"],
  ["Lowercase_Letter", "Ll"],
  ["Mark", "M"],
  ["Number", "N"],
  ["Decimal_Number", "Nd"],
  ["digit", "Nd"],
  ["Punctuation", "P"],
  ["Symbol", "S"],
  ["Separator", "Z"],
]);

/** A class of Unicode has hundreds of ranges. */
const UNICODE_SIZE = 20;

const ESCAPE =
  /\\(?:(?<plain>[dDwWbBtnvfr])|(?<space>[sS])|x(?<hex>[0-9a-fA-F]{2})|u(?<pair>[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|u(?<unit>[0-9a-fA-F]{4})|u\{(?<point>[0-9a-fA-F]{1,6})\}|c(?<control>[A-Za-z])|(?<nul>0)(?![0-9])|(?<property>[pP])\{(?:(?:Script|sc)=)?(?<name>[A-Za-z_]{1,40})\}|(?<literal>[^A-Za-z0-9]))/uy;
const QUANTIFIER = /(?:[*+?]|\{(\d+)(?:(,)(\d+)?)?\})\??/y;
const PLACE = /^(?:[\^$]|\\[bB])/;
const GROUP = /\((?:\?:|\?<[A-Za-z_$][\w$]{0,60}>|(?!\?))/y;

/** Undefined for what RE2 can't express, and for what is no pattern. */
export function translate(text: string): Translation | undefined {
  if (!text.isWellFormed()) return undefined;
  let source = "";
  /** Sizes of the sequences that stand open, the innermost last; and of what a quantifier here would repeat. */
  const open = [0];
  let last = 0;
  /** Whether what stands before is a place and no text, which can't be repeated. */
  let isPlace = false;
  const put = (piece: string, size: number): void => {
    source += piece;
    last = size;
    open.push((open.pop() ?? 0) + size);
  };
  for (let at = 0; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    const quantifier = match(QUANTIFIER, text, at);
    if (quantifier !== undefined && isPlace) return undefined;
    isPlace = PLACE.test(text.slice(at, at + 2));
    if (character === "\\") {
      const escaped = readEscape(text, at, false);
      if (escaped === undefined) return undefined;
      put(escaped.source, escaped.size);
      at = escaped.end;
    } else if (character === "[") {
      const read = readClass(text, at);
      if (read === undefined) return undefined;
      put(read.source, read.size);
      at = read.end;
    } else if (character === "(") {
      const group = match(GROUP, text, at);
      if (group === undefined) return undefined;
      source += "(?:";
      open.push(0);
      at += group[0].length;
    } else if (character === ")") {
      if (open.length === 1) return undefined;
      put(")", open.pop() ?? 0);
      at++;
    } else if (quantifier !== undefined) {
      const [whole, least = "1", , most] = quantifier;
      // To RE2 a number that begins with 0 is none, and its braces are text.
      put(whole.replace(/(?<!\d)0+(?=\d)/g, ""), last * (Math.max(Number(least), Number(most ?? 0), 1) - 1));
      at += whole.length;
    } else {
      const literal = /[{}\]]/.test(character) ? `\\${character}` : character;
      put(character === "." ? ANY_BUT_LINE_ENDS : literal, 1);
      at += character.length;
    }
  }
  return open.length === 1 ? { source, size: open[0] ?? 0 } : undefined;
}

type Read = { readonly source: string; readonly size: number; readonly end: number };

function readEscape(text: string, at: number, inClass: boolean): Read | undefined {
  const found = match(ESCAPE, text, at);
  const groups = found?.groups;
  if (found === undefined || groups === undefined) return undefined;
  const end = at + found[0].length;
  const { plain, space, hex, pair, unit, point, control, nul, property, name, literal } = groups;
  const one = (source: string): Read => ({ source, size: 1, end });
  const code = (value: number): Read | undefined =>
    value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff) ? undefined : one(`\\x{${value.toString(16)}}`);
  if (plain !== undefined) {
    if (!inClass) return one(`\\${plain}`);
    return plain === "b" ? one("\\x{8}") : plain === "B" ? undefined : one(`\\${plain}`);
  }
  if (space !== undefined) {
    const ranges = space === "s" ? SPACE : NO_SPACE;
    return one(inClass ? ranges : `[${ranges}]`);
  }
  if (pair !== undefined) return code(JSON.parse(`"\\u${pair}"`).codePointAt(0));
  if (control !== undefined) return code(control.charCodeAt(0) % 32);
  if (nul !== undefined) return code(0);
  if (property !== undefined) {
    const short = CATEGORIES.get(name ?? "") ?? name;
    return { source: `\\${property}{${short}}`, size: UNICODE_SIZE, end };
  }
  if (literal !== undefined) return one(/[\x21-\x7e]/.test(literal) ? `\\${literal}` : literal);
  return code(Number.parseInt(hex ?? unit ?? point ?? "", 16));
}

/**
 * A class in brackets. A dash behind a class of characters is itself, as browsers read it, and so is the next one, of
 * which RE2 would make a range with what stands on both sides: that is not expressed. Nor is a dash before `\s`, which is
 * written as ranges.
 */
function readClass(text: string, start: number): Read | undefined {
  if (text.startsWith("[^]", start)) return { source: ANY, size: 1, end: start + 3 };
  if (text.startsWith("[]", start)) return undefined;
  let source = "[";
  let size = 1;
  let behind: "many" | "their dash" | "what the dash joins" | null = null;
  let isJoining = false;
  for (let at = start + source.length; at < text.length; ) {
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (character === "]") return { source: `${source}]`, size, end: at + 1 };
    const isDash = character === "-";
    if (isDash && behind === "what the dash joins" && text[at + 1] !== "]") return undefined;
    const escaped = character === "\\" ? readEscape(text, at, true) : undefined;
    if (character === "\\" && escaped === undefined) return undefined;
    if (isJoining && /^\\[sS]/.test(text.slice(at, at + 2))) return undefined;
    const isItself = isDash && (behind === "many" || behind === "their dash");
    isJoining = isDash && !isItself && !/^\[\^?$/.test(source);
    source += escaped?.source ?? (character === "[" || isItself ? `\\${character}` : character);
    size = Math.max(size, escaped?.size ?? 0);
    if (behind === "their dash") behind = "what the dash joins";
    else if (behind === "many" && isDash) behind = "their dash";
    else behind = /^\\[dDwWsSpP]/.test(text.slice(at, at + 2)) ? "many" : null;
    at = escaped?.end ?? at + character.length;
  }
  return undefined;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
