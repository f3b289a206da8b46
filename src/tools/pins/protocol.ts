/** What is said between the gate, the admin API and a server's shelf. Plain data: it crosses from one machine to another. */
import type { Definition } from "./definition.ts";
import type { Sighted, State } from "./sighting.ts";

/** What becomes of a tool that changed, or came later: nobody calls it, it is told, or nothing at all. */
export type Drift = "hold" | "warn" | "allow";

/** Tools as they were listed, whole or a page of them. */
export type Sighting = {
  /** Where the server was listed: a server that moved is another one. */
  readonly origin: string;
  readonly drift: Drift;
  readonly definitions: readonly Definition[];
  /** Whether nothing else was listed; `unsure` where that may be the answer to another request. */
  readonly whole: boolean | "unsure";
};

export type Seen = {
  readonly revision: number;
  /** Names of those that are not as pinned, and of those that are too many to be kept. */
  readonly drifted: readonly string[];
  /** What was not so before. */
  readonly news: readonly { readonly name: string; readonly state: State }[];
  /** When the list was last seen whole, Unix milliseconds; null for never. */
  readonly completeAt: number | null;
  /** Only a look at the whole list could say what is gone. */
  readonly open: boolean;
};

export type Stand = {
  /** Another number for other tools or other pins; it only grows. */
  readonly revision: number;
  /** Whether the list has been seen whole. */
  readonly complete: boolean;
  /** Null for a tool that has not been listed. `hash` is of the definition that calls are held to. */
  readonly tool: { readonly hash: string; readonly drifted: boolean } | null;
};

export type InventoryQuery = {
  readonly after: string;
  readonly limit: number;
  readonly drifted: boolean;
  readonly definitions: boolean;
};

/** A tool with its definitions as canonical text; null where they were not asked for, or are too long to be kept. */
export type InventoryRow = Sighted & { readonly pinnedText: string | null; readonly listedText: string | null };

export type Inventory = {
  readonly completeAt: number | null;
  readonly listedAt: number | null;
  readonly tools: number;
  readonly drifted: number;
  /** By name, at most as many as were asked for, and fewer where their definitions are long. */
  readonly rows: readonly InventoryRow[];
  readonly more: boolean;
};

/** `hash` null lets go of a tool that is gone. */
export type Accept = { readonly name: string; readonly hash: string | null };
