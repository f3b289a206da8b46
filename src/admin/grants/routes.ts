/** `/grants`: who may use what, and what they have used of it. */
import * as z from "zod/mini";
import { keeperOfGrant } from "../../upstream/oauth/name.ts";
import { forgetToken } from "../../upstream/oauth/source.ts";
import { type Described, described, type Gives } from "../described.ts";
import { json } from "../json.ts";
import { badCursor, keyOf, limitOf, PAGE, pageOf, pageShape } from "../request/page.ts";
import { document, type Route, route } from "../route.ts";
import { DateTime } from "../shapes.ts";
import { changeGrant, noGrant, revoked } from "./change.ts";
import { create, Label, missing, rotate, Tags } from "./create.ts";
import { Grant, GrantUsage, shown, shownUsage, tagged } from "./shown.ts";
import { findGrant, type GrantRow, listGrants, Status, targetThere } from "./table.ts";

const list = route({
  method: "GET",
  path: "/grants",
  role: "viewer",
  ...described({
    summary: "Grants, oldest first",
    fields: { label: "A part of the label, in any case." },
    gives: { status: 200, schema: pageShape(Grant) },
  }),
  query: z.strictObject({
    server: z.optional(z.string()),
    policy: z.optional(z.string()),
    status: z.optional(Status),
    tag: z.optional(z.string()),
    label: z.optional(z.string().check(z.maxLength(200))),
    ...PAGE,
  }),
  async handle({ env, query, now }) {
    const after = keyOf(query, ["int", "string"]);
    if (after === undefined) return badCursor();
    const limit = limitOf(query);
    const rows = await listGrants(env.GRANTGATE_DB, query, after ?? [-1, ""], limit + 1, now);
    return json(
      200,
      pageOf(
        rows,
        limit,
        (row) => shown(row, now),
        ({ createdAt, id }) => [createdAt, id],
      ),
    );
  },
});

const get = route({
  method: "GET",
  path: "/grants/{grant}",
  role: "viewer",
  ...described({
    summary: "A grant, with what it has used",
    gives: { status: 200, schema: z.extend(Grant, { usage: GrantUsage }), tagged: true },
  }),
  async handle({ env, params, now }) {
    const grant = await findGrant(env.GRANTGATE_DB, params.grant, now);
    if (grant === null) return noGrant(params.grant);
    const usage = await env.GRANT_LEDGER.getByName(grant.id).usage();
    return tagged(200, grant, now, { usage: shownUsage(usage) });
  },
});

const usage = route({
  method: "GET",
  path: "/grants/{grant}/usage",
  role: "viewer",
  ...described({
    summary: "A grant's counters: used, at most, and when each is free again",
    gives: { status: 200, schema: GrantUsage },
  }),
  async handle({ env, params, now }) {
    const grant = await findGrant(env.GRANTGATE_DB, params.grant, now);
    if (grant === null) return noGrant(params.grant);
    return json(200, shownUsage(await env.GRANT_LEDGER.getByName(grant.id).usage()));
  },
});

const edit = route({
  method: "PATCH",
  path: "/grants/{grant}",
  role: "admin",
  ...described({
    summary: "Change a grant's label, tags or end",
    fields: { expiresAt: "null for never; a time gone by ends it at once." },
    gives: { status: 200, schema: Grant, tagged: true },
  }),
  conditional: "match",
  takes: document(
    z.strictObject({
      label: z.optional(Label),
      tags: z.optional(Tags),
      expiresAt: z.optional(z.nullable(DateTime)),
    }),
  ),
  handle: (asked) =>
    changeGrant(asked, asked.params.grant, {
      action: "grant.update",
      edited(grant) {
        if (grant.state === "revoked") return revoked(grant);
        const { label = grant.label, tags = grant.tags, expiresAt } = asked.body;
        const end = expiresAt === undefined ? grant.expiresAt : expiresAt === null ? null : Date.parse(expiresAt);
        return unlessSame(grant, { ...grant, label, tags, expiresAt: end });
      },
    }),
});

const move = route({
  method: "PUT",
  path: "/grants/{grant}/policy",
  role: "policy_manager",
  ...described({
    summary: "Put a grant under another policy of its server, or under none, which denies every call",
    gives: { status: 200, schema: Grant, tagged: true },
  }),
  conditional: "match",
  takes: document(z.strictObject({ policy: z.nullable(z.string()) })),
  handle: (asked) =>
    changeGrant(asked, asked.params.grant, {
      action: "grant.move",
      async edited(grant) {
        if (grant.state === "revoked") return revoked(grant);
        const { policy } = asked.body;
        return (await missing(asked.env, grant.server, policy)) ?? unlessSame(grant, { ...grant, policy });
      },
      rests: (grant) => [targetThere(grant)],
    }),
});

const CHANGED: Gives = { status: 200, schema: Grant, tagged: true };

const suspend = standing(
  "suspend",
  described({ summary: "Refuse a grant's calls until it is resumed", gives: CHANGED }),
  (grant) => (grant.state === "revoked" ? revoked(grant) : unlessSame(grant, { ...grant, state: "suspended" })),
);

const resume = standing(
  "resume",
  described({ summary: "Let a suspended grant call again", gives: CHANGED }),
  (grant) => (grant.state === "revoked" ? revoked(grant) : unlessSame(grant, { ...grant, state: "active" })),
);

const revoke = standing("revoke", described({ summary: "End a grant for good", gives: CHANGED }), (grant, now) =>
  grant.state === "revoked"
    ? grant
    : { ...grant, state: "revoked", revokedAt: now, credential: null, credentialVersion: null },
);

export const grantRoutes: readonly Route[] = [list, create, get, usage, edit, move, rotate, suspend, resume, revoke];

function standing(
  verb: "suspend" | "resume" | "revoke",
  told: Described | undefined,
  edited: (grant: GrantRow, now: number) => GrantRow | Response,
): Route {
  return route({
    method: "POST",
    path: `/grants/{grant}/${verb}`,
    role: "admin",
    ...told,
    conditional: "match",
    async handle(asked) {
      const id = asked.params.grant;
      const answer = await changeGrant(asked, id, {
        action: `grant.${verb}`,
        edited: (grant) => edited(grant, asked.now),
      });
      if (verb === "revoke" && answer.ok) await forgetToken(asked.env, keeperOfGrant(id));
      return answer;
    },
  });
}

/** The grant as it was when nothing differs, so that repeating a change makes no new revision. */
function unlessSame(earlier: GrantRow, wanted: GrantRow): GrantRow {
  return JSON.stringify(wanted) === JSON.stringify(earlier) ? earlier : wanted;
}
