/**
 * Headers as they are typed, `Name: value`. Their values are secrets until proven otherwise: no message repeats one.
 */
import { usage } from "../failure.ts";

export type Headers = Readonly<Record<string, string>>;

/** RFC 9110, section 5.1. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** RFC 9110, section 5.5, without obsolete bytes. */
const VALUE = /^[!-~](?:[\t -~]*[!-~])?$/;
/** What the connection and the protocol write themselves. */
const RESERVED =
  /^(?:connection|transfer-encoding|upgrade|host|content-.*|mcp-(?:protocol-version|session-id|method)|accept)$/i;

const LIKE = 'Write it like --header "Authorization: Bearer $TOKEN".';

export function readHeaders(lines: readonly string[]): Headers {
  return Object.fromEntries(
    lines.map((line, index) => {
      const colon = line.indexOf(":");
      const name = line.slice(0, Math.max(colon, 0)).trim();
      const value = line.slice(colon + 1).trim();
      // The place and not the text: a value that was typed without its name is a secret too.
      if (colon < 0 || !NAME.test(name)) throw usage(`--header number ${index + 1} has no name.`, LIKE);
      if (value === "") throw usage(`The header ${name} has no value.`, "Is the variable set that it comes from?");
      if (!VALUE.test(value)) throw usage(`The value of the header ${name} has characters that no header can hold.`);
      if (RESERVED.test(name)) throw usage(`The header ${name} is set by the protocol.`, "Leave it out.");
      return [name.toLowerCase(), value] as const;
    }),
  );
}
