/**
 * The Durable Object that keeps the inventory of one server: what it listed, which of it is pinned, and what has drifted.
 *
 * Lists come from what passed through the gateway, or from the gateway's own asking. It must never forget that a tool
 * drifted before an operator has accepted it.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../env.ts";
import { MOST_TOOLS } from "./definition.ts";
import { inventoryPage } from "./inventory.ts";
import type { Accept, Inventory, InventoryQuery, Seen, Sighting, Stand } from "./protocol.ts";
import { accepted, type Sighted, sighted, stateOf } from "./sighting.ts";
import {
  countTools,
  definitionText,
  deleteTools,
  findTools,
  forgetOthers,
  goneBut,
  keepDefinitions,
  type Listing,
  listingOf,
  openTables,
  sweepDefinitions,
  writeListing,
  writeTools,
} from "./table.ts";

/** How exactly it is known when the server was last listed, in ms. */
const LISTED_STEP_MS = 60_000;
/** A server that never lets its list be seen whole can't have first sights for ever, in ms. */
const FIRST_SIGHT_MS = 86_400_000;

export class ToolShelf extends DurableObject<Env> {
  readonly #sql: SqlStorage;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    openTables(this.#sql);
  }

  /** Learns what was listed, and says what of it is not as pinned. */
  async see({ origin, drift, definitions, whole }: Sighting): Promise<Seen> {
    const [sql, now] = [this.#sql, Date.now()];
    return this.ctx.storage.transactionSync(() => {
      const listing = listingOf(sql, origin);
      if (listing.listedAt === null) forgetOthers(sql, origin, now);
      const names = definitions.map(({ name }) => name);
      const known = findTools(sql, origin, names);
      const changed = new Map<string, Sighted>();
      const drifted = new Set<string>();
      let room = MOST_TOOLS - countTools(sql, origin).tools;
      const about = { now, follows: drift === "allow", pinsNew: isFirstSight(listing, now) };
      for (const { name, hash } of definitions) {
        const before = known.get(name);
        if (before === undefined && room-- <= 0) drifted.add(name);
        else {
          const after = sighted(before, { name, hash, ...about });
          if (after !== before) changed.set(name, after);
          known.set(name, after);
          if (after.driftedAt !== null) drifted.add(name);
        }
      }
      const missing = whole === false ? [] : goneBut(sql, origin, names, now);
      const gone = whole === true ? missing : [];
      writeTools(sql, origin, gone);
      const isNews = changed.size + gone.length > 0;
      const revision = listing.revision + (isNews ? 1 : 0);
      const isKnownWhole =
        whole === true || (whole === "unsure" && listing.completeAt !== null && missing.length === 0);
      const completeAt = isKnownWhole ? now : listing.completeAt;
      const listedAt = listing.listedAt ?? 0;
      if (isNews || listing.completeAt === null || now - listedAt > LISTED_STEP_MS) {
        writeListing(sql, origin, { ...listing, revision, completeAt }, now);
      }
      if (changed.size > 0) {
        writeTools(sql, origin, changed.values());
        keepDefinitions(
          sql,
          definitions.filter(({ name, hash }) => changed.get(name)?.listed === hash),
        );
        sweepDefinitions(sql);
      }
      const differing = [...changed.values()].filter(({ driftedAt }) => driftedAt !== null);
      const news = [...differing, ...gone].map((tool) => ({ name: tool.name, state: stateOf(tool) }));
      const open = whole === "unsure" && !isKnownWhole;
      return { revision, drifted: [...drifted], news, completeAt: listing.completeAt, open };
    });
  }

  /** The names of all pages of a listing that has come to its end. Learns what of the inventory is gone. */
  async close(origin: string, names: readonly string[]): Promise<Seen> {
    const [sql, now] = [this.#sql, Date.now()];
    return this.ctx.storage.transactionSync(() => {
      const listing = listingOf(sql, origin);
      const gone = goneBut(sql, origin, names, now);
      writeTools(sql, origin, gone);
      const revision = listing.revision + (gone.length > 0 ? 1 : 0);
      writeListing(sql, origin, { ...listing, revision, completeAt: now }, now);
      return {
        revision,
        drifted: [],
        news: gone.map((tool) => ({ name: tool.name, state: stateOf(tool) })),
        completeAt: now,
        open: false,
      };
    });
  }

  /** Which of these definitions are not as pinned. Learns nothing. */
  async compare({ origin, definitions }: Pick<Sighting, "origin" | "definitions">): Promise<readonly string[]> {
    const isFirst = isFirstSight(listingOf(this.#sql, origin), Date.now());
    const known = findTools(
      this.#sql,
      origin,
      definitions.map(({ name }) => name),
    );
    return definitions.flatMap(({ name, hash }) => {
      const tool = known.get(name);
      const isPinned = tool === undefined ? isFirst : tool.driftedAt === null && tool.pinned === hash;
      return isPinned ? [] : [name];
    });
  }

  async revision(origin: string): Promise<number> {
    return listingOf(this.#sql, origin).revision;
  }

  async stand(origin: string, name: string): Promise<Stand> {
    const { revision, completeAt } = listingOf(this.#sql, origin);
    const tool = findTools(this.#sql, origin, [name]).get(name);
    const found = tool && { hash: tool.listed, drifted: tool.driftedAt !== null };
    return { revision, complete: completeAt !== null, tool: found ?? null };
  }

  /** The definition's canonical text; null when it is not kept. */
  async definition(hash: string): Promise<string | null> {
    return definitionText(this.#sql, hash);
  }

  async inventory(origin: string, query: InventoryQuery): Promise<Inventory> {
    return inventoryPage(this.#sql, origin, query);
  }

  /** Names of those that can't be accepted: they are no longer as they were looked at. */
  async acceptable(origin: string, wanted: readonly Accept[]): Promise<readonly string[]> {
    return acceptance(this.#sql, origin, wanted, Date.now()).moved;
  }

  /** Pins what an operator has looked at: all of it, or nothing, and then it says which of them moved. */
  async accept(origin: string, wanted: readonly Accept[]): Promise<readonly string[]> {
    const [sql, now] = [this.#sql, Date.now()];
    return this.ctx.storage.transactionSync(() => {
      const { moved, pinned, gone } = acceptance(sql, origin, wanted, now);
      if (moved.length > 0) return moved;
      writeTools(sql, origin, pinned);
      deleteTools(sql, origin, gone);
      sweepDefinitions(sql);
      const listing = listingOf(sql, origin);
      writeListing(sql, origin, { ...listing, revision: listing.revision + 1 }, listing.listedAt ?? now);
      return [];
    });
  }
}

/** What is not known is pinned as it comes: nobody has seen the whole list yet. */
function isFirstSight({ completeAt, firstAt }: Listing, now: number): boolean {
  return completeAt === null && now - (firstAt ?? now) < FIRST_SIGHT_MS;
}

function acceptance(sql: SqlStorage, origin: string, wanted: readonly Accept[], now: number) {
  const names = wanted.map(({ name }) => name);
  const known = findTools(sql, origin, names);
  const moved: string[] = [];
  const gone: string[] = [];
  const pinned: Sighted[] = [];
  for (const { name, hash } of wanted) {
    const tool = known.get(name);
    const after = tool === undefined || hash === null ? null : accepted(tool, hash, now);
    if (after !== null) pinned.push(after);
    else if (hash === null && tool !== undefined && tool.goneAt !== null) gone.push(name);
    else moved.push(name);
  }
  return { moved, gone, pinned };
}
