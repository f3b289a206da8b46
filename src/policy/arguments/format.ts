/**
 * The formats of JSON Schema that are checked, each in time linear in the text. A format that is not among them is a
 * remark, as the specification has it (JSON Schema 2020-12, Validation, section 7).
 */
import { readNetwork } from "../address.ts";
import { daysIn } from "../instant.ts";

export type Format = { readonly fits: (text: string) => boolean; readonly wants: string };

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const HOURS = "T(?:\\d+H(?:\\d+M(?:\\d+S)?)?|\\d+M(?:\\d+S)?|\\d+S)";
const DAYS = "(?:\\d+Y(?:\\d+M(?:\\d+D)?)?|\\d+M(?:\\d+D)?|\\d+D)";
const DURATION = new RegExp(`^P(?:\\d+W|${DAYS}(?:${HOURS})?|${HOURS})$`);
const UUID = /^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/;
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
const LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/;
const MAILBOX = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

export const FORMATS: ReadonlyMap<string, Format> = new Map([
  ["date", { fits: isDate, wants: 'a date like "2026-01-31"' }],
  ["time", { fits: isTime, wants: 'a time like "12:00:00Z"' }],
  ["date-time", { fits: isDateTime, wants: 'a date-time like "2026-01-31T12:00:00Z"' }],
  ["duration", { fits: (text) => DURATION.test(text), wants: 'a duration like "P1DT12H"' }],
  ["uuid", { fits: (text) => UUID.test(text), wants: "a UUID" }],
  ["uri", { fits: (text) => URI.test(text), wants: "a URI" }],
  ["email", { fits: isEmail, wants: "an e-mail address" }],
  ["hostname", { fits: isHostname, wants: "a host name" }],
  ["ipv4", { fits: (text) => isAddress(text, 4), wants: "an IPv4 address" }],
  ["ipv6", { fits: (text) => isAddress(text, 6), wants: "an IPv6 address" }],
]);

function isDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = DATE.exec(text)?.map(Number) ?? [];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function isTime(text: string): boolean {
  const match = TIME.exec(text);
  if (match === null) return false;
  const [hour = 0, minute = 0, second = 0] = match.slice(1, 4).map(Number);
  const [offsetHour, offsetMinute] = [Number(match[5] ?? 0), Number(match[6] ?? 0)];
  if (hour > 23 || minute > 59 || offsetHour > 23 || offsetMinute > 59) return false;
  if (second < 60) return true;
  // A leap second comes at the end of a day in UTC.
  const offset = (offsetHour * 60 + offsetMinute) * (match[4] === "-" ? -1 : 1);
  return second === 60 && (hour * 60 + minute - offset + 2880) % 1440 === 1439;
}

function isDateTime(text: string): boolean {
  return /[Tt]/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}

function isHostname(text: string): boolean {
  return text.length <= 253 && text.split(".").every((label) => label.length <= 63 && LABEL.test(label));
}

function isEmail(text: string): boolean {
  const at = text.lastIndexOf("@");
  return at > 0 && at <= 64 && MAILBOX.test(text.slice(0, at)) && isHostname(text.slice(at + 1));
}

function isAddress(text: string, family: 4 | 6): boolean {
  return !text.includes("/") && text.includes(":") === (family === 6) && readNetwork(text) !== undefined;
}
