/**
 * Characters that a person does not see and a model reads: zero-width ones, direction marks, tags, variation selectors,
 * controls. Linear in the text. What is not at home where it stands must never pass unseen, on a screen least of all.
 */

/** Line breaks and tabs are seen. Of the format characters, those that draw a sign over numbers are. */
const UNSEEN =
  /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]--[\n\t\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]]/gv;

const PICTURE = /[\p{Emoji}\p{S}]/u;
const PICTURE_ENDS = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u;
const JOINING =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Mongolian}]/u;
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;
/** England, Scotland and Wales: the flags that are written with tags. */
const FLAG =
  /^\u{1f3f4}\u{e0067}\u{e0062}(?:\u{e0065}\u{e006e}\u{e0067}|\u{e0073}\u{e0063}\u{e0074}|\u{e0077}\u{e006c}\u{e0073})\u{e007f}/u;
/** In UTF-16 units. */
const FLAG_LENGTH = 14;

/** A run of them. `text` is the run itself, `at` where it begins, in UTF-16 units. */
export type HiddenRun = { readonly at: number; readonly text: string };

export function hiddenIn(text: string): HiddenRun[] {
  const runs: HiddenRun[] = [];
  let open: { at: number; text: string } | undefined;
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (isAtHome(text, index, character)) continue;
    if (open !== undefined && open.at + open.text.length === index) open.text += character;
    else {
      open = { at: index, text: character };
      runs.push(open);
    }
  }
  return runs;
}

/** The text with each of them written as an escape. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (character, index: number) =>
    isAtHome(text, index, character) ? character : escaped(character),
  );
}

/** The text without any of them, at home or not. */
export function unhidden(text: string): string {
  return text.replace(UNSEEN, "");
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** Whether honest text has the character in such company: a picture made of several, a script that joins its letters. */
function isAtHome(text: string, index: number, character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  const before = characterBefore(text, index);
  const after = String.fromCodePoint(text.codePointAt(index + character.length) ?? 0);
  if (code === 0xfe0e || code === 0xfe0f) return PICTURE.test(before);
  if ((code >= 0xfe00 && code < 0xfe0e) || (code >= 0xe0100 && code <= 0xe01ef)) return /\p{Script=Han}/u.test(before);
  if (code >= 0x180b && code <= 0x180f && code !== 0x180e) return /\p{Script=Mongolian}/u.test(before);
  if (code === 0x200d && PICTURE_ENDS.test(before)) return /\p{Extended_Pictographic}/u.test(after);
  if (code === 0x200c || code === 0x200d) return JOINING.test(before);
  if (code === 0x200e || code === 0x200f || code === 0x061c) return isAmongRightToLeft(text, index);
  if (code >= 0xe0020 && code <= 0xe007f) return isInFlag(text, index);
  return false;
}

/** Marks of direction stand beside spaces and brackets, too. */
const NEAR = 8;

function isAmongRightToLeft(text: string, index: number): boolean {
  return RIGHT_TO_LEFT.test(text.slice(Math.max(0, index - NEAR), index + NEAR));
}

function characterBefore(text: string, index: number): string {
  const unit = text.charCodeAt(index - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? text.slice(index - 2, index) : text.slice(Math.max(0, index - 1), index);
}

function isInFlag(text: string, index: number): boolean {
  const from = Math.max(0, index - FLAG_LENGTH);
  const start = text.slice(from, index).lastIndexOf("\u{1f3f4}");
  return start >= 0 && FLAG.test(text.slice(from + start, from + start + FLAG_LENGTH));
}

/** What a run says to whoever decodes it: tags are ASCII, variation selectors are bytes. Undefined when it says nothing. */
export function smuggled(run: string): string | undefined {
  const codes = [...run].map((character) => character.codePointAt(0) ?? 0);
  const tags = codes.filter((code) => code > 0xe0000 && code <= 0xe007f).map((code) => code - 0xe0000);
  const bytes = codes.flatMap((code) => {
    if (code >= 0xfe00 && code <= 0xfe0f) return code - 0xfe00;
    return code >= 0xe0100 && code <= 0xe01ef ? code - 0xe0100 + 16 : [];
  });
  const said = String.fromCharCode(...(tags.length > 0 ? tags : bytes).slice(0, 4096)).replace(/[^ -~]/g, "");
  return said.length >= 3 ? said : undefined;
}
