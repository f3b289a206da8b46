-- The registry: what there is. What is in force for a grant is decided by the grant's ledger.
-- Times are Unix milliseconds. Lists are JSON arrays of strings.

-- Every version of every policy, under the SHA-256 of its canonical text.
CREATE TABLE policy_versions (
  version    TEXT PRIMARY KEY,
  text       TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- Every version of a server's record, sealed, under the SHA-256 of the sealed text.
CREATE TABLE server_versions (
  version    TEXT PRIMARY KEY,
  server     TEXT NOT NULL,
  sealed     TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX server_versions_by_server ON server_versions (server);

-- `file` is server.json as JSON; it names its secrets, and only the sealed record holds them.
CREATE TABLE servers (
  slug       TEXT PRIMARY KEY,
  file       TEXT NOT NULL,
  secrets    TEXT NOT NULL,
  version    TEXT NOT NULL REFERENCES server_versions (version),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE policies (
  server     TEXT NOT NULL REFERENCES servers (slug),
  name       TEXT NOT NULL,
  version    TEXT NOT NULL REFERENCES policy_versions (version),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (server, name)
) STRICT;

-- Grants outlive what they were for: a revoked one keeps naming a server and a policy that may be gone.
-- `revision` rises with every change of what is in force; `confirmed` is the last revision that the ledger said it has.
CREATE TABLE grants (
  id         TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  server     TEXT NOT NULL,
  policy     TEXT,
  label      TEXT NOT NULL,
  tags       TEXT NOT NULL,
  status     TEXT NOT NULL CHECK (status IN ('active', 'revoked')),
  expires_at INTEGER,
  revision   INTEGER NOT NULL DEFAULT 1,
  confirmed  INTEGER NOT NULL DEFAULT 1,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE INDEX grants_by_server ON grants (server, policy, status);
