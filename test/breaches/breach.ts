/** One defence taken out of the source, and the tests that must notice. */
export type Breach = {
  /** What is taken out, as a sentence. */
  readonly defence: string;
  /** Where it is, from the top of the repository. */
  readonly file: string;
  /** Text that stands once in the file, and what stands there without the defence. */
  readonly from: string;
  readonly to: string;
  /** Test files to run: at least one of their tests must fail. */
  readonly tests: readonly string[];
  /** Fits the full name of a test that must be among those that fail. */
  readonly expects: RegExp;
};
