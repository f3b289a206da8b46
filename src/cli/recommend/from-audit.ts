/** A grant's recorded calls, for what they needed: read from the audit log as the gateway keeps it, and judged elsewhere. */
import { parseJson } from "../../json/parse.ts";
import { isObject, type JsonObject, member } from "../../json/value.ts";
import { metaToolOf } from "../../policy/meta-tool.ts";
import { namesOf } from "../../policy/names.ts";
import { top } from "../../policy/problem.ts";
import { wholePolicy } from "../../policy/read.ts";
import { type Least, leastFor, type RecordedCall } from "../../tools/recommend/from-calls.ts";
import { type Admin, openAdmin } from "../admin/client.ts";
import type { Grant } from "../admin/shapes.ts";
import type { Context } from "../context.ts";
import { since } from "../expiry.ts";
import { found } from "../failure.ts";
import { counted } from "../show.ts";
import { day } from "../time.ts";
import { toolsIn } from "./tools.ts";

export type FromAudit = { readonly grant: string; readonly from: string };

/** What came of it, and for whom. */
export type Heard = { readonly least: Least; readonly label: string; readonly calls: number; readonly since: string };

const STEP = 1_000;

export async function heardFrom(context: Context, { grant: id, from }: FromAudit): Promise<Heard> {
  const { terminal, now } = context;
  const start = since(from, now(), "--from");
  const { admin } = openAdmin(context);
  const grant = await admin.grant(id);
  if (grant === undefined) throw found(`The gateway knows no grant ${id}.`, "`npx grantgate grant list` shows them.");
  // The gateway gathers what the grant's ledger still holds before it answers this, so that nothing recent is missing.
  await admin.auditChain(id);
  const calls: RecordedCall[] = [];
  for await (const line of admin.auditExport({ grant: id, method: "tools/call", from: start })) {
    const call = callIn(line);
    if (call === undefined) continue;
    calls.push(call);
    if (calls.length % STEP === 0) terminal.status?.(`${calls.length} calls`);
  }
  terminal.status?.("");
  if (!calls.some(({ effect }) => effect === "allow")) {
    throw found(`The audit log has no allowed call of the grant ${id} since ${start}.`, "--from looks further back.");
  }
  const description = `What ${counted(calls.length, "recorded call")} from ${day(start)} to ${day(now().toISOString())} needed, with room for half as much again.`;
  const least = leastFor(calls, { description, unwraps: await runsOthers(admin, grant) });
  return { least, label: grant.label, calls: calls.length, since: start };
}

/** Undefined for what is no whole record of a call. */
function callIn(line: string): RecordedCall | undefined {
  const parsed = parseJson(line);
  if (!parsed.ok || !isObject(parsed.value)) return undefined;
  const record = parsed.value;
  const text = (key: string): string | undefined => textAt(record, key);
  const [tool, effect, time] = [text("tool"), text("effect"), text("time")];
  const at = time === undefined ? Number.NaN : Date.parse(time);
  if (tool === undefined || effect === undefined || Number.isNaN(at)) return undefined;
  return { tool, effect, at };
}

function textAt(record: JsonObject, key: string): string | undefined {
  const value = member(record, key);
  return typeof value === "string" ? value : undefined;
}

/** Which tools run others: the policy in force says so, or what the gateway has pinned of them looks like it. */
async function runsOthers(admin: Admin, { id, server, policy, credential }: Grant): Promise<(tool: string) => boolean> {
  const json = policy === null ? undefined : await admin.policyDocument(server, policy);
  const document = json === undefined ? undefined : wholePolicy(json, top());
  const names = namesOf(document?.tools.keys() ?? []);
  const own = credential === null || credential === undefined ? {} : { grant: id };
  const { items } = await admin.inventory(server, { ...own, definitions: true });
  const metas = new Set(items.filter(({ pinned, seen }) => [pinned, seen].some(isMeta)).map(({ name }) => name));
  return (tool) => {
    const key = names.find(tool);
    return metas.has(tool) || (key !== undefined && document?.tools.get(key)?.unwrap !== undefined);
  };
}

function isMeta(definition: JsonObject | null): boolean {
  const [tool] = definition === null ? [] : toolsIn([definition]);
  return tool !== undefined && metaToolOf(tool) !== undefined;
}
