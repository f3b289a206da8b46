/**
 * What a tool can do to the world, in five classes, and how they compare. Nothing here looks at a tool.
 *
 * The classes are PolicyLayer's. Financial stands above Destructive only so that every two classes compare: both are critical.
 */

export type ToolClass = "read" | "write" | "execute" | "destructive" | "financial";

export type Risk = "low" | "medium" | "high" | "critical";

/** From the least severe to the most. */
export const CLASSES: readonly ToolClass[] = ["read", "write", "execute", "destructive", "financial"];

export const RISK: Readonly<Record<ToolClass, Risk>> = {
  read: "low",
  write: "medium",
  execute: "high",
  destructive: "critical",
  financial: "critical",
};

/** One reason for a class, in words for the person who signs the policy. */
export type Evidence = {
  readonly class: ToolClass;
  readonly text: string;
  readonly from: "name" | "description" | "schema" | "annotations";
};

/** Above 0 when `a` is more severe than `b`, below when it is less. */
export function compareClasses(a: ToolClass, b: ToolClass): number {
  return CLASSES.indexOf(a) - CLASSES.indexOf(b);
}

/** The most severe class among them, the first of equals. */
export function mostSevere<Item extends { readonly class: ToolClass }>(items: Iterable<Item>): Item | undefined {
  let worst: Item | undefined;
  for (const item of items) {
    if (worst === undefined || compareClasses(item.class, worst.class) > 0) worst = item;
  }
  return worst;
}
