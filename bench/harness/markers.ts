/** Puts a text between two comments of a page, so that what people wrote around it stays. Pure. */

/** Throws unless the page has each of both once, in their order. */
export function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  const isOnce = from === page.lastIndexOf(begin) && to === page.lastIndexOf(end);
  if (from < 0 || to < from || !isOnce) throw new Error(`the page has no place marked "${name}"`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`;
}
