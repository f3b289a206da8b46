/**
 * What a tool's parameters give away: text that will run, a sum of money, another tool's name. A parameter's name says
 * what may be asked, not what will be done, so most signs only count where the tool's own name does not read.
 */

import { isObject, member } from "../../json/value.ts";
import { choiceSigns } from "./choices.ts";
import type { ToolClass } from "./class.ts";
import { isText, type Parameter, textOf } from "./parameters.ts";
import { CODE } from "./things.ts";
import { singular } from "./words.ts";

/** Whether it counts for every tool, for those whose name does not read, or for those whose name says nothing clear. */
export type Sign = {
  readonly class: ToolClass;
  readonly text: string;
  readonly counts: "always" | "unless it reads" | "if unclear";
};

export function signsIn(parameters: readonly Parameter[]): Sign[] {
  return [
    ...parameters.flatMap((parameter) => [
      ...runnable(parameter),
      ...choiceSigns(parameter),
      ...switches(parameter),
      ...carried(parameter),
    ]),
    ...pair(parameters, isAmount, isSide, "financial", "name a sum of money", "unless it reads"),
    ...pair(parameters, isToolName, isArguments, "execute", "run another tool", "always"),
    ...(parameters.some(isIdentity)
      ? []
      : pair(parameters, isHost, isSecret, "execute", "choose whom it talks to, and as whom", "unless it reads")),
  ];
}

/** What is stored as a command is stored to be run; a script or an expression may be stored to be kept. */
const COMMANDS = new Set(["command", "shell", "bash", "powershell", "ssh"]);

/** Text that is code by its name, or that the schema says is run. */
function runnable({ name, words, schema }: Parameter): Sign[] {
  const last = singular(words.at(-1) ?? "");
  const text = textOf(schema);
  const isQuery = last === "query" || last === "statement";
  const isSql = last === "sql" || (isQuery && /\b(?:sql|cypher)\b/i.test(`${words.join(" ")} ${text}`));
  if ((!CODE.has(last) && !isSql) || words.length > 2 || !isText(schema)) return [];
  const isCommand = COMMANDS.has(last);
  const isRun = /\b(?:execut|evaluat|to run\b)/i.test(text);
  return [
    {
      class: "execute",
      text: `the parameter *${name}* takes something that runs`,
      counts: isRun || isSql ? "always" : isCommand ? "unless it reads" : "if unclear",
    },
  ];
}

const LOSING = new Set(["cascade", "permanent", "permanently", "purge", "wipe", "destroy"]);

function switches({ name, words, schema }: Parameter): Sign[] {
  if (member(schema, "type") !== "boolean") return [];
  if (words.some((word) => LOSING.has(word))) {
    return [
      { class: "destructive", text: `the switch *${name}* makes it lose what was there`, counts: "unless it reads" },
    ];
  }
  if (words.includes("force") || words.includes("confirm")) {
    return [{ class: "write", text: `the switch *${name}* asks for care`, counts: "unless it reads" }];
  }
  return [];
}

/** What is carried as JSON in a string, or for many things at once, is there to be written. */
function carried({ name, words, schema }: Parameter): Sign[] {
  if (member(schema, "type") === "string" && /\bJSON (?:string|object|body|array)\b/i.test(textOf(schema))) {
    return [{ class: "write", text: `the parameter *${name}* carries JSON in a string`, counts: "unless it reads" }];
  }
  if (words.at(-1) === "ids" && member(schema, "type") === "array" && isObject(member(schema, "items"))) {
    return [{ class: "write", text: `the parameter *${name}* takes many at once`, counts: "unless it reads" }];
  }
  return [];
}

type Test = (parameter: Parameter) => boolean;

const AMOUNTS = new Set(["amount", "total", "sum", "value"]);
const SIDES = new Set(["currency", "recipient", "payee", "payer", "wallet", "iban", "beneficiary", "card"]);
const HOSTS = new Set(["host", "hostname", "url", "endpoint", "server", "dsn"]);
const SECRETS = /(?:^| )(?:password|api key|api secret|api token|access token|client secret|secret key)$/;

const isAmount: Test = ({ words }) => words.some((word) => AMOUNTS.has(word));
const isSide: Test = ({ words }) => words.some((word) => SIDES.has(word));
const isToolName: Test = ({ words }) => /^(?:target )?tool(?: name)?$/.test(words.join(" "));
const isArguments: Test = ({ words }) =>
  /^(?:tool )?(?:parameters|params|arguments|args|inputs?)$/.test(words.join(" "));
const isHost: Test = ({ words }) => HOSTS.has(words.at(-1) ?? "");
/** What has a name is a thing to be stored, with a host and a password of its own. */
const isIdentity: Test = ({ words }) => /^(?:name|id)$/.test(words.at(-1) ?? "");
const isSecret: Test = ({ words }) => SECRETS.test(words.join(" "));

/** A sign that needs two parameters: an amount alone may be of flour. */
function pair(
  parameters: readonly Parameter[],
  one: Test,
  other: Test,
  toolClass: ToolClass,
  what: string,
  counts: Sign["counts"],
): Sign[] {
  const first = parameters.find(one);
  const second = parameters.find((parameter) => parameter !== first && other(parameter));
  if (first === undefined || second === undefined) return [];
  return [{ class: toolClass, text: `the parameters *${first.name}* and *${second.name}* ${what}`, counts }];
}
