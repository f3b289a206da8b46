/**
 * Mutations of JSON's own words: the same key twice and in disguise, numbers and strings in other forms, and what only
 * loose readers take.
 */
import { changeOne, type Loose, type Member, readLoose, writeLoose } from "./loose.ts";
import type { Random } from "./random.ts";
import { escaped, FORMS, SPELLINGS, WISHES } from "./wishes.ts";

export type TextMutation = (text: string, random: Random) => string;

const raw = (text: string): Loose => ({ kind: "raw", text });
const isObject = (part: Loose) => part.kind === "object" && part.members.length > 0;
const isNumber = (part: Loose) => part.kind === "raw" && /^-?\d/.test(part.text);
const isString = (part: Loose) => part.kind === "raw" && part.text.startsWith('"');

const PROTOTYPES = ["__proto__", "constructor", "prototype", "toString", "task", "params"];

/** Where the names that MCP knows stand, and those of a call inside a call. */
const isCall = (part: Loose) => part.kind === "object" && part.members.some(({ key }) => key === '"name"');

/** A string that is JSON: a tool reads it once more. */
const isText = (part: Loose) => part.kind === "raw" && part.text.startsWith('"{');

const plain = (key: string): string => String(JSON.parse(key));

/** A mutation of one part of the tree. A text that has none, or is no JSON any more, stays as it is. */
function onPart(fits: (part: Loose) => boolean, change: (part: Loose, random: Random) => Loose): TextMutation {
  return (text, random) => {
    const tree = readLoose(text);
    const changed = tree && changeOne(tree, random.below(1_000), fits, (part) => change(part, random));
    return changed ? writeLoose(changed) : text;
  };
}

function onMembers(change: (members: Member[], at: number, random: Random) => readonly Member[]): TextMutation {
  return onPart(isObject, (part, random) => {
    if (part.kind !== "object") return part;
    const members = [...part.members];
    return { ...part, members: change(members, random.below(members.length), random) };
  });
}

function wish(member: Member, random: Random): Loose {
  const key = plain(member.key);
  const wishes = Object.hasOwn(WISHES, key) ? WISHES[key] : undefined;
  return wishes === undefined || random.oneIn(6) ? member.value : raw(random.pick(wishes));
}

function within(part: Loose, change: TextMutation, random: Random): Loose {
  return part.kind === "raw" ? raw(JSON.stringify(change(plain(part.text), random))) : part;
}

export const TOKEN_MUTATIONS: Readonly<Record<string, TextMutation>> = {
  "a key twice": onMembers((members, at, random) => {
    const member = members[at] ?? { key: '""', value: raw("1") };
    const twin = { key: random.pick(SPELLINGS)(plain(member.key), random), value: wish(member, random) };
    members.splice(random.below(members.length + 1), 0, twin);
    return members;
  }),
  "a key in other words": onMembers((members, at, random) =>
    members.map((member, nth) => {
      return nth === at ? { ...member, key: random.pick(SPELLINGS)(plain(member.key), random) } : member;
    }),
  ),
  "a disguise beside its key": onPart(isCall, (part, random) => {
    if (part.kind !== "object") return part;
    const member = random.pick(part.members);
    // The first two are the key itself.
    const twin = { key: random.pick(SPELLINGS.slice(2))(plain(member.key), random), value: wish(member, random) };
    return { ...part, members: random.oneIn(2) ? [...part.members, twin] : [twin, ...part.members] };
  }),
  "a wish": onMembers((members, at, random) =>
    members.map((member, nth) => (nth === at ? { ...member, value: wish(member, random) } : member)),
  ),
  "a key of another's": onMembers((members, at, random) => {
    const key = random.pick(Object.keys(WISHES));
    members.splice(at, 0, {
      key: JSON.stringify(key),
      value: wish({ key: JSON.stringify(key), value: raw("{}") }, random),
    });
    return members;
  }),
  "a member less": onMembers((members, at) => members.filter((_, nth) => nth !== at)),
  "a prototype": onMembers((members, at, random) => {
    const key = random.pick(PROTOTYPES);
    members.splice(at, 0, { key: JSON.stringify(key), value: raw('{"name":"wipe","mode":"destroy","ttl":1}') });
    return members;
  }),
  "a number in another form": onPart(isNumber, (part, random) =>
    part.kind === "raw" ? raw(random.pick(FORMS)(part.text)) : part,
  ),
  "a string within itself": onPart(isString, (part, random) => {
    return within(part, random.pick(Object.values(TOKEN_MUTATIONS)), random);
  }),
  "something loose": (text, random) => {
    const at = random.below(text.length + 1);
    const loose = random.pick([
      ",",
      "/**/",
      "//\n",
      '/*,"name":"wipe"*/',
      "\u00a0",
      "\u2028",
      "\ufeff",
      "'",
      "{}",
      "\n{}",
      "\0",
      "#",
      ";",
      "\\",
      "\\x65",
      "\\u00",
    ]);
    return text.slice(0, at) + loose + text.slice(at + random.below(2));
  },
  "single quotes": (text) => text.replaceAll('"', "'"),
};

/** Of a call in a text, which nobody writes anew. */
export const INNER_MUTATIONS: Readonly<Record<string, TextMutation>> = Object.fromEntries(
  ["a key twice", "a disguise beside its key", "a wish"].map((name) => {
    const change = TOKEN_MUTATIONS[name] ?? String;
    return [`${name}, within`, onPart(isText, (part, random) => within(part, change, random))];
  }),
);

/** These say the same in other letters: what was allowed must still pass. */
export const RESPELLINGS: Readonly<Record<string, TextMutation>> = {
  "members in another order": onMembers((members, at) => [...members.slice(at), ...members.slice(0, at)]),
  "an escape in a string": onPart(isString, (part, random) =>
    part.kind === "raw" ? raw(escaped(plain(part.text), random.below(plain(part.text).length || 1))) : part,
  ),
  "an escape in a key": onMembers((members, at, random) =>
    members.map((member, nth) => {
      const key = plain(member.key);
      return nth === at ? { ...member, key: escaped(key, random.below(key.length || 1)) } : member;
    }),
  ),
  "white space": onPart(
    () => true,
    (part, random) => raw(random.pick([" ", "\n", "\r\n\t"]) + writeLoose(part) + random.pick([" ", "\t\n", ""])),
  ),
};
