/** What is measured: each case is a policy, how many grants it has, what is asked and what the upstream answers. */
import { firewallTools } from "./harness/tools.ts";
import type { Canned } from "./harness/upstream.ts";

/** `session` is the legacy era with a session; `modern` has none. */
export type Era = "modern" | "legacy" | "session";

export type Case = {
  readonly name: string;
  /** What it is, in a few words. */
  readonly title: string;
  readonly era: Era;
  readonly method: "tools/call" | "tools/list";
  /** Parameters, but for the envelope of the modern era. */
  readonly params: object;
  readonly policy: object;
  readonly grants: number;
  /** What the gateway lets through; a denied call is answered by the gateway. */
  readonly expects: "result" | "denial";
  readonly answer: Canned;
  readonly drift: "hold" | "allow";
  readonly connections: number;
  readonly bars: Bars;
  /** Latency at fixed rates is measured too. */
  readonly paced: boolean;
  /** What the ledgers gather into the audit trail after the calls is counted in; in other cases it waits for ever. */
  readonly gathered: boolean;
};

/** What DESIGN demands, against the passthrough of the same run. */
export type Bars = {
  /** At least this part of its requests in a second. */
  readonly throughput?: number;
  /** At most so many times its CPU for a call. */
  readonly cpu?: number;
};

const DECIDE_ONLY: Bars = { throughput: 0.9, cpu: 1.9 };
const WITH_LEDGER: Bars = { throughput: 0.5, cpu: 1.9 };
const LIST: Bars = { cpu: 3 };

const TOOL = "update_ticket";
const CONNECTIONS = 32;

const SCHEMA = {
  type: "object",
  properties: { ticket: { type: "string" }, status: { type: "string" }, note: { type: "string" } },
  required: ["ticket"],
};
const TICKET_TOOLS = ["get_ticket", "list_tickets", "search_tickets", TOOL, "delete_ticket"].map((name) => ({
  name,
  description: `${name} of the help desk`,
  inputSchema: SCHEMA,
}));

/** Rules as people write them: globs, a wall of each kind, a regex; no limits. */
function rules(limits?: readonly object[]): object {
  return {
    version: "1",
    default: "deny",
    hide: ["delete_*"],
    tools: {
      "get_*": {},
      "list_*": {},
      "search_*": {},
      [TOOL]: {
        require: [{ conditions: [{ path: "args.ticket", op: "regex", value: "^[A-Z]{2,8}-[0-9]+$" }] }],
        deny_if: [{ conditions: [{ path: "args.status", op: "in", value: ["deleted", "merged"] }] }],
        ...(limits && { limits }),
      },
    },
  };
}

const limit = (counter: string, window: string, scope: "grant" | "server" = "grant") => ({
  counter,
  window,
  scope,
  max: 1_000_000_000,
});
const ONE_LIMIT = rules([limit("updates", "day")]);

/** Arguments of that many bytes, give or take what stands around them. */
function callOf(bytes: number, status = "open"): object {
  const words = 'The customer called again, and asks when it will be done; "soon", we said.\n';
  const note = words.repeat(Math.ceil(bytes / words.length)).slice(0, Math.max(0, bytes - 60));
  return { name: TOOL, arguments: { ticket: "HELP-20417", status, note } };
}

function answerOf(era: Era, result: object, more: object = {}): string {
  const modern = era === "modern" ? { resultType: "complete", ...more } : {};
  const text = JSON.stringify({ jsonrpc: "2.0", id: "@id@", result: { ...modern, ...result } });
  return text.replace('"@id@"', "@id@");
}

const CACHE = { ttlMs: 60_000, cacheScope: "public" };

function ticketAnswer(era: Era): Canned {
  const result = { content: [{ type: "text", text: '{"ticket":"HELP-20417","status":"open","assignee":"nobody"}' }] };
  return {
    type: "application/json",
    text: answerOf(era, result),
    lists: answerOf(era, { tools: TICKET_TOOLS }, CACHE),
  };
}

