import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../../src/json/value.ts";
import { decide } from "../../../../src/policy/decide.ts";
import { metaToolOf } from "../../../../src/policy/meta-tool.ts";
import { classify, type Tool } from "../../../../src/tools/classify/classify.ts";
import { recommend } from "../../../../src/tools/recommend/recommend.ts";
import { anyOptions, anyTools, failing, PLAIN, plainTools, recommended, SHARED, STRICT, survivors } from "./given.ts";

const NOBODY = { id: "g", label: "g", tags: [] };

describe("whatever a server lists, its recommended policy", () => {
  test("reads, advises nothing against itself, and passes its own cases", () => {
    fc.assert(
      fc.property(anyTools, anyOptions, (tools, options) => {
        const made = recommended(tools, options);
        expect(made.advice).toEqual([]);
        expect(failing(made)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test("lets no tool that may destroy or cost money be called, directly or by any that runs others", () => {
    fc.assert(
      fc.property(anyTools, anyOptions, (tools, options) => {
        const { policy, about } = recommended(tools, options);
        const effect = (tool: string, args: JsonObject) =>
          decide(policy, { tool, arguments: args, ...about, grant: NOBODY, time: 0 }).effect;
        for (const { name } of tools.filter(isGrave)) {
          expect(effect(name, {})).not.toBe("allow");
          for (const { name: outer, paths } of runners(tools)) {
            const carried = { [paths.tool]: name, [paths.arguments]: {} };
            expect(effect(outer, carried)).not.toBe("allow");
            expect(effect(outer, { [paths.tool]: outer, [paths.arguments]: carried })).not.toBe("allow");
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test("opens no tool that the server does not list", () => {
    fc.assert(
      fc.property(anyTools, anyOptions, fc.string(), (tools, options, name) => {
        fc.pre(!tools.some((tool) => tool.name === name));
        const { policy, about } = recommended(tools, options);
        expect(decide(policy, { tool: name, arguments: {}, ...about, grant: NOBODY, time: 0 })).toMatchObject({
          effect: "deny",
          rule: "(default deny)",
        });
      }),
    );
  });

  test("is the same in whatever order the tools are listed", () => {
    fc.assert(
      fc.property(
        plainTools.chain((tools) =>
          fc.tuple(fc.constant(tools), fc.shuffledSubarray(tools, { minLength: tools.length })),
        ),
        anyOptions,
        ([tools, shuffled], options) => {
          expect(JSON.stringify(recommend(shuffled, options))).toBe(JSON.stringify(recommend(tools, options)));
        },
      ),
    );
  });
});

test.each([
  ["plain", PLAIN],
  ["strict", STRICT],
  ["shared", SHARED],
])("no rule of a %s policy can be changed without a case that notices", (_, options) => {
  fc.assert(
    fc.property(plainTools, (tools) => {
      const made = recommended(tools, options);
      fc.pre(made.unshown.length === 0);
      expect(survivors(made)).toEqual([]);
    }),
  );
});

function isGrave(tool: Tool): boolean {
  const { class: toolClass } = classify(tool);
  return toolClass === "destructive" || toolClass === "financial";
}

/** Tools that run others, with the properties that name and arguments stand in. */
function runners(tools: readonly Tool[]) {
  return tools.flatMap((tool) => {
    const paths = metaToolOf(tool)?.paths;
    const key = (path: string) => path.slice("args.".length);
    return paths === undefined
      ? []
      : [{ name: tool.name, paths: { tool: key(paths.tool), arguments: key(paths.arguments) } }];
  });
}
