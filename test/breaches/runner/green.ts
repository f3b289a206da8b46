/** Whether the test files are green without any breach: what is red already notices nothing. */
import { runTests } from "./vitest.ts";

/** The files that are not, with why. */
export async function redOf(root: string, files: readonly string[]): Promise<Map<string, string>> {
  const run = await runTests(root, files, 5 * files.length);
  if (run.kind === "not run") throw new Error(`Without a breach the tests don't run: ${run.why}`);
  const seen = new Map(run.files.map((result) => [result.file, result]));
  const red = files.flatMap((file): [string, string][] => {
    const result = seen.get(file);
    if (result === undefined || result.passed + result.failed.length === 0) {
      return [[file, result?.broken ?? "it has no tests"]];
    }
    const [fault = result.broken] = result.failed;
    return fault === undefined ? [] : [[file, fault]];
  });
  if (red.length === 0 && !run.clean) throw new Error("Without a breach no test fails, and yet the run does");
  return new Map(red);
}
