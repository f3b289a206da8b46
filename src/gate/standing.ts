/**
 * Decide and take: the message is judged by the versions this isolate knows, and the grant's ledger, which is the
 * authority, confirms them while it takes what the call must pay. If it holds others, the message is judged once more
 * by those. Anything that goes wrong here is thrown, and the gate fails closed; what could not be judged is journalled as
 * that first, by whatever the ledger holds.
 */
import { sha256 } from "../grant/digest.ts";
import { Kept } from "../grant/kept.ts";
import type { GrantRecord } from "../grant/record.ts";
import { ledgerOf } from "../ledger/find.ts";
import type { Demand, TakeAnswer, TakeRequest } from "../ledger/protocol.ts";
import type { Refusal } from "../mcp/refusal.ts";
import { step } from "../observe/span.ts";
import type { Subject } from "../observe/subject.ts";
import { heldTo } from "../policy/told.ts";
import type { Bearer } from "./admit.ts";
import { type Contents, contentsOf } from "./contents.ts";
import { limitedReply } from "./denial.ts";
import { callIn, type Enquiry, journalEntry, subjectOf } from "./entry.ts";
import type { Verdict } from "./judge.ts";
import { putBack, takeWaiting } from "./outbox.ts";
import type { Incoming } from "./read.ts";
import { recordedOf } from "./recorded.ts";
import type { LocalReply } from "./reply.ts";
import { verdictOn } from "./verdict.ts";
import { told, type Way } from "./way.ts";

export type Standing =
  | { readonly kind: "unauthorized" }
  | { readonly kind: "answered"; readonly reply: LocalReply; readonly subject: Subject | null }
  | Passed;

export type Passed = {
  readonly kind: "passed";
  readonly incoming: Incoming;
  readonly grant: GrantRecord;
  /** SHA-256 of the token that proved it. */
  readonly token: string;
  readonly contents: Contents;
  /** Row of the journal, to be completed when the call has ended; null for what leaves no row. */
  readonly seq: number | null;
  /** What is counted; null for what leaves no row. */
  readonly subject: Subject | null;
};

/**
 * Grants as this isolate last heard of them: a guess that the ledger confirms on every call. At some 600 bytes an entry
 * this is 6 MB; a grant that is not among them costs its ledger one more message.
 */
const heard = new Kept<string, GrantRecord>(10_000);

const MOST_ROUNDS = 2;

export async function standingOf(way: Way, owner: Bearer, incoming: Incoming | Refusal): Promise<Standing> {
  const { env, requestId, trace } = way;
  const enquiry = { requestId, trace: trace.id, incoming };
  const ledger = ledgerOf(env, owner.grant);
  let grant = heard.get(owner.grant) ?? (await step("take", told(way), () => ledger.view()));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (grant === null || grant.server !== owner.server) return { kind: "unauthorized" };
    const known = grant;
    const judged = await judgedBy(way, incoming, known, owner.token);
    const verdict = judged.kind === "judged" ? judged.verdict : UNDECIDED;
    const demands: readonly Demand[] = verdict.kind === "pass" ? verdict.demands : [];
    const entry = journalEntry(enquiry, grant, verdict, judged.kind === "judged" ? judged.kept : undefined);
    const request: TakeRequest = {
      token: owner.token,
      revision: grant.revision,
      policyVersion: grant.policy?.version ?? null,
      serverVersion: grant.serverVersion,
      demands: [...demands],
      session: await sessionOf(incoming, demands),
      entry,
      settlements: takeWaiting(owner.grant),
    };
    const answer = await step<TakeAnswer>("take", told(way), async () => ledger.take(request)).catch(
      (error: unknown) => {
        putBack(owner.grant, request.settlements);
        throw error;
      },
    );
    const subject = subjectOf(entry, known, answer, demands);
    switch (answer.kind) {
      case "revoked":
        heard.delete(owner.grant);
        return { kind: "unauthorized" };
      case "stale":
        grant = heard.set(owner.grant, answer.grant);
        continue;
      case "limited":
        return { kind: "answered", reply: tellLimit(enquiry, grant, verdict, answer), subject };
      case "ok":
        heard.set(owner.grant, grant);
        if (judged.kind === "failed") throw judged.cause;
        if (verdict.kind === "reply" || incoming.kind === "refused") return answeredBy(verdict, subject);
        return {
          kind: "passed",
          incoming,
          grant,
          token: owner.token,
          contents: judged.contents,
          seq: answer.seq,
          subject,
        };
    }
  }
  throw new Error("the grant's policy or server changed twice while one message was decided");
}

type Judged =
  | {
      readonly kind: "judged";
      readonly verdict: Verdict;
      readonly contents: Contents;
      /** What is journalled of the arguments. */
      readonly kept: string | undefined;
    }
  | { readonly kind: "failed"; readonly cause: unknown };

/** It need not be the grant's fault: what this isolate heard of the grant may be of long ago. */
async function judgedBy(way: Way, incoming: Incoming | Refusal, grant: GrantRecord, token: string): Promise<Judged> {
  try {
    const contents = await contentsOf(way.env, grant);
    const verdict = await step("decide", told(way), () => verdictOn(way, incoming, grant, token, contents));
    const kept = recordedOf(way.env, grant.id, contents.policy, incoming);
    return { kind: "judged", verdict, contents, kept: typeof kept === "object" ? await kept : kept };
  } catch (cause) {
    return { kind: "failed", cause };
  }
}

/** The answer is never given: the cause is thrown. */
const UNDECIDED: Verdict = {
  kind: "reply",
  reply: { status: 503, body: null },
  effect: "deny",
  rule: "(failed closed)",
};

function answeredBy(verdict: Verdict, subject: Subject | null): Standing {
  if (verdict.kind === "pass") throw new Error("a refused message was judged to pass");
  return { kind: "answered", reply: verdict.reply, subject };
}

function tellLimit(
  enquiry: Enquiry,
  grant: GrantRecord,
  verdict: Verdict,
  answer: Extract<TakeAnswer, { kind: "limited" }>,
): LocalReply {
  const call = callIn(enquiry.incoming);
  const demand = verdict.kind === "pass" ? verdict.demands[answer.demand] : undefined;
  if (call === null || demand === undefined) throw new Error("the ledger refused a demand that was not made");
  const asked = { era: call.era, request: call.request, requestId: enquiry.requestId, policy: grant.policy };
  return limitedReply(asked, heldTo(demand, call.session), answer);
}

/** The legacy session as the ledger may know it, where a demand counts by it: its id is the upstream's, and stays here. */
async function sessionOf(incoming: Incoming | Refusal, demands: readonly Demand[]): Promise<string | null> {
  if (incoming.kind === "refused" || incoming.session === null) return null;
  return demands.some(({ scope }) => scope === "session") ? await sha256(incoming.session) : null;
}
