/** The platform's types that the ledger's files speak of. Nothing of them is there in these tests. */
type D1Database = import("@cloudflare/workers-types").D1Database;
type DurableObjectState = import("@cloudflare/workers-types").DurableObjectState;
type DurableObjectStorage = import("@cloudflare/workers-types").DurableObjectStorage;
type SqlStorage = import("@cloudflare/workers-types").SqlStorage;
declare const scheduler: import("@cloudflare/workers-types").Scheduler;
