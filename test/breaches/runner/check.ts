/** What keeps a breach from being tried. The source moves on: what is said of it here rots unless it is looked at. */

import { timesIn } from "./change.ts";
import { projectOf } from "./project.ts";
import type { Listed } from "./topics.ts";

/** The text of a file of the repository, or nothing if there is none. */
export type ReadFile = (file: string) => string | undefined;

/** One sentence for each fault, with the breach it is in. */
export function faultsIn(listed: readonly Listed[], read: ReadFile): string[] {
  return listed.flatMap((one, at) => {
    const before = listed.slice(0, at).filter(({ topic }) => topic === one.topic);
    const twice = before.some(({ breach }) => breach.defence === one.breach.defence);
    const faults = [...faultsOf(one, read), ...(twice ? ["its topic has that defence already"] : [])];
    return faults.map((fault) => `${one.topic} ${one.number} (${one.breach.defence}): ${fault}`);
  });
}

function faultsOf({ breach: { file, from, to, tests, expects } }: Listed, read: ReadFile): string[] {
  const source = read(file);
  const times = source === undefined ? 0 : timesIn(source, from);
  return [
    ...(source === undefined ? [`there is no ${file}`] : []),
    ...(source !== undefined && times !== 1 ? [`\`from\` stands ${times} times in ${file}`] : []),
    ...(from === to ? ["`to` is the same as `from`"] : []),
    ...(tests.length === 0 ? ["it names no tests"] : []),
    ...tests.filter((test) => projectOf(test) === undefined).map((test) => `${test} is no test file`),
    ...tests.filter((test) => read(test) === undefined).map((test) => `there is no ${test}`),
    ...(expects instanceof RegExp ? [] : ["`expects` is no regular expression"]),
    ...(expects instanceof RegExp && /[gy]/.test(expects.flags) ? ["`expects` has a flag that remembers"] : []),
  ];
}
