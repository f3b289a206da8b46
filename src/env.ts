/** The bindings of the Worker, as wrangler.toml names them. */
import type { GrantLedger } from "./ledger/ledger.ts";
import type { ServerLedger } from "./ledger/server-ledger.ts";
import type { ToolShelf } from "./tools/shelf.ts";

export interface Env {
  readonly GRANTGATE_KV: KVNamespace;
  readonly GRANTGATE_DB: D1Database;
  readonly GRANT_LEDGER: DurableObjectNamespace<GrantLedger>;
  readonly SERVER_LEDGER: DurableObjectNamespace<ServerLedger>;
  readonly TOOL_SHELF: DurableObjectNamespace<ToolShelf>;
  /** Bearer of the admin API. */
  readonly ADMIN_TOKEN?: string;
  /** 32 bytes in hex; the keys that seal upstream credentials and session ids are derived from it. */
  readonly ROOT_KEY?: string;
  /** Browser origins that may call, separated by commas; the gateway's own https origin always may. */
  readonly ALLOWED_ORIGINS?: string;
  /** How long an upstream may be silent before its call is given up, in seconds. */
  readonly UPSTREAM_TIMEOUT_SECONDS?: string;
  /** How long a stream to a client may be silent before a comment keeps it open, in seconds. */
  readonly KEEP_ALIVE_SECONDS?: string;
}
