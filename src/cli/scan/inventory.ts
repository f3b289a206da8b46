/** What a gateway has pinned of a server's tools, over all its pages. What it last saw counts, held or not. */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { apiOf, withQuery } from "../admin/api.ts";
import { openAdmin } from "../admin/client.ts";
import type { Context } from "../context.ts";
import { unreachable } from "../failure.ts";
import { counted } from "../show.ts";
import type { Listed, Progress } from "./source.ts";

const PAGE = 1_000;
const MOST_PAGES = 100;

export async function pinnedInventory(context: Context, slug: string, progress: Progress): Promise<Listed> {
  const { gateway, bearer } = openAdmin(context);
  const { json } = apiOf({ gateway, bearer });
  const items: JsonObject[] = [];
  let complete = false;
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const path = `/servers/${encodeURIComponent(slug)}/tools`;
    const answer = await json(withQuery(path, { definitions: "true", limit: PAGE, cursor }));
    const list = isObject(answer) ? member(answer, "items") : undefined;
    if (!isObject(answer) || !Array.isArray(list)) {
      throw unreachable(
        `The gateway at ${gateway.url} tells nothing of the tools of ${slug}.`,
        "Is it of this version?",
      );
    }
    items.push(...list.filter(isObject));
    progress(`Reading: ${counted(items.length, "pinned tool")}`);
    complete = member(answer, "complete") === true;
    const next = member(answer, "next");
    if (typeof next !== "string") break;
    cursor = next;
  }
  progress("");
  return {
    name: slug,
    from: `${gateway.url} (pinned)`,
    kind: "gateway",
    era: null,
    tools: items.flatMap(definition),
    resources: [],
    templates: [],
    prompts: [],
    notes: notesOn(items, complete),
  };
}

function definition(item: JsonObject): JsonObject[] {
  const name = member(item, "name");
  if (typeof name !== "string" || member(item, "state") === "gone") return [];
  return [kept(item) ?? { name }];
}

function kept(item: JsonObject): JsonObject | undefined {
  return [member(item, "seen"), member(item, "pinned")].find((each: Json | undefined) => isObject(each));
}

function notesOn(items: readonly JsonObject[], complete: boolean): string[] {
  const count = (fits: (item: JsonObject) => boolean): number => items.filter(fits).length;
  const held = count((item) => ["changed", "new"].includes(String(member(item, "state"))));
  const unkept = count((item) => member(item, "state") !== "gone" && kept(item) === undefined);
  return [
    ...(complete ? [] : ["The gateway has not seen a whole listing of this server yet: there may be more tools."]),
    ...(held > 0 ? [`${counted(held, "tool")} not as pinned: \`npx grantgate tools diff\` shows what changed.`] : []),
    ...(unkept > 0 ? [`The gateway keeps only the name of ${counted(unkept, "tool")}: judged by that alone.`] : []),
  ];
}
