/** The gateway's own words in a result: which rule decided. A result without them came from the server itself. */
import * as z from "zod";
import { shown } from "../terminal.ts";

const Decision = z.looseObject({
  effect: z.string(),
  rule: z.string().optional(),
  policy: z.string().optional(),
});

export function decisionLine(meta: unknown): string | undefined {
  const found = z.looseObject({ "io.grantgate/decision": Decision }).safeParse(meta);
  if (!found.success) return undefined;
  const { effect, rule, policy } = found.data["io.grantgate/decision"];
  return shown(
    `${effect}${rule === undefined ? "" : ` by ${rule}`}${policy === undefined ? "" : ` of policy ${policy}`}`,
  );
}
