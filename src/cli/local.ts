/**
 * What `grantgate start` leaves for the other commands in the same checkout: where the gateway is and the demo grant.
 * Lies with wrangler's own local state, so deleting `.wrangler` forgets both together.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { writePrivateFile } from "./private-file.ts";

const Demo = z.object({
  server: z.string(),
  policy: z.string(),
  grant: z.string(),
  token: z.string(),
});

const Local = z.object({
  url: z.url(),
  /** The process that runs the gateway; absent when none does. */
  pid: z.int().positive().optional(),
  /** Where the demo server listened last; kept so that its record does not change with every start. */
  demoPort: z.int().positive().optional(),
  demo: Demo.optional(),
});

export type DemoGrant = Readonly<z.infer<typeof Demo>>;
export type LocalState = Readonly<z.infer<typeof Local>>;

export function localFile(root: string): string {
  return join(root, ".wrangler", "grantgate", "local.json");
}

/** Undefined when no gateway was ever started here, or the file is not what we wrote: both mean "start one". */
export function readLocal(root: string): LocalState | undefined {
  try {
    return Local.safeParse(JSON.parse(readFileSync(localFile(root), "utf8"))).data;
  } catch {
    return undefined;
  }
}

export function writeLocal(root: string, state: LocalState): void {
  writePrivateFile(localFile(root), `${JSON.stringify(state, null, 2)}\n`);
}
