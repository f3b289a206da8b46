/** The sinks that this gateway is set up with. The trail in D1 is always there, and always first. */
import type { Env } from "../../env.ts";
import type { Sink } from "../gather.ts";
import { d1Sink } from "./d1.ts";
import { r2Sink } from "./r2.ts";
import { webhookSink } from "./webhook.ts";

export function sinksOf(env: Env, now: () => number): readonly [Sink, ...Sink[]] {
  const { GRANTGATE_DB, AUDIT_WEBHOOK_URL: url, AUDIT_WEBHOOK_SECRET: secret, AUDIT_BUCKET } = env;
  const allowLoopback = env.ALLOW_LOOPBACK_UPSTREAMS === "true";
  return [
    d1Sink(GRANTGATE_DB),
    ...(url ? [webhookSink({ url, secret, allowLoopback }, now)] : []),
    ...(AUDIT_BUCKET ? [r2Sink(AUDIT_BUCKET)] : []),
  ];
}
