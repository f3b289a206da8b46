/**
 * `grantgate grant credential`: what one grant uses towards the server in place of the server's own credential. The
 * values of secrets are never typed on the command line, where a shell's history keeps them.
 */
import { secretNames } from "../../upstream/server-file.ts";
import { openAdmin } from "../admin/client.ts";
import { type Context, variable } from "../context.ts";
import { type ExitCode, usage } from "../failure.ts";
import { printJson } from "../show.ts";
import { shown } from "../terminal.ts";

export type CredentialOptions = {
  readonly header: readonly string[];
  readonly clear?: true;
  readonly json?: true;
};

export async function grantCredential(context: Context, id: string, options: CredentialOptions): Promise<ExitCode> {
  const { header, clear, json } = options;
  if (header.length > 0 === (clear === true)) {
    throw usage("Either --header, or --clear.", `Write a header as 'Authorization: Bearer \${secret:NAME}'.`);
  }
  const headers = Object.fromEntries(header.map(headerOf));
  const secrets = clear ? {} : await valuesOf(context, secretNames({ credential: { headers } }));
  const { admin } = openAdmin(context);
  const grant = clear ? await admin.clearCredential(id) : await admin.setCredential(id, { headers, secrets });
  if (json) printJson(context.terminal, grant);
  else {
    const what = clear ? "the server's own credential" : `a credential of its own (${Object.keys(headers).join(", ")})`;
    context.terminal.out(shown(`Grant ${grant.id} (${grant.label}) uses ${what}, from its next call on.`));
  }
  return 0;
}

/** `Name: value`. The value is not repeated in an error: it may hold what should have been a name. */
function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(":");
  const name = text.slice(0, Math.max(0, colon)).trim();
  const value = text.slice(colon + 1).trim();
  if (name === "" || value === "") {
    throw usage("A --header has a name and a value.", `Write it as 'Authorization: Bearer \${secret:NAME}'.`);
  }
  return [name, value];
}

async function valuesOf({ env, terminal }: Context, names: readonly string[]): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const name of names) {
    const value = variable(env, name) ?? (await terminal.ask?.(name));
    if (value === undefined || value === "") {
      throw usage(`Nothing was given for the secret ${name}.`, `Set the environment variable ${name}.`);
    }
    values[name] = value;
  }
  return values;
}
