/** Turns an offset into the line and column that an editor shows. Both count from 1; columns count UTF-16 units. */

export type Place = { readonly line: number; readonly column: number };

export function placeAt(text: string, offset: number): Place {
  return placesIn(text)(offset);
}

/** The same for many offsets of one text, which is read only once. */
export function placesIn(text: string): (offset: number) => Place {
  const lines = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
  };
}