/** 999 notices of progress before the answer. */
function longStream(): Canned {
  const { text, lists = "" } = ticketAnswer("modern");
  const notices = Array.from({ length: 999 }, (_, nth) => {
    const params = { progressToken: "p", progress: nth, total: 999, message: "Still at it" };
    return JSON.stringify({ jsonrpc: "2.0", method: "notifications/progress", params });
  });
  const events = [...notices, text].map((message) => `event: message\ndata: ${message}\n\n`);
  return { type: "text/event-stream", text: events.join(""), lists };
}

const TOOLS = firewallTools();

function listAnswer(era: Era, form: "json" | "stream", changes = false): Canned {
  const last = TOOLS.at(-1);
  const tools = changes && last ? [...TOOLS.slice(0, -1), { ...last, description: "Time: @count@" }] : TOOLS;
  const text = answerOf(era, { tools }, CACHE);
  if (form === "json") return { type: "application/json", text };
  return { type: "text/event-stream", text: `event: message\ndata: ${text}\n\n` };
}

function fiveThousandTools(): object {
  const names = Array.from({ length: 4_999 }, (_, nth) => `tool_${nth}`);
  const wall = { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }] };
  return {
    version: "1",
    default: "deny",
    tools: { ...Object.fromEntries(names.map((name) => [name, wall])), [TOOL]: wall },
  };
}

function caseOf(name: string, title: string, more: Partial<Case>): Case {
  const era = more.era ?? "modern";
  return {
    name,
    title,
    era,
    method: "tools/call",
    params: callOf(300),
    policy: rules(),
    grants: 1,
    expects: "result",
    answer: ticketAnswer(era),
    drift: "hold",
    connections: CONNECTIONS,
    bars: {},
    paced: false,
    gathered: false,
    ...more,
  };
}

const LISTED = { version: "1", default: "allow", hide: ["delete_*"] };

function listCase(name: string, title: string, era: Era, form: "json" | "stream", changes = false): Case {
  return caseOf(name, title, {
    era,
    method: "tools/list",
    params: {},
    policy: LISTED,
    answer: listAnswer(era, form, changes),
    // A tool that changes is held back unless the server may change as it likes.
    drift: changes ? "allow" : "hold",
    bars: changes ? {} : LIST,
  });
}

export function casesFor(grants: number): readonly Case[] {
  const many = grants.toLocaleString("en");
  return [
    caseOf("decide", "decide only", { bars: DECIDE_ONLY, paced: true }),
    caseOf("session", "decide only, in a legacy session", { era: "session", bars: DECIDE_ONLY }),
    caseOf("denied", "a call that is denied", { params: callOf(300, "deleted"), expects: "denial" }),
    caseOf("limit", "one limit", { policy: ONE_LIMIT, bars: WITH_LEDGER, paced: true }),
    caseOf("limits", "six limits in two scopes", {
      policy: rules([
        ...["minute", "hour", "day"].map((window) => limit(`updates_${window}`, window)),
        ...["minute", "hour", "day"].map((window) => limit(`all_${window}`, window, "server")),
      ]),
      bars: WITH_LEDGER,
      paced: true,
    }),
    caseOf("grants-100", "one limit, 100 grants", { policy: ONE_LIMIT, grants: 100, bars: WITH_LEDGER }),
    caseOf("grants-many", `one limit, ${many} grants`, { policy: ONE_LIMIT, grants, bars: WITH_LEDGER }),
    caseOf("audit", "one limit, and the audit trail's share", { policy: ONE_LIMIT, gathered: true }),
    caseOf("16k", "one limit, arguments of 16 KB", { policy: ONE_LIMIT, params: callOf(16_384) }),
    caseOf("1m", "one limit, arguments of 1 MB", { policy: ONE_LIMIT, params: callOf(1_000_000), connections: 8 }),
    caseOf("policy", "a policy of 5,000 tools", { policy: fiveThousandTools() }),
    caseOf("events", "an answer of 1,000 events", { answer: longStream() }),
    listCase("list", "a list of 584 tools", "modern", "json"),
    listCase("list-stream", "list, as a stream", "modern", "stream"),
    listCase("list-legacy", "list, legacy", "legacy", "json"),
    listCase("list-legacy-stream", "list, legacy, as a stream", "legacy", "stream"),
    listCase("list-changing", "list, another one each time", "modern", "json", true),
  ];
}
