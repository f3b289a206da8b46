/** Numbers and texts that a schema takes, the simplest first. What comes out need not fit: whoever asks checks it. Pure. */
import { type Json, type JsonObject, member } from "../../json/value.ts";
import { schemaCheck } from "../../policy/arguments/examine.ts";
import { readPattern } from "../../policy/arguments/pattern.ts";
import { newRun } from "../../policy/arguments/run.ts";

export const ANY = "example";

export function numberFor(schema: JsonObject): Json {
  const bound = (name: string): number | undefined => {
    const given = member(schema, name);
    return typeof given === "number" ? given : undefined;
  };
  const least = bound("minimum") ?? bound("exclusiveMinimum");
  const most = bound("maximum") ?? bound("exclusiveMaximum");
  const step = bound("multipleOf") ?? 1;
  const from = least === undefined ? [] : [least, least + step, Math.ceil(least / step) * step];
  const to = most === undefined ? [] : [most, most - step, Math.floor(most / step) * step];
  const middle = least === undefined || most === undefined ? [] : [(least + most) / 2];
  const tried = [1, step, ...from, ...to, 0, ...middle];
  return tried.find((value) => schemaCheck(schema)(value, undefined, newRun()) === undefined) ?? 1;
}

/** Texts of the kinds that schemas ask for; the first that fits is taken. */
const TEXTS = [
  "example",
  "example.com",
  "https://example.com",
  "user@example.com",
  "2026-01-31",
  "2026-01-31T12:00:00Z",
  "12:00:00Z",
  "12:00",
  "192.0.2.1",
  "192.0.2.0/24",
  "2001:db8::1",
  "00:00:5e:00:53:01",
  "123e4567-e89b-12d3-a456-426614174000",
  "P1D",
  "1.0.0",
  "/example",
  "e",
  "E",
  "EX",
  "1",
  "12",
  "123",
  "1234",
  "12345678",
  "#012abc",
  "a1",
];

export function textFor(schema: JsonObject): Json {
  const least = member(schema, "minLength");
  const most = member(schema, "maxLength");
  const pattern = member(schema, "pattern");
  const wants = typeof pattern === "string" ? readPattern(pattern) : undefined;
  const fitted = TEXTS.flatMap((text) => [
    text,
    ...(typeof least === "number" && text.length < least && least <= LONGEST ? [text.padEnd(least, text.at(-1))] : []),
    ...(typeof most === "number" && text.length > most ? [text.slice(0, Math.max(0, most))] : []),
  ]);
  const check = schemaCheck(schema);
  const found = fitted.find((text) => wants?.test(text) !== false && check(text, undefined, newRun()) === undefined);
  return found ?? ANY;
}

const LONGEST = 1_000;
