/**
 * All records that fit a filter, grant by grant and in each from the oldest on, in pages of bounded size: those that are
 * there when it begins. It must never hold more than a page.
 */
import { type AuditFilter, conditionsOf, SERVERS, wayOf } from "./plan.ts";
import { type AuditRow, COLUMNS, type Database, rows } from "./query.ts";
import { shownRecord } from "./show.ts";

/** Records of one grant from one number to another. */
type Span = readonly [grant: string, first: number, last: number];

/** A Worker may ask D1 a thousand times for one request, so pages are large. */
const MOST_ROWS = 5_000;
/** Bytes of records in a page, and what is reckoned for the rest of each. */
const MOST_BYTES = 4_000_000;
const OF_THE_REST = 400;

export async function* exportRecords(db: Database, filter: AuditFilter): AsyncGenerator<readonly AuditRow[], void> {
  let spans = await spansOf(db, filter);
  while (spans.length > 0) {
    const { due, rest } = cut(spans);
    const page = await pageOf(db, filter, due);
    const last = page.at(-1);
    if (page.length > 0) yield page;
    spans = last !== undefined && last.upTo >= MOST_BYTES ? [...behind(due, last), ...rest] : rest;
  }
}

/** The records as NDJSON. A page is read when what was given before is taken. */
export function exportStream(db: Database, filter: AuditFilter): ReadableStream<Uint8Array> {
  const pages = exportRecords(db, filter);
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await pages.next();
        if (done) return controller.close();
        const lines = value.map((row) => `${JSON.stringify(shownRecord(row))}\n`);
        controller.enqueue(encoder.encode(lines.join("")));
      },
      async cancel() {
        await pages.return();
      },
    },
    { highWaterMark: 0 },
  );
}

/** Where the records lie that fit, by grant. Between the first and the last of a span others may lie. */
async function spansOf(db: Database, filter: AuditFilter): Promise<readonly Span[]> {
  const { text, values } = conditionsOf(filter);
  const found = await rows<{ grant: string; first: number; last: number }>(
    db,
    `${sourceOf(filter)} AND ${text} GROUP BY grant_id ORDER BY grant_id`,
    values,
  );
  return found.map(({ grant, first, last }) => [grant, first, last]);
}

function sourceOf(filter: AuditFilter): string {
  const select = 'SELECT grant_id AS "grant", min(seq) AS first, max(seq) AS last FROM';
  const fields = Object.values(filter).filter((value) => value !== undefined).length;
  if (fields === 0 || (fields === 1 && filter.grant !== undefined)) return `${select} audit WHERE TRUE`;
  const way = wayOf(filter);
  if (way.kind === "index") return `${select} audit INDEXED BY ${way.index} WHERE ${way.given}`;
  return `WITH ${SERVERS} ${select} servers CROSS JOIN audit INDEXED BY audit_by_server ON server = name WHERE TRUE`;
}

/** As many spans as a page may have rows. Numbers have no gaps but what was let go of, so a span's width is its size. */
function cut(spans: readonly Span[]): { readonly due: readonly Span[]; readonly rest: readonly Span[] } {
  const due: Span[] = [];
  let room = MOST_ROWS;
  for (const [index, [grant, first, last]] of spans.entries()) {
    const end = Math.min(last, first + room - 1);
    due.push([grant, first, end]);
    room -= end - first + 1;
    if (end < last) return { due, rest: [[grant, end + 1, last], ...spans.slice(index + 1)] };
    if (room <= 0) return { due, rest: spans.slice(index + 1) };
  }
  return { due, rest: [] };
}

/** What of the spans lies behind a row. */
function behind(spans: readonly Span[], { grant, seq }: AuditRow): readonly Span[] {
  return spans.flatMap(([of, first, last]): Span[] => {
    if (of < grant || (of === grant && last <= seq)) return [];
    return [[of, of === grant ? Math.max(first, seq + 1) : first, last]];
  });
}

type PageRow = AuditRow & { readonly upTo: number };

function pageOf(db: Database, filter: AuditFilter, spans: readonly Span[]): Promise<PageRow[]> {
  const { text, values } = conditionsOf(filter);
  return rows<PageRow>(
    db,
    `WITH due AS (
       SELECT audit.id, octet_length(record) + ${OF_THE_REST} AS size,
              sum(octet_length(record) + ${OF_THE_REST}) OVER (ORDER BY audit.grant_id, audit.seq) AS upTo
       FROM json_each(?) AS span CROSS JOIN audit
         ON audit.grant_id = span.value ->> 0 AND audit.seq BETWEEN span.value ->> 1 AND span.value ->> 2
       WHERE ${text}
     )
     SELECT ${COLUMNS}, due.upTo FROM due JOIN audit ON audit.id = due.id
     WHERE due.upTo - due.size < ${MOST_BYTES} ORDER BY audit.grant_id, audit.seq`,
    [JSON.stringify(spans), ...values],
  );
}
