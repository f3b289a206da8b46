/**
 * Small readers that the schema of the language is put together from. Each reads one kind of value, notes what is
 * wrong with it in words a person can act on, and goes on, so that one mistake never hides another.
 */
import { isObject, type Json } from "../json/value.ts";
import { type Face, type Words, words } from "./face.ts";
import { below, note, onKey, type Spot } from "./problem.ts";
import { quoted, shownWithType } from "./quote.ts";
import { didYouMean } from "./suggest.ts";

/** Reads a value; undefined when it was refused, and then at least one problem is noted. */
export type Shape<T> = (value: Json, spot: Spot) => T | undefined;

/** A shape that can also tell what it takes. */
export type Form<T> = Shape<T> & { readonly face: () => Face };

export function shaped<T>(face: () => Face, read: Shape<T>): Form<T> {
  return Object.assign((value: Json, spot: Spot) => read(value, spot), { face });
}

export type Field<T, Needed extends boolean = boolean> = { readonly shape: Form<T>; readonly needed: Needed };
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What an object of such fields reads as: a field that may be missing may be undefined. */
export type Read<F extends Fields> = {
  readonly [K in keyof F]: F[K] extends Field<infer T, infer Needed>
    ? Needed extends true
      ? T
      : T | undefined
    : never;
};

export function needed<T>(shape: Form<T>): Field<T, true> {
  return { shape, needed: true };
}

export function optional<T>(shape: Form<T>): Field<T, false> {
  return { shape, needed: false };
}

export function wrongType(value: Json, spot: Spot, wanted: string): undefined {
  note(spot, `expected ${wanted}, found ${shownWithType(value)}`);
}

/** An object with these fields and no others. `what` names it in messages. */
export function object<F extends Fields>(what: string, fields: F): Form<Read<F>> {
  const names = Object.keys(fields);
  const read: Shape<Read<F>> = (value, spot) => {
    if (!isObject(value)) return wrongType(value, spot, `${what}, an object`);
    const before = spot.notes.length;
    for (const key of Object.keys(value)) {
      if (!Object.hasOwn(fields, key)) {
        note(onKey(below(spot, key)), `${quoted(key)} is no field of ${what}${didYouMean(key, names)}`);
      }
    }
    const result: Record<string, unknown> = {};
    for (const name of names) {
      const given = value[name];
      const field = fields[name];
      if (given !== undefined) result[name] = field?.shape(given, below(spot, name));
      else if (field?.needed) note(spot, `"${name}" is missing in ${what}`);
    }
    // Every field was read by its own shape, and without a note none of them was refused.
    return spot.notes.length === before ? (result as Read<F>) : undefined;
  };
  return shaped(() => ({ kind: "object", what, fields }), read);
}

export function list<T>(what: string, item: Form<T>): Form<readonly T[]> {
  const read: Shape<readonly T[]> = (value, spot) => {
    if (!Array.isArray(value)) return wrongType(value, spot, `a list of ${what}`);
    const items: T[] = [];
    value.forEach((each, index) => {
      const read = item(each, below(spot, index));
      if (read !== undefined) items.push(read);
    });
    return items.length === value.length ? items : undefined;
  };
  return shaped(() => ({ kind: "list", item }), read);
}

/** An object whose keys are names of the author's own. */
export function dictionary<T>(what: string, name: Form<string>, item: Form<T>): Form<ReadonlyMap<string, T>> {
  const read: Shape<ReadonlyMap<string, T>> = (value, spot) => {
    if (!isObject(value)) return wrongType(value, spot, what);
    const before = spot.notes.length;
    const items = new Map<string, T>();
    for (const key of Object.keys(value)) {
      const at = below(spot, key);
      name(key, onKey(at));
      const read = item(value[key] ?? null, at);
      if (read !== undefined) items.set(key, read);
    }
    return spot.notes.length === before ? items : undefined;
  };
  return shaped(() => ({ kind: "dictionary", name, item }), read);
}

export const string: Form<string> = shaped(words({ type: "string" }), (value, spot) =>
  typeof value === "string" ? value : wrongType(value, spot, "a string"),
);

/** A name of something: a string that is not empty. */
export function nameOf(what: string): Form<string> {
  return shaped(words({ type: "string", minLength: 1 }), (value, spot) => {
    if (typeof value !== "string") return wrongType(value, spot, what);
    if (value !== "") return value;
    note(spot, `${what} must not be empty`);
    return undefined;
  });
}

/** One of a few words. */
export function word<const W extends string>(known: readonly W[]): Form<W> {
  const wanted = known.map((each) => `"${each}"`).join(known.length > 2 ? ", " : " or ");
  return shaped(words({ enum: [...known] }), (value, spot) => {
    if (typeof value !== "string") return wrongType(value, spot, wanted);
    const meant = known.find((each) => each === value);
    if (meant === undefined) note(spot, `expected ${wanted}, found ${quoted(value)}${didYouMean(value, known)}`);
    return meant;
  });
}

/** A shape with a further test, which answers what is wrong; `told` is as much of it as JSON Schema can say. */
export function tested<T>(shape: Form<T>, fault: (read: T) => string | undefined, told: Words = {}): Form<T> {
  return shaped(
    () => ({ kind: "narrowed", face: shape.face(), schema: told }),
    (value, spot) => {
      const read = shape(value, spot);
      const reason = read === undefined ? undefined : fault(read);
      if (reason === undefined) return read;
      note(spot, reason);
      return undefined;
    },
  );
}

/** A shape that makes something else of what another read. */
export function turned<From, To>(shape: Form<From>, turn: (from: From) => To): Form<To> {
  return shaped(shape.face, (value, spot) => {
    const read = shape(value, spot);
    return read === undefined ? undefined : turn(read);
  });
}
