/** What besides its tools a server can steer a model with: its prompts, and its instructions. Pure. */
import { member } from "../../json/value.ts";
import { type Steering, steeringIn } from "../../tools/steering/steering.ts";
import { type Finding, steered } from "./finding.ts";
import type { Listed } from "./source.ts";

/** What of a prompt or of the server's instructions tries to steer the model. */
export type Aside = {
  readonly what: "prompt" | "instructions";
  readonly name: string;
  readonly findings: readonly Finding[];
};

/** Instructions are there to instruct; what they hide or want kept secret is another thing. */
const NEVER_RIGHT: ReadonlySet<Steering["kind"]> = new Set(["hidden characters", "secrecy", "encoded"]);

export function asidesOf({ prompts, instructions }: Listed): Aside[] {
  const none = new Set<string>();
  const asides = prompts.map((prompt): Aside => {
    const found = steeringIn(prompt, none).filter(({ kind }) => NEVER_RIGHT.has(kind));
    return { what: "prompt", name: String(member(prompt, "name") ?? ""), findings: found.map(steered) };
  });
  if (instructions !== undefined) {
    const found = steeringIn({ name: "", description: instructions }, none).filter(({ kind }) => NEVER_RIGHT.has(kind));
    asides.unshift({
      what: "instructions",
      name: "instructions",
      findings: found.map((each) => ({
        ...steered(each),
        at: "",
        text: each.text.replace(/\.$/, "").replace(/^Its description|^The description/, "The text"),
      })),
    });
  }
  return asides.filter(({ findings }) => findings.length > 0);
}
