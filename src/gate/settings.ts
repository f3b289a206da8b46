/** What an operator may set, read once, with the defaults that serve most. */
import type { Env } from "../env.ts";

export type Settings = {
  /** Largest message a client may send, in bytes. */
  readonly maxRequestBytes: number;
  /** Largest message or event taken from an upstream, in bytes. */
  readonly maxAnswerBytes: number;
  /** How long an upstream may be silent before its call is given up, in seconds. */
  readonly timeoutSeconds: number;
  /** How long a stream to a client may be silent before a comment keeps it open, in seconds. */
  readonly keepAliveSeconds: number;
  /** Browser origins that may call beside the gateway's own. */
  readonly allowedOrigins: readonly string[];
};

const MIB = 1024 * 1024;

/** An isolate has one environment for as long as it lives. */
const known = new WeakMap<Env, Settings>();

export function settingsOf(env: Env): Settings {
  const kept = known.get(env) ?? readSettings(env);
  known.set(env, kept);
  return kept;
}

function readSettings(env: Env): Settings {
  return {
    maxRequestBytes: 4 * MIB,
    maxAnswerBytes: 8 * MIB,
    timeoutSeconds: positive(env.UPSTREAM_TIMEOUT_SECONDS, 300),
    keepAliveSeconds: positive(env.KEEP_ALIVE_SECONDS, 15),
    allowedOrigins: (env.ALLOWED_ORIGINS ?? "")
      .split(",")
      .map((origin) => origin.trim())
      .filter(Boolean),
  };
}

function positive(value: string | undefined, fallback: number): number {
  const number = Number(value);
  return number > 0 && Number.isFinite(number) ? number : fallback;
}
