/**
 * Names and sentences as words: `listOrders`, `list-orders` and `LIST_ORDERS` are the same two. Linear in what it is
 * given, and never fails: what has no letters has no words.
 */

/** No honest name is longer. Of one that is, both ends are read: a verb stands at one of them. */
const LONGEST_NAME = 512;

/** Two words that mean one thing. */
const PAIRS = new Map([
  ["read only", "readonly"],
  ["select query", "readonly"],
  ["dry run", "dryrun"],
  ["look up", "lookup"],
  ["check out", "checkout"],
  ["log in", "login"],
  ["roll back", "rollback"],
  ["shut down", "shutdown"],
  ["clean up", "cleanup"],
  ["tear down", "teardown"],
  ["kick off", "launch"],
  ["top up", "deposit"],
  ["turn off", "stop"],
  ["port forward", "portforward"],
  ["port forwarding", "portforward"],
]);

const SHORT = new Map([
  ["del", "delete"],
  ["rm", "remove"],
  ["upd", "update"],
  ["mod", "modify"],
  ["cfg", "config"],
  ["info", "information"],
  ["desc", "describe"],
  ["exec", "execute"],
  ["eval", "evaluate"],
  ["cmd", "command"],
  ["ls", "list"],
  ["stats", "statistics"],
  ["txn", "transaction"],
  ["tx", "transaction"],
]);

/** The words of a tool's or parameter's name, in lower case, abbreviations written out. */
export function nameWords(name: string): string[] {
  const half = LONGEST_NAME / 2;
  const ends = name.length > LONGEST_NAME ? `${name.slice(0, half)} ${name.slice(-half)}` : name;
  const spaced = ends
    .normalize("NFKC")
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2")
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2")
    .toLowerCase();
  return joined((spaced.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => SHORT.get(word) ?? word));
}

/** Words with the pairs among them made one. */
export function joined(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const pair = PAIRS.get(`${word} ${words[at + 1] ?? ""}`);
    if (pair !== undefined) at++;
    out.push(pair ?? word);
  }
  return out;
}

/** A noun without its plural: `queries` is `query`, `boxes` is `box`, `access` stays. */
export function singular(word: string): string {
  if (word.length < 4 || !word.endsWith("s") || word.endsWith("ss") || word.endsWith("us")) return word;
  if (word.endsWith("ies")) return `${word.slice(0, -3)}y`;
  if (/(?:x|ch|sh|ss|zz)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** What a verb in a sentence may be a form of, and which form it is. */
export function verbForms(word: string): { readonly base: string; readonly form: "base" | "s" | "ing" }[] {
  const forms: { base: string; form: "base" | "s" | "ing" }[] = [{ base: SHORT.get(word) ?? word, form: "base" }];
  if (word.endsWith("s") && word.length > 3) {
    forms.push({ base: word.slice(0, -1), form: "s" });
    if (word.endsWith("es")) forms.push({ base: word.slice(0, -2), form: "s" });
    if (word.endsWith("ies")) forms.push({ base: `${word.slice(0, -3)}y`, form: "s" });
  }
  if (word.endsWith("ing") && word.length > 5) {
    const stem = word.slice(0, -3);
    forms.push({ base: stem, form: "ing" }, { base: `${stem}e`, form: "ing" });
    if (stem.at(-1) === stem.at(-2)) forms.push({ base: stem.slice(0, -1), form: "ing" });
  }
  return forms;
}
