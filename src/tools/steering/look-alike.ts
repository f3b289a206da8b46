/**
 * Letters of other alphabets that look like Latin ones. A word made of both is there to be taken for another word.
 */

/** What each looks like. Only letters that can't be told from the Latin one in most typefaces. */
const LOOKS: ReadonlyMap<string, string> = new Map(
  [
    ["аеорсухіјѕһԁԛԝ", "aeopcyxijshdqw"],
    ["АВЕКМНОРСТХІЈЅ", "ABEKMHOPCTXIJS"],
    ["ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"],
    ["οανιυρ", "oavivp"],
    ["օոսցհ", "onugh"],
  ].flatMap(([from = "", to = ""]) => [...from].map((letter, at): [string, string] => [letter, to.charAt(at)])),
);

const WORDS = /\p{L}[\p{L}\p{M}\p{N}]*/gu;
const OTHER = /[\u0370-\u058f]/;
const LATIN = /\p{Script=Latin}/u;

/** The text as it looks. */
export function folded(text: string): string {
  return OTHER.test(text) ? text.replace(/[\u0370-\u058f]/g, (letter) => LOOKS.get(letter) ?? letter) : text;
}

/** The first word that is Latin and something else, the something else looking Latin; `least` letters or more. */
export function mixedWord(text: string, least: number): string | undefined {
  if (!OTHER.test(text)) return undefined;
  for (const [word] of text.matchAll(WORDS)) {
    if (word.length < least || !LATIN.test(word)) continue;
    const others = [...word].filter((letter) => OTHER.test(letter));
    if (others.length > 0 && others.every((letter) => LOOKS.has(letter))) return word;
  }
  return undefined;
}

/** Whether a name has only letters that look Latin, and none that is. */
export function isDisguised(name: string): boolean {
  if (!OTHER.test(name) || LATIN.test(name)) return false;
  const letters = name.match(/\p{L}/gu) ?? [];
  return letters.length > 1 && letters.every((letter) => LOOKS.has(letter));
}

/** Which of its letters are not what they look like, by code point: the only way to tell them apart. */
export function oddLetters(text: string): string {
  const odd = [...new Set(text.match(/[\u0370-\u058f]/g) ?? [])].slice(0, 4);
  const codes = odd.map((letter) => `U+${letter.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`);
  return codes.length === 0 ? "" : ` (with ${codes.join(", ")})`;
}

const shapes = new WeakMap<ReadonlySet<string>, ReadonlyMap<string, readonly string[]>>();

/** Another of the names that looks the same, be it by l and 1, or O and 0. */
export function double(name: string, names: ReadonlySet<string>): string | undefined {
  const known = shapes.get(names) ?? shapesOf(names);
  shapes.set(names, known);
  return known.get(shape(name))?.find((other) => other !== name);
}

function shapesOf(names: ReadonlySet<string>): ReadonlyMap<string, readonly string[]> {
  const byShape = new Map<string, string[]>();
  for (const name of names) {
    const same = byShape.get(shape(name));
    if (same === undefined) byShape.set(shape(name), [name]);
    else if (same.length < 2) same.push(name);
  }
  return byShape;
}

function shape(name: string): string {
  return folded(name.normalize("NFKC")).toLowerCase().replaceAll("0", "o").replace(/[1|]/g, "l");
}
