/**
 * Text in a tool's definition that speaks to the model instead of describing the tool: hidden characters, instructions,
 * secrecy, what other tools are to do. Deterministic, linear, never fails.
 *
 * It knows what attacks look like that have been seen; it must never be all that stands between a server and a model, and
 * it must stay quiet about honest text, or nobody reads what it says.
 */
import { type JsonObject, member } from "../../json/value.ts";
import { quoted } from "../../policy/quote.ts";
import { findingsIn } from "./findings.ts";
import { visible } from "./hidden.ts";
import { double, oddLetters } from "./look-alike.ts";
import { placeName, pointerTo, textsIn } from "./texts.ts";

export type Steering = {
  readonly kind: "hidden characters" | "instruction" | "other tool" | "secrecy" | "markup" | "encoded" | "look-alike";
  /** JSON Pointer (RFC 6901) into the tool's definition. */
  readonly at: string;
  /** A sentence for people that quotes a short excerpt, with what was hidden in it made visible. */
  readonly text: string;
};

/** More of them make none clearer. */
const MOST = 32;

/**
 * `others`: names of the server's tools; that of this one may be among them. Giving the same set for all tools of a server
 * spares preparing it again.
 */
export function steeringIn(tool: JsonObject, others: ReadonlySet<string>): readonly Steering[] {
  const given = member(tool, "name");
  const name = typeof given === "string" ? given : "";
  const found: Steering[] = [];
  const like = name === "" ? undefined : double(name, others);
  if (like !== undefined) {
    found.push({
      kind: "look-alike",
      at: "/name",
      text: `The name looks like that of another tool, ${visible(quoted(like))}${oddLetters(`${name}${like}`)}.`,
    });
  }
  for (const text of textsIn(tool)) {
    if (found.length >= MOST) break;
    const findings = findingsIn(text, name, others);
    if (findings.length === 0) continue;
    const at = pointerTo(text.place);
    const subject = placeName(text.place, text.role);
    found.push(...findings.map(({ kind, says }) => ({ kind, at, text: sentence(subject, says) })));
  }
  return found.slice(0, MOST);
}

function sentence(subject: string, says: string): string {
  return `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${says}.`;
}
