/** The grant of the demo: kept over restarts as long as it is still good, made anew when it is not. */
import type { Admin } from "../admin/client.ts";
import type { DemoGrant } from "../local.ts";

export const DEMO = { server: "everything", policy: "demo" } as const;

export async function demoGrant(admin: Admin, kept: DemoGrant | undefined): Promise<DemoGrant> {
  if (kept !== undefined) {
    const grant = await admin.grant(kept.grant);
    if (grant?.status === "active" && grant.server === DEMO.server && grant.policy === DEMO.policy) return kept;
  }
  const grant = await admin.createGrant({ ...DEMO, label: "demo", tags: [] });
  return { ...DEMO, grant: grant.id, token: grant.token };
}
