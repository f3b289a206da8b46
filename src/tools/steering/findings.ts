/** What one text of a definition gives away, by all that is looked for. */
import { quoted } from "../../policy/quote.ts";
import { commandsIn } from "./commands.ts";
import { encodedIn } from "./encoded.ts";
import { handedOver } from "./handing-over.ts";
import { hiddenIn, smuggled, visible } from "./hidden.ts";
import { isDisguised, mixedWord, oddLetters } from "./look-alike.ts";
import { markIn } from "./markup.ts";
import { shadowed } from "./other-tools.ts";
import { plain, sentencesOf, spaced } from "./plain.ts";
import type { Steering } from "./steering.ts";
import type { Text } from "./texts.ts";

/** `says` completes a sentence that begins with the place. */
export type Finding = { readonly kind: Steering["kind"]; readonly says: string };

export function findingsIn({ text, role }: Text, name: string, others: ReadonlySet<string>): Finding[] {
  if (role === "pattern") return hidden(text);
  if (role === "name") return [...hidden(text), ...named(text)];
  if (text.length < 3) return hidden(text);
  const read = plain(text);
  const sentences = sentencesOf(read);
  const whole = read.replace(/\s+/g, " ");
  const mark = markIn(text);
  const handed = handedOver(sentences);
  const other = shadowed(sentences, name, others);
  const encoded = encodedIn(text);
  const mixed = mixedWord(text, 4);
  return [
    ...hidden(text),
    ...(mark ? [finding("markup", `${mark.says}: ${shown(mark.mark)}`)] : []),
    ...commandsIn(whole).map(({ kind, says, words }) => finding(kind, `${says}: ${shown(words)}`)),
    ...(handed ? [finding("instruction", `${handed.says}: ${shown(handed.words)}`)] : []),
    ...(other ? [finding("other tool", `says how ${shown(other.tool)} is to be used: ${shown(other.words)}`)] : []),
    ...(encoded ? [finding("encoded", `has something encoded that reads ${shown(encoded)}`)] : []),
    ...(mixed
      ? [finding("look-alike", `has a word with letters of two alphabets: ${shown(mixed)}${oddLetters(mixed)}`)]
      : []),
  ];
}

function hidden(text: string): Finding[] {
  const [first, ...more] = hiddenIn(text);
  if (first === undefined) return pushedAway(text);
  const count = [first, ...more].reduce((sum, run) => sum + [...run.text].length, 0);
  const before = text.slice(Math.max(0, first.at - 24), first.at);
  const said = smuggled(first.text) ?? more.map((run) => smuggled(run.text)).find((each) => each !== undefined);
  const where = before === "" ? "at its beginning" : `behind ${shown(before)}`;
  const reads = said === undefined ? shown(first.text.slice(0, 12)) : `which read ${shown(said)}`;
  return [
    finding(
      "hidden characters",
      `has ${count} ${count === 1 ? "character" : "characters"} that can't be seen, ${where}: ${reads}`,
    ),
  ];
}

const FAR = /(?:[^\S\n]{0,200}\n){12}|[^\S\n]{120}/;

/** So much white space that what comes after it is out of sight. */
function pushedAway(text: string): Finding[] {
  const match = FAR.exec(text);
  const rest = match === null ? "" : text.slice(match.index).trim();
  return rest === ""
    ? []
    : [finding("hidden characters", `has text out of sight behind much white space: ${shown(rest)}`)];
}

/** A name that mixes alphabets, or is an instruction by itself (`content_from_reading_ssh_id_rsa`). */
function named(name: string): Finding[] {
  const mixed = mixedWord(name, 2) ?? (isDisguised(name) ? name : undefined);
  const words = spaced(name);
  const asks = words.length > 12 && TAKES.test(words) && SECRET.test(words);
  return [
    ...(mixed ? [finding("look-alike", `has letters that look like others: ${shown(mixed)}${oddLetters(mixed)}`)] : []),
    ...commandsIn(words).map(({ kind, says }) => finding(kind, `${says}: ${shown(name)}`)),
    ...(asks ? [finding("instruction", `asks for secrets: ${shown(name)}`)] : []),
  ];
}

const TAKES = /\b(?:read|reading|contents?|cat|dump|output)\b/i;
const SECRET =
  /\b(?:id rsa|id ed25519|ssh|etc passwd|etc shadow|env file|dot ?env|aws credentials|mcp json|kube ?config)\b/i;

function finding(kind: Steering["kind"], says: string): Finding {
  return { kind, says };
}

function shown(text: string): string {
  return visible(quoted(text, 100));
}
