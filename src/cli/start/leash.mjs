/**
 * Loaded into every child of `grantgate start` (`node --import`): the child ends when its parent is gone, even when
 * that was killed without a word and could stop nothing itself. Plain JavaScript, since it runs before anything else.
 */
if (process.channel !== undefined) {
  // Not at once: wrangler also lets go of the line when its own child ends, and then has an exit code to pass on.
  process.on("disconnect", () => setTimeout(() => process.exit(1), 500).unref());
  // The line to the parent alone shall not keep a child alive that has finished.
  process.channel.unref();
}
