/** What stands on the command line in place of a source: one word, or a command after `--`. */
import { usage } from "../failure.ts";

const HOW = "A command that runs a server stands after `--`, as in `npx grantgate scan -- npx -y @scope/server`.";

/** `argv`: everything that was typed; `--` is no longer among the words. */
export function typedSource(words: readonly string[], argv: readonly string[]): string | readonly string[] {
  const at = argv.indexOf("--");
  const command = at === -1 ? [] : argv.slice(at + 1);
  const [source, ...more] = words.slice(0, words.length - command.length);
  if (at !== -1) {
    if (source !== undefined) throw usage(`Either ${source} or the command after \`--\`, not both.`);
    return command;
  }
  if (source === undefined) throw usage("Which server? Name a URL, a file or a server's slug.", HOW);
  if (more.length > 0) throw usage(`One source at a time: ${[source, ...more].join(", ")}.`, HOW);
  return source;
}

/** Everything that was typed. Commander keeps it without saying so in its types, and forgets where `--` stood. */
export function wordsOf(root: object): readonly string[] {
  return "rawArgs" in root && Array.isArray(root.rawArgs) ? root.rawArgs : [];
}
