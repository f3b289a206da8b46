/** How a message names what a path leads to. */
import type { Found } from "./call.ts";
import type { Path, Step } from "./path.ts";
import { quoted, shownWithType } from "./quote.ts";

export function pathLabel({ root, steps }: Path): string {
  switch (root) {
    case "args":
      return steps.length === 0 ? "The arguments object" : `The argument ${quoted(written(steps))}`;
    case "tool":
      return "The tool's name";
    case "server":
      return "The server";
    case "grant.id":
      return "The grant's id";
    case "grant.label":
      return "The grant's label";
    case "grant.tags":
      return steps.length === 0 ? "The list of the grant's tags" : "The grant's tag";
    case "time.hour":
      return "The hour of the day (UTC)";
    case "time.weekday":
      return "The day of the week (UTC, Monday is 1)";
  }
}

/** What to say when a step of the path met a value that it can't step into. */
export function strayed(path: Path, { value, wanted }: Extract<Found, { kind: "astray" }>): string {
  return `${pathLabel(path)} can't be reached: ${wanted} is needed on the way to it, and ${shownWithType(value)} stands there.`;
}

function written(steps: readonly Step[]): string {
  return steps.map(writtenStep).join("").replace(/^\./, "");
}

/** What a path takes after a dot. */
const PLAIN = /^[^.[\]|"'`\s]+$/;

function writtenStep(step: Step): string {
  switch (step.kind) {
    case "key":
      return PLAIN.test(step.key) ? `.${step.key}` : `[${JSON.stringify(step.key)}]`;
    case "index":
      return `[${step.index}]`;
    case "each":
      return "[*]";
    case "json":
      return "|json";
  }
}
