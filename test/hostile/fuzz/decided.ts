/** The gateway's own decision, asked apart from the gateway about what a witness read. */
import { parseJson } from "../../../src/json/parse.ts";
import { isObject } from "../../../src/json/value.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import { POLICY } from "./policy.ts";
import { canonical } from "./witnesses.ts";

const read = readPolicy(JSON.stringify(POLICY));
if (!read.ok) throw new Error(JSON.stringify(read.problems));
const policy = compilePolicy(read.document);

/** The effect; "nothing" where no call can be decided. */
export function decided(tool: unknown, args: unknown): string {
  const parsed = parseJson(args === undefined ? "{}" : canonical(args));
  if (typeof tool !== "string" || !parsed.ok || !isObject(parsed.value)) return "nothing";
  const grant = { id: "grt", label: "fuzz", tags: [] };
  return decide(policy, { tool, arguments: parsed.value, server: "fuzz", grant, time: 0 }).effect;
}
