/** What every step on the way of a call knows of it. */
import type { Env } from "../env.ts";
import type { Settings } from "./settings.ts";

/** One HTTP request on its way, and what it is on its way with. */
export type Way = {
  readonly request: Request;
  readonly env: Env;
  readonly ctx: ExecutionContext;
  /** Slug of the server in the URL. */
  readonly slug: string;
  readonly settings: Settings;
  /** Id of this request in the journal and in every answer of the gateway's own. */
  readonly requestId: string;
};
