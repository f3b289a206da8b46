/** Which of vitest's projects a test file belongs to: test/vitest.config.ts says the same with globs. */

const PROJECTS = [
  [/^test\/unit\/.+\.test\.ts$/, "unit"],
  [/^test\/worker\/.+\.test\.ts$/, "worker"],
  [/^test\/(gate|hostile|faults)\/.+\.test\.ts$/, "gate"],
] as const;

export function projectOf(file: string): "unit" | "worker" | "gate" | undefined {
  return PROJECTS.find(([path]) => path.test(file))?.[1];
}
