/** Who may use the admin API, and how far. */

/** Each role may do all that the one before it may. */
export const ROLES = ["viewer", "policy_manager", "admin"] as const;
export type Role = (typeof ROLES)[number];

export type Operator = {
  /** `opr_…`, or `admin-token` for whoever holds ADMIN_TOKEN. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
};

export const ADMIN_TOKEN_HOLDER: Operator = { id: "admin-token", name: "ADMIN_TOKEN", role: "admin" };

export function mayDo(operator: Operator, least: Role): boolean {
  return ROLES.indexOf(operator.role) >= ROLES.indexOf(least);
}
