/** What was asked for on the command line. */
import { parseArgs } from "node:util";
import type { Listed } from "./topics.ts";

export type Asked = {
  /** All, if none is named. */
  readonly topics: readonly string[];
  readonly only: readonly string[];
  readonly work: "list" | "check" | "try";
};

export function askedBy(args: string[]): Asked {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      only: { type: "string", multiple: true },
      list: { type: "boolean" },
      check: { type: "boolean" },
    },
  });
  const work = values.list ? "list" : values.check ? "check" : "try";
  return { topics: positionals, only: values.only ?? [], work };
}

/** `only` is a number in a topic, or words of what is taken out. */
export function chosen(listed: readonly Listed[], only: readonly string[]): readonly Listed[] {
  if (only.length === 0) return listed;
  const words = only.map((text) => text.toLowerCase());
  return listed.filter(({ number, breach }) =>
    words.some((text) => (/^\d+$/.test(text) ? number === Number(text) : breach.defence.toLowerCase().includes(text))),
  );
}
