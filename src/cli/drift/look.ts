/** What of a server's tools is not as pinned, and how much it matters. Nothing is judged that was not read. */
import { type Change, changesBetween, WEIGHTS, type Weight } from "../../tools/drift/drift.ts";
import { swapsAmong } from "../../tools/drift/swap.ts";
import type { Admin } from "../admin/client.ts";
import type { Inventory, PinnedTool } from "../admin/tool-calls.ts";

/** A change, or that there is nothing to compare. */
export type Remark = Omit<Change, "kind"> & { readonly kind: Change["kind"] | "too large" | "changed back" };

export type Drifted = {
  readonly tool: PinnedTool;
  /** Never empty; heaviest first. */
  readonly remarks: readonly Remark[];
  readonly weight: Weight;
  /** Hash of what would be accepted; null to let go of a tool that is gone. */
  readonly hash: string | null;
};

/** Heaviest first. `items` of the inventory are those that drifted. */
export type Look = { readonly inventory: Inventory; readonly drifted: readonly Drifted[] };

/** Of larger servers, tools are compared with each other only where they drifted. */
const MOST_COMPARED = 2_000;

export async function look(admin: Admin, server: string, grant: string | undefined): Promise<Look> {
  const inventory = await admin.inventory(server, { grant, state: "drifted", definitions: true });
  if (inventory.items.length === 0) return { inventory, drifted: [] };
  const whole = await admin.inventory(server, {
    grant,
    ...(inventory.tools <= MOST_COMPARED && { definitions: true }),
  });
  const names = new Set([...whole.items, ...inventory.items].map(({ name }) => name));
  const known = new Map([...whole.items, ...inventory.items].map((tool) => [tool.name, tool]));
  const swaps = swapsAmong([...known.values()].map(({ name, pinned, seen }) => ({ name, pinned, seen })));
  const drifted = inventory.items.map((tool): Drifted => {
    const swap = swaps.get(tool.name);
    const remarks = [...remarksOn(tool, names), ...(swap === undefined ? [] : [swap])];
    const sorted = remarks.toSorted((a, b) => rank(b.weight) - rank(a.weight));
    const hash = tool.state === "gone" ? null : (tool.seenHash ?? tool.hash);
    return { tool, remarks: sorted, weight: sorted[0]?.weight ?? "low", hash };
  });
  return { inventory, drifted: drifted.toSorted((a, b) => rank(b.weight) - rank(a.weight)) };
}

function remarksOn({ state, hash, seenHash, pinned, seen }: PinnedTool, names: ReadonlySet<string>): readonly Remark[] {
  if (state === "gone") return changesBetween(pinned ?? {}, null, names);
  if (state === "changed" && hash === seenHash) {
    const text = "It was listed otherwise for a while, and is listed as pinned again.";
    return [{ kind: "changed back", weight: "medium", at: "", text }];
  }
  if (seen === null || (state === "changed" && pinned === null)) {
    const text = "Its definition is too large to be kept: nothing can tell what changed.";
    return [{ kind: "too large", weight: "critical", at: "", text }];
  }
  const changes = changesBetween(state === "new" ? null : pinned, seen, names);
  const text = "It is defined otherwise, though nothing that is known of definitions changed.";
  return changes.length > 0 ? changes : [{ kind: "other field", weight: "medium", at: "", text }];
}

function rank(weight: Weight): number {
  return WEIGHTS.indexOf(weight);
}
