import type { JsonObject } from "../../../../src/json/value.ts";
import { steeringIn } from "../../../../src/tools/steering/steering.ts";

export const OTHERS = new Set(["add", "send_email", "delete_file", "get_user", "search"]);

export const tool = (more: Record<string, unknown>): JsonObject => JSON.parse(JSON.stringify({ name: "add", ...more }));

/** Kinds of what is found in a description. */
export const kindsIn = (description: string): string[] =>
  steeringIn(tool({ description }), OTHERS).map(({ kind }) => kind);

export const tags = (text: string): string =>
  [...text].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");
