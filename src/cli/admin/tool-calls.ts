/** `/servers/{server}/tools`. Definitions come as they were listed, digit for digit. */
import * as z from "zod";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { type Api, withQuery } from "./api.ts";
import { notGrantgate } from "./refusal.ts";

/** Null where it is as pinned and was not asked for, or is too large to be kept. */
const Definition = z.custom<JsonObject | null>((value) => typeof value === "object" && !Array.isArray(value));

const PinnedTool = z.object({
  name: z.string(),
  state: z.enum(["pinned", "changed", "new", "gone"]),
  /** Of the definition that is pinned. */
  hash: z.string().nullable(),
  /** Of what was last listed, where it drifted. */
  seenHash: z.string().nullable(),
  pinnedAt: z.string().nullable(),
  seenAt: z.string().nullable(),
  pinned: Definition,
  seen: Definition,
});

const Head = z.object({
  server: z.string(),
  drift: z.enum(["hold", "warn", "allow"]),
  /** Whether the list has been seen whole. */
  complete: z.boolean(),
  listedAt: z.string().nullable(),
  tools: z.int(),
  drifted: z.int(),
});
const Page = Head.extend({ items: z.array(z.unknown()), next: z.string().nullish() });

export type PinnedTool = z.infer<typeof PinnedTool>;
export type Inventory = z.infer<typeof Head> & { readonly items: readonly PinnedTool[] };

export type InventoryQuery = {
  readonly grant?: string | undefined;
  readonly state?: "drifted";
  readonly definitions?: true;
};

/** What is accepted: the definition that was looked at, or, with null, that a tool is gone. */
export type Acceptance = { readonly name: string; readonly hash: string | null };

/** What the gateway gives at most at once. */
const PAGE = 1000;

export function toolCalls({ ask, json, connection }: Api) {
  const at = (server: string): string => `/servers/${encodeURIComponent(server)}/tools`;
  return {
    /** All pages of it. */
    inventory: async (server: string, { grant, state, definitions }: InventoryQuery = {}): Promise<Inventory> => {
      const items: PinnedTool[] = [];
      for (let cursor: string | undefined; ; ) {
        const query = { grant, state, definitions: definitions && "true", limit: PAGE, cursor };
        const answer = await json(withQuery(at(server), query));
        const page = Page.safeParse(answer).data;
        const read = page && z.array(PinnedTool).safeParse(itemsOf(answer)).data;
        if (page === undefined || read === undefined) throw notGrantgate(connection.gateway, 200);
        items.push(...read);
        cursor = page.next ?? undefined;
        const { items: _, next: __, ...head } = page;
        if (cursor === undefined) return { ...head, items };
      }
    },

    /** All of them or none. */
    acceptTools: (
      server: string,
      tools: readonly Acceptance[],
      { grant, message }: { readonly grant?: string | undefined; readonly message?: string | undefined },
    ) =>
      ask(z.looseObject({ accepted: z.int() }), "POST", `${at(server)}/accept`, {
        body: JSON.stringify({
          tools,
          ...(grant !== undefined && { grant }),
          ...(message !== undefined && { message }),
        }),
      }),
  };
}

function itemsOf(answer: Json): Json {
  return (isObject(answer) ? member(answer, "items") : undefined) ?? null;
}
