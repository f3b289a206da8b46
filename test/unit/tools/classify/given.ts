import { classify, type Tool } from "../../../../src/tools/classify/classify.ts";

/** The class of a tool of which no more is known. */
export const classOf = (name: string, more: Omit<Tool, "name"> = {}): string => classify({ name, ...more }).class;

/** Every reason, as `from class text`. */
export const reasons = (name: string, more: Omit<Tool, "name"> = {}): string[] =>
  classify({ name, ...more }).evidence.map(({ from, class: toolClass, text }) => `${from} ${toolClass} ${text}`);

/** The names of each class that the classifier does not give that class: none, if all is well. */
export function strays(byClass: Readonly<Record<string, string>>): string[] {
  return Object.entries(byClass).flatMap(([toolClass, names]) =>
    names
      .split(" ")
      .filter((name) => classOf(name) !== toolClass)
      .map((name) => `${name} is ${classOf(name)}, not ${toolClass}`),
  );
}

/** An input schema with these parameters. */
export const taking = (properties: Record<string, object>) => ({
  inputSchema: JSON.parse(JSON.stringify({ type: "object", properties })),
});

export const TEXT = { type: "string" };
