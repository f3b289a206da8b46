/**
 * One conversation with a server that nobody knows yet: connect in the era that was asked for, list everything, leave.
 * It offers the server nothing (no sampling, no elicitation, no roots) and calls no tool.
 */
import { Client, type ClientOptions, type Transport } from "@modelcontextprotocol/client";
import { isObject, type JsonObject } from "../../json/value.ts";
import type { Era } from "../mcp/client.ts";
import { VERSION } from "../version.ts";
import { entriesOf, jsonOf } from "./entries.ts";
import { type Asking, allPages, type List, pagesIfAny } from "./pages.ts";
import type { Redact } from "./secrets.ts";
import type { Listed, Progress } from "./source.ts";
import { tapped } from "./tap.ts";

export type Conversation = {
  readonly transport: Transport;
  readonly era: Era;
  /** Milliseconds for each answer. */
  readonly timeout: number;
  readonly redact: Redact;
  readonly progress: Progress;
  /** Done while the connection is still there. */
  readonly leave?: () => Promise<void>;
};

export type Heard = Omit<Listed, "name" | "from" | "kind">;

const TOOLS: List = { method: "tools/list", member: "tools", what: "tools" };
const RESOURCES: List = { method: "resources/list", member: "resources", what: "resources" };
const TEMPLATES: List = { method: "resources/templates/list", member: "resourceTemplates", what: "resource templates" };
const PROMPTS: List = { method: "prompts/list", member: "prompts", what: "prompts" };

/** Throws what the SDK throws: whoever made the transport can explain it. */
export async function converse({ transport, era, timeout, redact, progress, leave }: Conversation): Promise<Heard> {
  const client = new Client({ name: "grantgate-scan", version: VERSION }, optionsFor(era, timeout));
  const tap = tapped(transport);
  try {
    progress("Connecting");
    await client.connect(transport, { timeout });
    const asking = { client, tap, timeout, progress: (text: string) => progress(`Listing: ${text}`) };
    return await everything(asking, redact);
  } finally {
    await leave?.().catch(() => undefined);
    await client.close().catch(() => undefined);
  }
}

async function everything(asking: Asking, redact: Redact): Promise<Heard> {
  const { client } = asking;
  const offered = client.getServerCapabilities();
  const read = async (list: List, key: string, ask: typeof allPages) => {
    const { entries, notes } = await ask(asking, list);
    const read = entriesOf(entries, key, list.what.replace(/s$/, ""), redact);
    return { entries: read.entries, notes: [...notes, ...read.notes] };
  };
  const none = { entries: [], notes: [] };
  // Tools are asked for even where none are announced: what answers can be called.
  const tools = await read(TOOLS, "name", allPages);
  const resources = offered?.resources ? await read(RESOURCES, "uri", pagesIfAny) : none;
  const templates = offered?.resources ? await read(TEMPLATES, "uriTemplate", pagesIfAny) : none;
  const prompts = offered?.prompts ? await read(PROMPTS, "name", pagesIfAny) : none;
  const serverInfo = jsonOf(client.getServerVersion(), redact);
  const instructions = client.getInstructions();
  return {
    era: client.getProtocolEra() ?? null,
    tools: tools.entries,
    resources: resources.entries,
    templates: templates.entries,
    prompts: prompts.entries,
    ...(isObject(serverInfo) && { serverInfo }),
    ...(instructions !== undefined && { instructions: redact(instructions) }),
    notes: [tools, resources, templates, prompts].flatMap(({ notes }) => notes),
  };
}

function optionsFor(era: Era, timeoutMs: number): ClientOptions {
  const mode = era === "modern" ? ({ pin: "2026-07-28" } as const) : era;
  return { capabilities: {}, versionNegotiation: { mode, probe: { timeoutMs } } };
}

/** What a server calls itself. */
export function titleOf(serverInfo: JsonObject | undefined): string | undefined {
  const { name } = serverInfo ?? {};
  return typeof name === "string" && name.trim() !== "" ? name.trim() : undefined;
}
