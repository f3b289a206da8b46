/** The bindings of the Worker, as wrangler.toml names them. */
import type { Doorkeeper } from "./admin/auth/doorkeeper.ts";
import type { Caretaker } from "./admin/care/caretaker.ts";
import type { GrantLedger } from "./ledger/ledger.ts";
import type { ServerLedger } from "./ledger/server-ledger.ts";
import type { ToolShelf } from "./tools/pins/shelf.ts";
import type { CredentialKeeper } from "./upstream/oauth/keeper.ts";

export interface Env {
  readonly GRANTGATE_KV: KVNamespace;
  readonly GRANTGATE_DB: D1Database;
  readonly GRANT_LEDGER: DurableObjectNamespace<GrantLedger>;
  readonly SERVER_LEDGER: DurableObjectNamespace<ServerLedger>;
  readonly TOOL_SHELF: DurableObjectNamespace<ToolShelf>;
  readonly CREDENTIAL_KEEPER: DurableObjectNamespace<CredentialKeeper>;
  readonly DOORKEEPER: DurableObjectNamespace<Doorkeeper>;
  readonly CARETAKER: DurableObjectNamespace<Caretaker>;
  /** Where decided messages are counted; without it, none are. */
  readonly GRANTGATE_METRICS?: AnalyticsEngineDataset;
  /** Bearer of the admin API. */
  readonly ADMIN_TOKEN?: string;
  /** 32 bytes in hex; the keys that seal upstream credentials and session ids are derived from it. */
  readonly ROOT_KEY?: string;
  /** The root key before this one: still opens what it sealed, and seals nothing more. */
  readonly ROOT_KEY_PREVIOUS?: string;
  /** "true" in development only: servers may run on this machine. */
  readonly ALLOW_LOOPBACK_UPSTREAMS?: string;
  /** Browser origins that may call, separated by commas; the gateway's own https origin always may. */
  readonly ALLOWED_ORIGINS?: string;
  /** How long an upstream may be silent before its call is given up, in seconds. */
  readonly UPSTREAM_TIMEOUT_SECONDS?: string;
  /** How long a stream to a client may be silent before a comment keeps it open, in seconds. */
  readonly KEEP_ALIVE_SECONDS?: string;
  /** How long a decision may wait in its ledger before it is gathered into the audit trail, in seconds. */
  readonly AUDIT_DELAY_SECONDS?: string;
  /** How many days the audit trail is kept; 0 for ever. */
  readonly AUDIT_RETENTION_DAYS?: string;
  /** Where the audit trail is also sent as it happens: an https URL, and the secret that signs what is sent. */
  readonly AUDIT_WEBHOOK_URL?: string;
  readonly AUDIT_WEBHOOK_SECRET?: string;
  /** Where the audit trail is also written as it happens. */
  readonly AUDIT_BUCKET?: R2Bucket;
}
