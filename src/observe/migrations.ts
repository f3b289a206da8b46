/**
 * What each migration made that no other did, so that the registry's tables tell which were applied. Every migration must
 * stand here, or readiness would not miss it.
 */
export const MADE_BY: Readonly<Record<string, string>> = {
  "0001_registry.sql": "policy_versions",
  "0002_control_plane.sql": "policy_revisions",
  "0003_audit.sql": "audit",
};
