/** What the client was answered, held against what it sent: one well-formed message, its own id, nothing it may not know. */
import { isUtf8 } from "node:buffer";
import type { Answer } from "../../gate/raw.ts";
import { HIDDEN } from "./policy.ts";
import type { Sent } from "./requests.ts";
import { agreementOn, canonical, EXACT, essenceOf, members } from "./witnesses.ts";

/** Statuses that a client may be refused with, when nothing is broken. */
const REFUSED = new Set([400, 401, 403, 404, 406, 413, 415, 503]);

export function holdAnswer(sent: Sent, answer: Answer, arrived: number): string[] {
  const { status, text } = answer;
  if (text.includes(HIDDEN) && !mentions(sent, HIDDEN)) return ["an answer names what is hidden"];
  if (status === 202) return text === "" ? [] : ["an answer that is none has a body"];
  if (status !== 200 && !REFUSED.has(status)) return [`a client is answered ${status}: ${text.slice(0, 300)}`];
  const agreed = agreementOn(text);
  if (agreed.kind === "disagreed") return [`an answer is not the same to all: ${agreed.how}: ${text.slice(0, 300)}`];
  const { id = null, result, error } = essenceOf(agreed.message);
  const faults: string[] = [];
  if ((result === undefined) === (error === undefined)) faults.push("an answer is neither a result nor an error");
  if (error !== undefined && typeof members(error).message !== "string")
    faults.push("an error does not explain itself");
  if (status !== 200 && error === undefined) faults.push(`a result comes as HTTP ${status}`);
  const served = result !== undefined && members(result).isError !== true;
  if (served && arrived !== 1) faults.push(`a result is given to what arrived ${arrived} times`);
  const { sure, ids } = idsIn(sent);
  if (id !== null && !(ids.includes(canonical(id)) && sure))
    faults.push(`an answer has the id ${canonical(id)}, of ${ids}`);
  if (id === null && status === 200) faults.push("an answer to what was understood has no id");
  return faults;
}

/**
 * The ids that witnesses read in what was sent, and whether they are one. Those that are careless about capitals are not
 * asked: what names an id twice so is refused, and the refusal goes to nobody but who wrote it.
 */
function idsIn({ body }: Sent): { readonly sure: boolean; readonly ids: readonly string[] } {
  if (!isUtf8(body)) return { sure: false, ids: [] };
  const read = EXACT.map((witness) => members(witness.read(body.toString())).id);
  const ids = [...new Set(read.filter((id) => id !== undefined).map(canonical))];
  return { sure: ids.length === 1, ids };
}

/** Whether the client itself wrote a word, in whatever escapes. */
function mentions({ body, headers }: Sent, word: string): boolean {
  let text = `${body.toString("latin1").replaceAll("\0", "")} ${headers.join(" ")}`;
  for (let round = 0; round < 4; round++) {
    text = text.replace(/\\+u([0-9a-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  }
  return text.includes(word);
}
