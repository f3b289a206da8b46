/**
 * A text as a model reads it through its disguises: without hidden characters, accents and emphasis, look-alike letters
 * as the Latin ones. Linear. Only for looking for words: what is shown to people must be the text itself or say so.
 */
import { unhidden } from "./hidden.ts";
import { folded } from "./look-alike.ts";

/** Written out, each is a sentence: texts of them would grow twentyfold. */
const LIGATURES = /[\ufdfa\ufdfb]/g;

export function plain(text: string): string {
  const latin = isAscii(text)
    ? text
    : folded(unhidden(text).replace(LIGATURES, "").normalize("NFKD").replace(/\p{M}/gu, ""));
  return latin.replace(/[\u2018\u2019\u02bc`´]/g, "'").replace(/["“”„«»*]/g, "");
}

/** Sentences, with all white space in them made one space. A list's items are sentences of their own. */
export function sentencesOf(plainText: string): string[] {
  return plainText
    .split(/[.!?](?=\s|['")\]]|$)|\n\s{0,200}\n|\n\s{0,200}[-•]\s/)
    .map((sentence) => sentence.replace(/\s+/g, " ").trim())
    .filter((sentence) => sentence !== "");
}

/** The words of a name, with spaces between them. */
export function spaced(name: string): string {
  return plain(name)
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[_\-./:]+/g, " ");
}

function isAscii(text: string): boolean {
  return !/[^\t\n\r -~]/.test(text);
}
