/**
 * A list over all its pages, asked for until the server says that there are no more, or until there are more than anybody
 * has. A list that was cut is told as such.
 */
import { type Client, ProtocolError, SdkError, SdkErrorCode } from "@modelcontextprotocol/client";
import * as z from "zod";
import { shown } from "../terminal.ts";
import { firstLine } from "./sdk-errors.ts";
import type { Progress } from "./source.ts";
import type { Tap } from "./tap.ts";

const MOST_PAGES = 1_000;
const MOST_ENTRIES = 20_000;

export type List = {
  readonly method: "tools/list" | "resources/list" | "resources/templates/list" | "prompts/list";
  /** Where the entries lie in a result. */
  readonly member: "tools" | "resources" | "resourceTemplates" | "prompts";
  /** In messages: "tools". */
  readonly what: string;
};

export type Pages = { readonly entries: readonly unknown[]; readonly notes: readonly string[] };

export type Asking = {
  readonly client: Client;
  readonly tap: Tap;
  /** Milliseconds for each page. */
  readonly timeout: number;
  readonly progress: Progress;
};

const METHOD_NOT_FOUND = -32601;

/** A server that does not know the method has none of them. Any other failure is thrown. */
export async function allPages(asking: Asking, list: List): Promise<Pages> {
  const entries: unknown[] = [];
  const notes: string[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  let isLax = false;
  for (let page = 1; ; page++) {
    const answer = await onePage(asking, list, cursor);
    if (answer === undefined) return { entries, notes };
    isLax ||= !answer.valid;
    entries.push(...answer.entries);
    asking.progress(`${entries.length} ${list.what}${answer.next === undefined ? "" : `, ${page} pages`}`);
    if (answer.next === undefined) break;
    if (entries.length >= MOST_ENTRIES || page >= MOST_PAGES) {
      notes.push(`Cut after ${entries.length} ${list.what} on ${page} pages: there are more.`);
      break;
    }
    if (seen.has(answer.next)) {
      notes.push(`The server goes round in circles with its pages of ${list.what}: cut after ${page} pages.`);
      break;
    }
    seen.add(answer.next);
    cursor = answer.next;
  }
  if (isLax) notes.push(`What it answers to ${list.method} is not as the protocol wants it; what could be read, was.`);
  if (entries.length > MOST_ENTRIES) {
    notes.push(`Cut after ${MOST_ENTRIES} ${list.what} of ${entries.length}.`);
    entries.length = MOST_ENTRIES;
  }
  return { entries, notes };
}

type Page = { readonly entries: readonly unknown[]; readonly next: string | undefined; readonly valid: boolean };

async function onePage(asking: Asking, list: List, cursor: string | undefined): Promise<Page | undefined> {
  const { client, tap, timeout } = asking;
  tap.forget();
  let valid = true;
  try {
    const params = cursor === undefined ? {} : { cursor };
    await client.request({ method: list.method, params }, z.looseObject({}), { timeout });
  } catch (error) {
    if (error instanceof ProtocolError && error.code === METHOD_NOT_FOUND) return undefined;
    // The server answered, and the SDK did not like it.
    if (!(error instanceof SdkError) || !UNLIKED.has(error.code) || tap.last() === undefined) throw error;
    valid = false;
  }
  const result = Result.safeParse(tap.last()).data ?? {};
  const entries = result[list.member];
  return {
    entries: Array.isArray(entries) ? entries : [],
    next: typeof result.nextCursor === "string" && result.nextCursor !== "" ? result.nextCursor : undefined,
    valid: valid && Array.isArray(entries),
  };
}

const UNLIKED: ReadonlySet<string> = new Set([SdkErrorCode.InvalidResult, SdkErrorCode.UnsupportedResultType]);

const Result = z.record(z.string(), z.unknown());

/** The same for what a scan can do without: what stood in the way becomes a note. */
export async function pagesIfAny(asking: Asking, list: List): Promise<Pages> {
  try {
    return await allPages(asking, list);
  } catch (error) {
    return { entries: [], notes: [`Its ${list.what} could not be listed: ${shown(firstLine(error))}.`] };
  }
}
