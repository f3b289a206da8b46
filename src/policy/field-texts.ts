/**
 * What each field of a policy and of its cases means, in the words that an editor shows beside it. Read by no code that
 * decides; a test keeps it complete.
 */

export type Texts = Readonly<
  Record<string, { readonly about: string; readonly fields: Readonly<Record<string, string>> }>
>;

const DESCRIPTION = "A remark for whoever reads this file.";
const SCHEMA = "Where an editor finds the schema of this file. Nothing else looks at it.";

const RULES = {
  require: "Walls that a call must pass: it is denied unless all conditions of each of them hold.",
  deny_if: "Walls that keep calls out: a call is denied when all conditions of one of them hold, or can't be told.",
  limits: "How much may happen in a window of time. A call takes from all of its limits or from none.",
  arguments:
    '"strict": arguments have to fit the tool\'s input schema as its server last listed it, and may carry nothing that the schema does not name. "open" (default): not checked.',
  description: DESCRIPTION,
};

const STEP = {
  call: "The call that is made.",
  grant: "Who makes it. null is a grant without a policy.",
  at: "When, as a date-time like 2026-01-31T12:00:00Z. Default: 2026-01-01T00:00:00Z.",
  times: "How often it is made at that instant. What comes of the last time counts.",
};

export const POLICY_TEXTS: Texts = {
  policy: {
    about: "Rules for the tools of one MCP server.",
    fields: {
      $schema: SCHEMA,
      version: 'The version of the language. Only "1".',
      description: DESCRIPTION,
      default: "What happens to tools that no entry names: allow or deny. Denied ones are not listed either.",
      hide: 'Names or globs of tools that are not listed, and unknown when they are called. "*" hides all.',
      all_tools: "Rules for every call of every tool, besides those of the tool's own entry.",
      tools:
        "Entries by the tool's exact name or by a glob with *. An exact name beats a glob, a glob with more literal characters one with fewer; one entry applies to a tool.",
      record: "What the audit log keeps of each call.",
    },
  },
  record: {
    about: "What the audit log keeps of each call.",
    fields: {
      arguments:
        '"keys" (default): only the names of the arguments; "hash": a keyed digest of each, which tells equal ones and nothing else; "redacted": all but what looks like a secret; "full": all of them.',
    },
  },
  all_tools: { about: "Rules for every call of every tool.", fields: RULES },
  tool_entry: {
    about: "Rules for one tool, or for all tools that a glob matches. {} allows every call.",
    fields: {
      action:
        '"allow" (default); "deny": listed, and every call is refused; "hide": not listed, and unknown; "require_approval": a human must say yes to every call.',
      reason: "What a call is told that the action refuses, and a wall without a text of its own.",
      ...RULES,
      rate_limit:
        'Short for one limit: "10/minute", "10/60" or {"max": 10, "window": "minute"}. All tools of a glob share it.',
      approval: "A human must say yes to the call.",
      unwrap: "This tool runs other tools by name: the call inside is decided as if it had been made directly.",
    },
  },
  wall: {
    about: "Conditions that hold together.",
    fields: {
      conditions: "All of them together. Without any, they hold.",
      on_deny: "What a call is told that this wall denies.",
      description: DESCRIPTION,
    },
  },
  condition: {
    about: "Something about the call that holds, does not hold, or can't be told. What can't be told denies.",
    fields: {
      path: 'What is looked at: args, then .name, ["any key"], [0], [*] (every element) or |json (the string here is JSON). Also tool, server, grant.id, grant.label, grant.tags, time.hour and time.weekday (UTC, Monday is 1).',
      op: "How it is compared. An absent value holds for neq, not_in and not_in_cidr in a deny_if, and for no operator but exists in a require.",
      value: "What it is compared with.",
    },
  },
  group_of_all: {
    about: "Holds when all of its conditions hold.",
    fields: { all: "Conditions that all have to hold." },
  },
  group_of_any: {
    about: "Holds when one of its conditions holds.",
    fields: { any: "Conditions of which one is enough." },
  },
  negation: { about: "Holds when its condition does not hold.", fields: { not: "The condition that must not hold." } },
  limit: {
    about: "At most so much in each window of time.",
    fields: {
      counter: "The name of the count. Tools that name the same counter share it.",
      window: "second, minute, hour, day, week or month, or a number of seconds from 1 to 2678400.",
      max: "The most that a window may hold: a whole number from 1 to 1000000000000.",
      scope:
        '"grant" (default): each grant has its own count; "session": each session of a grant; "server": all grants of the server have one together.',
      align:
        '"calendar" (default): windows begin with the minute, the day, the week (UTC, on Monday); "rolling": at no instant does the time just past hold more than max.',
      increment: "What one call takes: a number above 0 with at most six decimal places. Default: 1.",
      increment_from: "Path to what one call takes, as args.amount. Without a number there, the call is denied.",
      description: DESCRIPTION,
    },
  },
  rate_limit: {
    about: "At most so many calls in each window of time.",
    fields: {
      max: "The most calls that a window may hold.",
      window: "second, minute, hour, day, week or month, or a number of seconds.",
    },
  },
  approval: {
    about: "When a human must say yes.",
    fields: {
      when: "Asked for when all of these hold, or can't be told. Without it, always.",
      timeout: "How long to wait for an answer, as 30s, 30m, 12h or 7d.",
      reason: "What the call is told while it waits.",
    },
  },
  unwrap: {
    about: "Where a call carries the call of another tool inside. Up to four may lie one inside the other.",
    fields: {
      tool: "Path to the other tool's name, as args.tool_name.",
      arguments: "Path to the other tool's arguments, as args.parameters.",
    },
  },
};

export const CASES_TEXTS: Texts = {
  cases_file: {
    about: "Cases that a policy is tested with.",
    fields: { $schema: SCHEMA, cases: "The cases, each with counters of its own." },
  },
  case: {
    about: "A call, and what is expected to come of it.",
    fields: {
      name: "What the case shows.",
      ...STEP,
      before: "Calls made earlier, whose counts still stand.",
      expect: "What is expected to come of the call, the last one when it is made several times.",
    },
  },
  earlier_step: { about: "A call made earlier.", fields: STEP },
  call: { about: "A call of a tool.", fields: { tool: "The tool's name.", arguments: "Its arguments. Default: {}." } },
  grant: {
    about: "Who makes a call.",
    fields: {
      id: "The grant's id.",
      label: "The grant's label.",
      tags: "The grant's tags.",
      session: "Names a session, for limits that count by session.",
    },
  },
  expectation: {
    about: "What is expected to come of a call.",
    fields: {
      effect: "allow, deny, hide, limit or approval.",
      rule: "Pointer to the rule that decides, as /tools/pay/deny_if/0, or (hidden), (default deny) or (no policy).",
      text: "A part of what the client is told.",
    },
  },
};
