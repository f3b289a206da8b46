/** The one type of the platform that the gate's words speak of; the tests of these pages run without a platform. */
type D1Database = import("@cloudflare/workers-types").D1Database;
