-- Who may change what, what was changed, and what can be taken back.

-- A row is only ever written to be checked: a change that rests on something begins with one, and when that no longer
-- holds, the whole batch fails and nothing is changed. Always empty between two batches.
CREATE TABLE preconditions (
  holds INTEGER NOT NULL CHECK (holds = 1)
) STRICT;

-- Grants gain a state, tokens of their own, and a credential that stands in for the server's.
CREATE TABLE grants_next (
  id                 TEXT PRIMARY KEY,
  server             TEXT NOT NULL,
  policy             TEXT,
  label              TEXT NOT NULL,
  tags               TEXT NOT NULL,
  status             TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'revoked')),
  expires_at         INTEGER,
  credential         TEXT,
  credential_version TEXT,
  revision           INTEGER NOT NULL DEFAULT 1,
  confirmed          INTEGER NOT NULL DEFAULT 1,
  created_at         INTEGER NOT NULL,
  updated_at         INTEGER NOT NULL,
  revoked_at         INTEGER
) STRICT;

-- Only ever the SHA-256 of a token. A token that a rotation replaced ends at `expires_at`; one without lasts as long as
-- its grant.
CREATE TABLE grant_tokens (
  hash       TEXT PRIMARY KEY,
  grant_id   TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER
) STRICT;
CREATE INDEX grant_tokens_by_grant ON grant_tokens (grant_id);

-- Credentials that belong to one grant, sealed, under the SHA-256 of the sealed text.
CREATE TABLE credential_versions (
  version    TEXT PRIMARY KEY,
  grant_id   TEXT NOT NULL,
  sealed     TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX credential_versions_by_grant ON credential_versions (grant_id);

INSERT INTO grants_next (id, server, policy, label, tags, status, expires_at, revision, confirmed, created_at,
                         updated_at, revoked_at)
  SELECT id, server, policy, label, tags, status, expires_at, revision + 1, confirmed, created_at,
         coalesce(revoked_at, created_at), revoked_at FROM grants;
INSERT INTO grant_tokens (hash, grant_id, created_at) SELECT token_hash, id, created_at FROM grants;
DROP TABLE grants;
ALTER TABLE grants_next RENAME TO grants;
CREATE INDEX grants_by_server ON grants (server, policy, status);
CREATE INDEX grants_in_order ON grants (created_at, id);
CREATE INDEX grants_behind ON grants (id) WHERE confirmed < revision;

-- What a policy was, one row for each time it was changed. `revision` counts on when a policy is deleted and made anew.
CREATE TABLE policy_revisions (
  server     TEXT NOT NULL,
  name       TEXT NOT NULL,
  revision   INTEGER NOT NULL,
  version    TEXT NOT NULL REFERENCES policy_versions (version),
  author     TEXT NOT NULL,
  message    TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (server, name, revision)
) STRICT;
ALTER TABLE policies ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
INSERT INTO policy_revisions (server, name, revision, version, author, created_at)
  SELECT server, name, 1, version, 'unknown', updated_at FROM policies;
ALTER TABLE servers ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;

-- People and programs that may use the admin API, besides whoever holds ADMIN_TOKEN. An operator is known by a token
-- of its own, or by the e-mail address or the group that Cloudflare Access vouches for.
CREATE TABLE operators (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  role         TEXT NOT NULL CHECK (role IN ('viewer', 'policy_manager', 'admin')),
  token_hash   TEXT UNIQUE,
  email        TEXT,
  access_group TEXT,
  revision     INTEGER NOT NULL DEFAULT 1,
  created_at   INTEGER NOT NULL,
  revoked_at   INTEGER,
  CHECK ((token_hash IS NOT NULL) + (email IS NOT NULL) + (access_group IS NOT NULL) = 1)
) STRICT;
CREATE UNIQUE INDEX operators_by_email ON operators (email) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX operators_by_group ON operators (access_group) WHERE revoked_at IS NULL;

-- Every change of the registry, written in the batch that makes it. `before` and `after` are JSON without secrets.
CREATE TABLE changes (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  at       INTEGER NOT NULL,
  operator TEXT NOT NULL,
  name     TEXT NOT NULL,
  role     TEXT NOT NULL,
  action   TEXT NOT NULL,
  target   TEXT NOT NULL,
  message  TEXT,
  before   TEXT,
  after    TEXT
) STRICT;
CREATE INDEX changes_by_target ON changes (target, id);
CREATE INDEX changes_by_operator ON changes (operator, id);

-- What a request with an Idempotency-Key made, so that repeating it makes nothing more.
CREATE TABLE idempotency_keys (
  operator    TEXT NOT NULL,
  key         TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  target      TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  PRIMARY KEY (operator, key)
) STRICT;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);
