/**
 * `grantgate start` (`npm start`): the gateway on this machine with a demo server behind it, ready to be called. It
 * keeps running until it is stopped or until something that it started ends, and leaves nothing running behind.
 */
import { type Context, variable } from "../context.ts";
import { ensureDevVars } from "../dev-vars.ts";
import { type ExitCode, found, usage } from "../failure.ts";
import { type LocalState, readLocal, writeLocal } from "../local.ts";
import { announcement, readyJson } from "../start/announce.ts";
import { children } from "../start/children.ts";
import { answers } from "../start/health.ts";
import { freePort, isFree, LOOPBACK } from "../start/ports.ts";
import { serve } from "../start/serve.ts";
import { stopSignal } from "../start/stop-signal.ts";

export type StartOptions = { readonly port?: number; readonly demo: boolean; readonly json?: true };

const DEFAULT_PORT = 8787;

export async function start(context: Context, options: StartOptions): Promise<ExitCode> {
  const { terminal, root, env } = context;
  const port = options.port ?? portFrom(variable(env, "PORT"));
  const before = readLocal(root);
  await refuseWhenTaken(port, before);
  const madeSecrets = ensureDevVars(root);
  if (madeSecrets) terminal.err("Made .dev.vars with new secrets for the gateway on this machine.");

  const url = `http://${LOOPBACK}:${port}`;
  const state: LocalState = {
    ...before,
    url,
    pid: process.pid,
    ...(options.demo && { demoPort: await demoPort(before) }),
  };
  writeLocal(root, state);
  const stop = stopSignal(context.now);
  const all = children();
  const running = serve(context, { port, state, demo: options.demo, madeSecrets, children: all }, (ready) => {
    writeLocal(root, { ...state, ...(ready && { demo: ready }) });
    const told = { url, demo: ready, platform: process.platform };
    terminal.out(options.json ? readyJson(told) : `\n${announcement(told, terminal.paint)}\n`);
  });
  try {
    await Promise.race([running, stop.wished]);
    terminal.err("\nStopping.");
    return 0;
  } finally {
    // What is still on its way fails now that everything is taken from it; that is no news any more.
    running.catch(() => undefined);
    await all.stopAll();
    stop.release();
    forgetProcess(root);
  }
}

function portFrom(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535)
    throw usage(`PORT is ${JSON.stringify(text)}, which is no port.`, "A port is 1 to 65535.");
  return port;
}

async function refuseWhenTaken(port: number, state: LocalState | undefined): Promise<void> {
  if (state?.pid !== undefined && lives(state.pid) && (await answers(state.url))) {
    throw found(`The gateway of this checkout already runs at ${state.url}.`, "Use that one, or stop it first.");
  }
  if (await isFree(port)) return;
  throw found(
    `Port ${port} is taken: stop what listens there, or choose another: \`npm start -- --port ${port + 1}\`.`,
  );
}

/** The port of last time when it can be had: then the demo server's record is the same as before. */
async function demoPort(state: LocalState | undefined): Promise<number> {
  return state?.demoPort !== undefined && (await isFree(state.demoPort)) ? state.demoPort : freePort();
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function forgetProcess(root: string): void {
  const state = readLocal(root);
  if (state?.pid !== process.pid) return;
  const { pid: _, ...rest } = state;
  writeLocal(root, rest);
}
