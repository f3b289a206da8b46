/**
 * Leaves out of a bundled library the classes and methods that nothing names. Bundlers keep every method of a class that
 * is used, and every class with a static field; most of a library is then code that can't be reached.
 *
 * What is left is never changed, and in doubt a thing stays: whatever has a method's name, wherever it is called, keeps
 * it. Reads the layout that rolldown writes: one tab for each level, and what closes a block in a line of its own.
 */

const EXPORTS = /^export \{.*\};$/m;
/** Comments on lines of their own: a name that stands in one is not used by that. */
const COMMENTS = /^\t*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)\n/gm;

const METHOD = /^\t(?:static )?(?:get |set |\*)?(\w+)\(.*\) \{\n(?:(?!\t\}$).*\n)*?\t\}\n/gm;
const CLASS = /^var (\w+) = class.*\{\n(?:(?!\};$).*\n)*?\};\n/gm;

/** How a method is named: behind a dot, or as a whole string. */
const MEMBER = /\.(\w+)|(?<=["'`])(\w+)(?=["'`])/g;
const WORD = /(\w+)/g;
/** What would name one in another way. */
const UNPACKED = /(?:const|let|var) \{|\{ \w+(?:, \w+)* \} =|\(\{ \w+[ ,]/;

/** What the language itself calls. */
const UNNAMED = ["constructor", "toString", "toJSON", "valueOf", "then", "next"];

/**
 * @param {string} source the library, an ES module
 * @param {string} name the one export that is used
 * @param {readonly string[]} methods what is called of it
 * @param {readonly string[]} unused what is not, though it is named: in the text of a message, say
 */
export function prune(source, name, methods, unused = []) {
  let left = source.replace(COMMENTS, "").replace(EXPORTS, `export { ${name} };`);
  left = left.replace(METHOD, (method, called) => (unused.includes(called) ? "" : method));
  if (!left.includes(`export { ${name} };`)) throw new Error("the library has no list of exports");
  if (UNPACKED.test(left)) throw new Error("the library unpacks objects: what is named can't be told");
  for (;;) {
    const before = left;
    left = withoutUnnamed(left, METHOD, MEMBER, [...UNNAMED, ...methods]);
    left = withoutUnnamed(left, CLASS, WORD, []);
    if (left === before) return left;
  }
}

/** Without the blocks whose name stands nowhere but in themselves and in others of that name. */
function withoutUnnamed(source, blocks, names, kept) {
  const all = counted(source, names);
  const own = new Map();
  for (const [block, name] of source.matchAll(blocks)) {
    own.set(name, (own.get(name) ?? 0) + (counted(block, names).get(name) ?? 0));
  }
  const isNamed = (name) => kept.includes(name) || all.get(name) !== (own.get(name) || undefined);
  return source.replace(blocks, (block, name) => (isNamed(name) ? block : ""));
}

/** How often each name stands in it. */
function counted(text, names) {
  const times = new Map();
  for (const [, behindDot, quoted] of text.matchAll(names)) {
    const name = behindDot ?? quoted;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  return times;
}
