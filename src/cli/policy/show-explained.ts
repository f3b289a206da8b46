/** An explanation on the screen, and for programs: every rule and condition with its place in the policy's file. Pure. */
import type { Place } from "../../json/place.ts";
import type { ExplainedCondition, ExplainedStep } from "../../policy/explained.ts";
import type { SourceFile } from "../apply/folder.ts";
import { jsonText } from "../json-text.ts";
import { shown, type Terminal } from "../terminal.ts";
import { stepLines } from "./explained-lines.ts";
import type { Actual } from "./play.ts";
import { placed } from "./suite.ts";

/** `decision`: what the client would be told, by counters that nothing has been taken from. */
export type Told = { readonly steps: readonly ExplainedStep[]; readonly decision: Actual };

type Paint = Terminal["paint"];

const MARKS = { passes: ["green", "✓"], denies: ["red", "✗"], hides: ["red", "✗"], asks: ["yellow", "?"] } as const;

export function explainedText({ name, text }: SourceFile, { steps, decision }: Told, paint: Paint): string {
  const places = placesOf(text, steps);
  const placeOf = (pointer: string): string => {
    const { line, column } = places(pointer);
    return `${line}:${column}`;
  };
  const parts = steps.map((step) => {
    // Counters come after all else, so the limit that refuses is the last step that counts.
    const refuses = step.reached && step.kind === "limit" && decision.effect === "limit" && step.rule === decision.rule;
    const [colour, mark] = refuses ? MARKS.denies : MARKS[step.outcome];
    const margin = "  ".repeat(step.depth);
    const head = `${margin}${step.reached ? paint(colour, mark) : "·"} ${name}:${placeOf(step.rule)}  ${shown(step.rule)}`;
    const lines = stepLines(step).map(({ indent, text, at }) => {
      const place = at === undefined ? "" : `  (${placeOf(at)})`;
      return `${margin}    ${"  ".repeat(indent)}${shown(text)}${place}`;
    });
    const all = [head, ...lines].join("\n");
    return step.reached ? all : paint("dim", all);
  });
  return [...parts, "", decisionText(decision, paint)].join("\n");
}

function decisionText({ effect, rule, text }: Actual, paint: Paint): string {
  const head = paint(effect === "allow" ? "green" : "red", effect);
  return [
    [head, ...(rule === undefined ? [] : [shown(rule)])].join("  "),
    ...(text === undefined ? [] : [shown(text)]),
  ].join("\n");
}

/** The steps as they are, with lines and columns. */
export function explainedJson({ name, text }: SourceFile, { steps, decision }: Told, asked: object): string {
  const placeOf = placesOf(text, steps);
  const placedSteps = steps.map((step) => ({
    ...step,
    ...placeOf(step.rule),
    ...("conditions" in step && { conditions: step.conditions.map((each) => placedCondition(each, placeOf)) }),
  }));
  return jsonText({ file: name, ...asked, decision, steps: placedSteps }, 2);
}

type PlaceOf = (pointer: string) => Place;

function placedCondition(condition: ExplainedCondition, placeOf: PlaceOf): object {
  const of = condition.kind === "leaf" ? undefined : condition.of.map((each) => placedCondition(each, placeOf));
  return { ...condition, ...placeOf(condition.pointer), ...(of && { of }) };
}

/** Where rules and conditions stand; what is no place in the document, at its beginning. */
function placesOf(text: string, steps: readonly ExplainedStep[]): PlaceOf {
  const pointers = steps.flatMap((step) => [
    step.rule,
    ...("conditions" in step ? step.conditions.flatMap(pointersOf) : []),
  ]);
  const found = placed(
    text,
    pointers.map((pointer) => ({ pointer })),
  );
  const places = new Map(found.map(({ pointer, line, column }) => [pointer, { line, column }]));
  return (pointer) => places.get(pointer) ?? { line: 1, column: 1 };
}

function pointersOf(condition: ExplainedCondition): string[] {
  return [condition.pointer, ...(condition.kind === "leaf" ? [] : condition.of.flatMap(pointersOf))];
}
