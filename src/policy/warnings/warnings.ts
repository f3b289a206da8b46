/**
 * What in a policy is valid and still can hardly be meant. Advice: none of it keeps a policy from being used, and
 * nothing that decides may look at it.
 */
import type { PolicyDocument } from "../document.ts";
import { type PolicyProblem, placed, top } from "../problem.ts";
import { looseAnchors } from "./anchors.ts";
import { emptyConditions, emptyListsPass } from "./emptiness.ts";
import { idleLimits } from "./limits.ts";
import { unopenedMetaTools } from "./meta-tools.ts";
import { hiddenEntries, repeatedHiding, unknownTools } from "./names.ts";
import { closedMetaTools } from "./strictness.ts";
import type { ListedTool, Survey } from "./survey.ts";
import { unreachedRules } from "./unreached.ts";

export type { ListedTool } from "./survey.ts";

const ADVICE: readonly ((survey: Survey) => void)[] = [
  repeatedHiding,
  hiddenEntries,
  unreachedRules,
  emptyConditions,
  emptyListsPass,
  looseAnchors,
  idleLimits,
  unknownTools,
  unopenedMetaTools,
  closedMetaTools,
];

/**
 * In the order of the text that the document was read from. `tools` is what the server lists; without it nothing is
 * said about which tools there are.
 */
export function warnings(
  text: string,
  document: PolicyDocument,
  tools?: readonly ListedTool[],
): readonly PolicyProblem[] {
  const spot = top();
  for (const advise of ADVICE) advise({ document, top: spot, tools });
  return placed(text, spot.notes);
}
