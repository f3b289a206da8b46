/** The inventory of a server as operators look at it, page by page. */
import type { Inventory, InventoryQuery, InventoryRow } from "./protocol.ts";
import type { Sighted } from "./sighting.ts";
import { COLUMNS, countTools, definitionText, listingOf } from "./table.ts";

/** Definitions of one page, in UTF-16 units: a page ends early rather than be too large to be sent. */
const MOST_TEXT = 4_000_000;

export function inventoryPage(sql: SqlStorage, origin: string, query: InventoryQuery): Inventory {
  const { after, limit, drifted, definitions } = query;
  const differs = drifted ? "AND (drifted_at IS NOT NULL OR gone_at IS NOT NULL)" : "";
  const found = sql
    .exec<Sighted>(
      `SELECT ${COLUMNS} FROM inventory WHERE origin = ? AND name > ? ${differs} ORDER BY name LIMIT ?`,
      ...[origin, after, limit + 1],
    )
    .toArray();
  const rows: InventoryRow[] = [];
  let size = 0;
  for (const tool of found.slice(0, limit)) {
    const texts = definitions || tool.driftedAt !== null || tool.goneAt !== null;
    const row: InventoryRow = {
      ...tool,
      pinnedText: texts && tool.pinned !== null ? definitionText(sql, tool.pinned) : null,
      listedText: texts ? definitionText(sql, tool.listed) : null,
    };
    size += (row.pinnedText?.length ?? 0) + (row.listedText?.length ?? 0);
    if (size > MOST_TEXT && rows.length > 0) break;
    rows.push(row);
  }
  const { completeAt, listedAt } = listingOf(sql, origin);
  return { completeAt, listedAt, ...countTools(sql, origin), rows, more: found.length > rows.length };
}
