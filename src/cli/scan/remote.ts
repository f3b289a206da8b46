/**
 * The tools of a server behind a URL. Headers go to that URL alone, and no message repeats their values or what a query
 * in the URL holds.
 */
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { usage } from "../failure.ts";
import { explainedHttp } from "./explain.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import type { Headers } from "./headers.ts";
import { redacting } from "./secrets.ts";
import { converse, titleOf } from "./session.ts";
import type { Listed, Progress, SourceOptions } from "./source.ts";

/** Seconds. */
export const PATIENCE = 60;

export type Endpoint = {
  readonly url: string;
  readonly headers: Headers;
  /** What the folder calls it; undefined for whatever the server says. */
  readonly name: string | undefined;
};

export async function listedAtUrl(
  { url: text, headers, name }: Endpoint,
  { era, timeout = PATIENCE }: SourceOptions,
  progress: Progress,
): Promise<Listed> {
  const url = readUrl(text);
  const place = placeOf(url);
  const redact = redacting([...Object.values(headers), ...url.searchParams.values()]);
  const guarded = guardedFetch();
  const transport = new StreamableHTTPClientTransport(url, { requestInit: { headers }, fetch: guarded.fetch });
  // A legacy session is given back; that this fails changes nothing for anybody.
  const leave = async (): Promise<void> => {
    if (transport.sessionId !== undefined) await transport.terminateSession();
  };
  const hasHeaders = Object.keys(headers).length > 0;
  try {
    const heard = await converse({ transport, era, timeout: timeout * 1000, redact, progress, leave });
    const notes = hasHeaders && isOpen(url) ? [OPEN, ...heard.notes] : heard.notes;
    return { name: name ?? titleOf(heard.serverInfo) ?? url.host, from: place, kind: "url", ...heard, notes };
  } catch (error) {
    throw explainedHttp(error, guarded.last(), { place, era, hasHeaders, redact });
  } finally {
    progress("");
  }
}

const OPEN = "The headers went over http:// and could be read on the way.";

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw usage("That is no complete URL.", "Write it like https://mcp.example.com/mcp.");
  if (url.username !== "" || url.password !== "") {
    throw usage("The URL holds a user or a password.", 'Give them as --header "Authorization: Basic …".');
  }
  url.hash = "";
  return url;
}

function placeOf({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search === "" ? "" : "?…"}`;
}

function isOpen({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && !/^(?:localhost|127\..*|\[::1\])$/.test(hostname);
}
