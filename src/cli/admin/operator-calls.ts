/** `/operators` and `/whoami`. */
import type { Api } from "./api.ts";
import { keyed } from "./grant-calls.ts";
import { NewOperator, OperatorRecord, Whoami } from "./shapes.ts";

export type OperatorWish = {
  readonly name: string;
  readonly role: string;
  readonly email?: string;
  readonly group?: string;
};

export function operatorCalls({ ask, all }: Api) {
  const at = (id: string, action = ""): string => `/operators/${encodeURIComponent(id)}${action}`;
  return {
    whoami: () => ask(Whoami, "GET", "/whoami"),
    operators: (): Promise<readonly OperatorRecord[]> => all(OperatorRecord, "/operators"),

    createOperator: (wish: OperatorWish, idempotencyKey: string) =>
      ask(NewOperator, "POST", "/operators", { body: JSON.stringify(wish), ...keyed(idempotencyKey) }),

    setRole: (id: string, role: string) => ask(OperatorRecord, "PATCH", at(id), { body: JSON.stringify({ role }) }),
    revokeOperator: (id: string) => ask(OperatorRecord, "POST", at(id, "/revoke")),
  };
}
