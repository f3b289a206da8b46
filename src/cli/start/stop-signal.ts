/**
 * The wish to stop, from the terminal or from whoever supervises this process. npm passes Ctrl-C on although the
 * terminal has told everybody already, so what follows within a second is the same wish; later it means "at once".
 */

const SAME_WISH = 1000;

export type Stop = {
  readonly wished: Promise<void>;
  /** Gives the signals back to Node. */
  readonly release: () => void;
};

export function stopSignal(now: () => Date): Stop {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const { promise, resolve } = Promise.withResolvers<void>();
  let first: number | undefined;
  const hear = (): void => {
    const at = now().getTime();
    first ??= at;
    resolve();
    if (at - first > SAME_WISH) process.exit(1);
  };
  for (const signal of signals) process.on(signal, hear);
  return {
    wished: promise,
    release: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
