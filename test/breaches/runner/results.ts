/** What vitest's JSON reporter writes, as far as it matters here. */
import { relative } from "node:path";
import * as z from "zod";

export type FileResult = {
  /** From the top of the copy. */
  readonly file: string;
  readonly passed: number;
  /** Full names of the tests that failed. */
  readonly failed: readonly string[];
  /** Why tests of the file did not run: it could not be loaded, or what stands before its tests failed. */
  readonly broken: string | undefined;
};

const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.optional(z.string()),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

export function resultsIn(report: string, root: string): FileResult[] {
  return Report.parse(JSON.parse(report)).testResults.map(({ name, status, message, assertionResults }) => {
    const named = (state: string) => assertionResults.filter((test) => test.status === state);
    const failed = named("failed").map(({ fullName }) => fullName.trim());
    const broken = status === "failed" && failed.length === 0 ? message || "its tests did not run" : undefined;
    return { file: relative(root, name).replaceAll("\\", "/"), passed: named("passed").length, failed, broken };
  });
}
