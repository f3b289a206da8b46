/** `/status`: is the gateway well, what does it hold, and does any ledger lag behind the registry? */
import * as z from "zod/mini";
import { recordedTime } from "../audit/query.ts";
import { SERVER_INFO } from "../mcp/reply.ts";
import { readiness } from "../observe/ready.ts";
import { component, described } from "./described.ts";
import { isoTime, json } from "./json.ts";
import { route } from "./route.ts";
import { active } from "./standing.ts";

const Status = z.object({
  version: z.string(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.optional(z.string()) })),
  servers: z.int(),
  policies: z.int(),
  operators: z.int(),
  grants: z.object({ active: z.int(), suspended: z.int(), revoked: z.int(), expired: z.int() }),
  behind: z.object({ grants: z.int(), since: z.nullable(z.string()) }),
  audit: z.object({ oldest: z.nullable(z.string()), newest: z.nullable(z.string()) }),
});
component("Status", Status, { behind: "Grants whose ledgers have not confirmed what the registry holds." });

const Counts = z.object({
  servers: z.int(),
  policies: z.int(),
  operators: z.int(),
  active: z.int(),
  suspended: z.int(),
  revoked: z.int(),
  expired: z.int(),
  behind: z.int(),
  since: z.nullable(z.int()),
});

const COUNTS = `
  SELECT (SELECT count(*) FROM servers) AS servers, (SELECT count(*) FROM policies) AS policies,
         (SELECT count(*) FROM operators WHERE revoked_at IS NULL) AS operators,
         (SELECT count(*) FROM grants WHERE ${active("?1")}) AS active,
         (SELECT count(*) FROM grants WHERE status = 'suspended' AND (expires_at IS NULL OR expires_at > ?1)) AS suspended,
         (SELECT count(*) FROM grants WHERE status = 'revoked') AS revoked,
         (SELECT count(*) FROM grants WHERE status <> 'revoked' AND expires_at <= ?1) AS expired,
         (SELECT count(*) FROM grants WHERE confirmed < revision) AS behind,
         (SELECT min(updated_at) FROM grants WHERE confirmed < revision) AS since`;

export const status = route({
  method: "GET",
  path: "/status",
  role: "viewer",
  ...described({
    summary: "Whether the gateway is well, and what it holds",
    gives: { status: 200, schema: Status },
  }),
  async handle({ env, now }) {
    const { checks } = await readiness(env);
    const row = await env.GRANTGATE_DB.prepare(COUNTS).bind(now).first();
    const { servers, policies, operators, active, suspended, revoked, expired, ...rest } = z.parse(Counts, row);
    const { behind, since } = rest;
    const { oldest, newest } = await recordedTime(env.GRANTGATE_DB);
    return json(200, {
      version: SERVER_INFO.version,
      checks,
      servers,
      policies,
      operators,
      grants: { active, suspended, revoked, expired },
      behind: { grants: behind, since: isoTime(since) },
      audit: { oldest: isoTime(oldest), newest: isoTime(newest) },
    });
  },
});
