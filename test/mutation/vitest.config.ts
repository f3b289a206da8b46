/** How tests run while mutants are tried. Which of them, the room says (`rooms.ts`). */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Examples before properties: what an example notices need not be looked for. */
class ExamplesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const hasProperties = ({ moduleId }: TestSpecification) => readFileSync(moduleId, "utf8").includes('"fast-check"');
    return files.toSorted((a, b) => Number(hasProperties(a)) - Number(hasProperties(b)));
  }
}

export default defineConfig({
  resolve: {
    alias: [{ find: /^fast-check$/, replacement: fileURLToPath(new URL("fast-check.ts", import.meta.url)) }],
  },
  test: {
    include: ["**/*.test.ts"],
    // Every mutant gets a fresh worker anyway; one more for each file would take most of the time.
    isolate: false,
    sequence: { sequencer: ExamplesFirst },
    // Endless loops are found by counting; a busy machine must not look like one.
    testTimeout: 60_000,
  },
});
