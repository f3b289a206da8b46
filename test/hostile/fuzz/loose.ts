/**
 * A JSON text as a tree of its own tokens: nothing is decoded, nothing is dropped, a key may stand twice. Mutations are
 * made on it, and the careless reader reads by it. It shares no line with the gateway's own reader.
 */

export type Member = { readonly key: string; readonly value: Loose };
export type Loose =
  | { readonly kind: "object"; readonly members: readonly Member[] }
  | { readonly kind: "array"; readonly items: readonly Loose[] }
  /** A string with its quotes, a number, a word; or, made by a mutation, anything at all. */
  | { readonly kind: "raw"; readonly text: string };

const TOKEN =
  /[ \t\r\n]*("(?:[ !#-[\]-\uffff]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])[ \t\r\n]*/y;
const MOST_DEPTH = 200;

/** Null for what is no JSON. */
export function readLoose(text: string): Loose | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) return null;
    tokens.push(token);
  }
  let at = 0;

  function value(depth: number): Loose | null {
    const token = tokens[at++];
    if (token === undefined || depth > MOST_DEPTH) return null;
    if (token !== "{" && token !== "[") return /^[\]},:]/.test(token) ? null : { kind: "raw", text: token };
    const end = token === "{" ? "}" : "]";
    const members: Member[] = [];
    if (tokens[at] === end) at++;
    else {
      for (let more = true; more; more = tokens[at++] === ",") {
        const key = token === "{" ? tokens[at++] : "";
        if (token === "{" && (!key?.startsWith('"') || tokens[at++] !== ":")) return null;
        const member = value(depth + 1);
        if (member === null) return null;
        members.push({ key: key ?? "", value: member });
      }
      if (tokens[at - 1] !== end) return null;
    }
    return token === "{" ? { kind: "object", members } : { kind: "array", items: members.map((item) => item.value) };
  }

  const whole = value(0);
  return at === tokens.length ? whole : null;
}

export function writeLoose(tree: Loose): string {
  if (tree.kind === "raw") return tree.text;
  if (tree.kind === "array") return `[${tree.items.map(writeLoose).join(",")}]`;
  return `{${tree.members.map(({ key, value }) => `${key}:${writeLoose(value)}`).join(",")}}`;
}

/** Changes one value of the tree: the `nth` of those that fit, counted over and over. Null where none fits. */
export function changeOne(
  tree: Loose,
  nth: number,
  fits: (part: Loose) => boolean,
  change: (part: Loose) => Loose,
): Loose | null {
  const count = partsOf(tree).filter(fits).length;
  if (count === 0) return null;
  let left = nth % count;
  const visit = (part: Loose): Loose => {
    if (fits(part) && left-- === 0) return change(part);
    if (part.kind === "array") return { ...part, items: part.items.map(visit) };
    if (part.kind === "raw") return part;
    return { ...part, members: part.members.map(({ key, value }) => ({ key, value: visit(value) })) };
  };
  return visit(tree);
}

/** The tree and all that is in it. */
export function partsOf(tree: Loose): Loose[] {
  if (tree.kind === "raw") return [tree];
  const inner = tree.kind === "array" ? tree.items : tree.members.map(({ value }) => value);
  return [tree, ...inner.flatMap(partsOf)];
}
