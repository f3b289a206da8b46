/** `grantgate audit export`: all records that a filter names, as NDJSON, however many. */
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { AuditFilter } from "../admin/audit-calls.ts";
import { openAdmin } from "../admin/client.ts";
import type { Context } from "../context.ts";
import { type ExitCode, errorCode, Failure, usage } from "../failure.ts";
import { counted, printJson } from "../show.ts";
import { shown, type Terminal } from "../terminal.ts";
import { timed } from "./audit.ts";

export type ExportOptions = AuditFilter & { readonly out?: string; readonly json?: true };

const STEP = 1000;

export async function auditExport(context: Context, { out, json, ...filter }: ExportOptions): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const count = { records: 0 };
  const lines = counting(openAdmin(context).admin.auditExport(timed(filter, context.now())), count, terminal);
  if (out === undefined) await print(lines, terminal);
  else await save(lines, resolve(cwd, out), out);
  terminal.status?.("");
  if (out !== undefined && json) printJson(terminal, { file: out, ...count });
  else terminal.err(`${counted(count.records, "record")}${out === undefined ? "" : ` in ${out}`}.`);
  return 0;
}

async function* counting(
  lines: AsyncIterable<string>,
  count: { records: number },
  { status }: Terminal,
): AsyncGenerator<string> {
  for await (const line of lines) {
    yield line;
    count.records++;
    if (count.records % STEP === 0) status?.(`${count.records} records`);
  }
}

async function print(lines: AsyncIterable<string>, terminal: Terminal): Promise<void> {
  for await (const line of lines) {
    terminal.out(terminal.width === undefined ? line : shown(line));
    await terminal.drained?.();
  }
}

/** Under another name until it is whole, so that half an export is never taken for one. */
async function save(lines: AsyncIterable<string>, path: string, name: string): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(ended(lines)), createWriteStream(part, { mode: 0o600 }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof Failure) throw error;
    throw usage(`${name} can't be written (${errorCode(error) ?? "error"}).`);
  }
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`;
}
