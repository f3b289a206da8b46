import type { JsonObject } from "../../../../src/json/value.ts";
import { changesBetween } from "../../../../src/tools/drift/drift.ts";

/** Plain data as what the parser would give. */
export const json = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value));

export const tool = (more: Record<string, unknown> = {}): JsonObject =>
  json({ name: "get_item", description: "Gets an item.", inputSchema: { type: "object", properties: {} }, ...more });

/** Kinds of what changed, heaviest first. */
export const kinds = (pinned: JsonObject | null, seen: JsonObject | null): string[] =>
  changesBetween(pinned, seen).map(({ kind, weight }) => `${weight}: ${kind}`);

export const texts = (pinned: JsonObject | null, seen: JsonObject | null): string[] =>
  changesBetween(pinned, seen).map(({ text }) => text);

export const taking = (properties: Record<string, unknown>, more: Record<string, unknown> = {}): JsonObject =>
  tool({ inputSchema: { type: "object", properties, ...more } });
