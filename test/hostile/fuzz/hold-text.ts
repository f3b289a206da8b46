/** The text that the upstream received, held against the one that was sent: the same message, in the gateway's own words. */
import { isUtf8 } from "node:buffer";
import { type Loose, partsOf, readLoose, writeLoose } from "./loose.ts";
import type { Sent } from "./requests.ts";
import { canonical, essenceOf, WITNESSES } from "./witnesses.ts";

/** Whoever reads what was sent reads what arrived, and reads it in no other way than the next. */
export function sameAsSent({ body }: Sent, received: string): string[] {
  if (!isUtf8(body)) return ["bytes that are no UTF-8 got through"];
  const text = body.toString();
  return WITNESSES.flatMap(({ name, read }) => {
    const [before, after] = [read(text), read(received)];
    if (before === undefined || after === undefined) return [];
    const [was, is] = [canonical(essenceOf(before)), canonical(essenceOf(after))];
    return was === is ? [] : [`${name} reads ${is} in what arrived, and ${was} in what was sent`];
  });
}

/** Shortest form, every number digit for digit, and no byte order mark, comment or second message was ever overlooked. */
export function writtenAnew(received: string, sent: string): string[] {
  const [came, gone] = [readLoose(sent), readLoose(received)];
  if (came === null) return ["what was sent is no JSON to the strict, and it got through"];
  if (gone === null || writeLoose(gone) !== received) return ["the upstream received a text that was not written anew"];
  const odd = partsOf(gone)
    .flatMap(tokensOf)
    .find((token) => token !== rewritten(token));
  if (odd !== undefined) return [`the upstream received a string as its sender wrote it: ${odd}`];
  const numbers = partsOf(came).flatMap((part) => (part.kind === "raw" && /^[-\d]/.test(part.text) ? [part.text] : []));
  const foreign = partsOf(gone).find(
    (part) => part.kind === "raw" && /^[-\d]/.test(part.text) && !numbers.includes(part.text),
  );
  return foreign === undefined ? [] : [`the upstream received a number that was not sent: ${writeLoose(foreign)}`];
}

function tokensOf(part: Loose): string[] {
  if (part.kind === "raw") return [part.text];
  return part.kind === "object" ? part.members.map(({ key }) => key) : [];
}

function rewritten(token: string): string {
  return token.startsWith('"') ? JSON.stringify(JSON.parse(token)) : token;
}
