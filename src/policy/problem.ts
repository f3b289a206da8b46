/**
 * What is wrong with a policy document, and where. Problems are collected, never thrown, so that all of them are
 * reported at once.
 */
import { type Location, locate } from "../json/locate.ts";
import { placesIn } from "../json/place.ts";
import { child } from "../json/pointer.ts";

/** `pointer` is RFC 6901; line and column count from 1, columns in UTF-16 units. */
export type PolicyProblem = {
  readonly pointer: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};

/** A problem before its place in the text is known. `on` says whether to point at the value or at its key. */
type Note = { readonly pointer: string; readonly on: "key" | "value"; readonly message: string };

/**
 * Where a reader stands in the document, and the list it writes problems to. Kept as the way from the top, since a
 * document without problems never needs its thousands of pointers as text.
 */
export type Spot = {
  readonly above: Spot | undefined;
  readonly key: string | number;
  readonly on: Note["on"];
  readonly notes: Note[];
};

export function top(): Spot {
  return { above: undefined, key: "", on: "value", notes: [] };
}

export function below(above: Spot, key: string | number): Spot {
  return { above, key, on: "value", notes: above.notes };
}

/** The same place, for what is wrong with the key rather than with its value. */
export function onKey(spot: Spot): Spot {
  return { ...spot, on: "key" };
}

export function pointerOf({ above, key }: Spot): string {
  return above === undefined ? "" : child(pointerOf(above), key);
}

export function note(spot: Spot, message: string): void {
  spot.notes.push({ pointer: pointerOf(spot), on: spot.on, message });
}

/** The notes with their lines and columns, in the order of the text. */
export function placed(text: string, notes: readonly Note[]): PolicyProblem[] {
  const found = locate(text, new Set(notes.map(({ pointer }) => pointer)));
  const placeOf = placesIn(text);
  return notes
    .map((each) => ({ ...each, offset: offsetOf(found.get(each.pointer), each.on) }))
    .sort((a, b) => a.offset - b.offset)
    .map(({ pointer, message, offset }) => ({ pointer, message, ...placeOf(offset) }));
}

function offsetOf(location: Location | undefined, on: Note["on"]): number {
  if (location === undefined) return 0;
  return on === "key" ? location.key : location.value;
}
