/**
 * `completion`, and the hidden `complete` that its scripts call at every press of the tab key. Scripts (but bash's) and
 * protocol are those of @bomb.sh/tab, made from the commands themselves; what only the gateway or the disk knows is
 * added here.
 *
 * It must never make anybody wait: a gateway that is slow or away has no names to offer.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RootCommand } from "@bomb.sh/tab";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { type Names, namesFor, sourceOf } from "./completion-names.ts";
import type { Context } from "./context.ts";
import { type Group, HEADINGS } from "./nouns/group.ts";

/** That of the library wants the package bash-completion, evaluates what is typed, and can't be read twice. */
const BASH = join(import.meta.dirname, "completion.bash");

const INSTALL = `
Examples:
  npx grantgate completion bash > ~/.grantgate-completion    (then in ~/.bashrc: source ~/.grantgate-completion)
  npx grantgate completion zsh > ~/.grantgate-completion     (then in ~/.zshrc, after compinit: the same)
  npx grantgate completion fish > ~/.config/fish/completions/grantgate.fish
  npx grantgate completion powershell >> $PROFILE

Shells complete the command \`grantgate\`. In a checkout, make it one:
  grantgate() { npx --prefix <checkout> grantgate "$@"; }
`;

/** To be called when all other commands are there. */
export function completionCommands({ root, context }: Group): void {
  const completions = tab(root, { completionCommandName: "completion" });
  const named = (name: string): Command | undefined => root.commands.find((command) => command.name() === name);
  named("completion")
    ?.description("print the script with which a shell completes this command")
    .helpGroup(HEADINGS.upkeep)
    .addHelpText("after", INSTALL)
    .action((shell: string) => {
      if (shell === "bash") context.terminal.out(readFileSync(BASH, "utf8").trimEnd());
      else completions.setup(root.name(), root.name(), shell);
    });
  named("complete")?.hook("preAction", async (_, command) => offer(completions, command.args, context));
}

/** Gives each argument and option that can stand here now the names that fit. */
async function offer(completions: RootCommand, words: readonly string[], context: Context): Promise<void> {
  const command = commandAt(completions, words);
  if (command === undefined) return;
  const [before = "", current = ""] = words.slice(-2);
  const option = before.startsWith("--") ? command.options.get(before.slice(2)) : undefined;
  if (option !== undefined && !option.isBoolean) {
    const names = await namesFor(sourceOf(`--${option.value}`), current, context);
    if (names !== undefined) option.handler = offering(names);
    return;
  }
  if (current.startsWith("-")) return;
  for (const argument of command.arguments.values()) {
    const names = await namesFor(sourceOf(argument.name), current, context);
    if (names !== undefined) argument.handler = offering(names);
  }
}

function offering(names: Names): (complete: (name: string, description: string) => void) => void {
  return (complete) => {
    for (const [name, description] of names) complete(name, description);
  };
}

/** The longest command that the words begin with. */
function commandAt({ commands }: RootCommand, words: readonly string[]) {
  const plain = words.filter((word) => !word.startsWith("-"));
  for (let length = plain.length; length > 0; length--) {
    const command = commands.get(plain.slice(0, length).join(" "));
    if (command !== undefined) return command;
  }
  return undefined;
}
