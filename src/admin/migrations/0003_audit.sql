-- What was decided, and how it ended: gathered from the ledgers of the grants, which write it with the decision.
-- `record` and `ending` are canonical JSON and are what the hashes are made from; every other column is read from
-- them, so that it can't say anything else. `id` is the order in which records arrived here.
CREATE TABLE audit (
  id       INTEGER PRIMARY KEY AUTOINCREMENT,
  grant_id TEXT NOT NULL,
  seq      INTEGER NOT NULL,
  record   TEXT NOT NULL,
  link     INTEGER NOT NULL,
  hash     TEXT NOT NULL,
  ending   TEXT,
  end_link INTEGER,
  end_hash TEXT,
  at       INTEGER NOT NULL GENERATED ALWAYS AS (record ->> 'at') VIRTUAL,
  server   TEXT NOT NULL GENERATED ALWAYS AS (record ->> 'server') VIRTUAL,
  method   TEXT NOT NULL GENERATED ALWAYS AS (record ->> 'method') VIRTUAL,
  tool     TEXT GENERATED ALWAYS AS (record ->> 'tool') VIRTUAL,
  effect   TEXT NOT NULL GENERATED ALWAYS AS (record ->> 'effect') VIRTUAL,
  rule     TEXT GENERATED ALWAYS AS (record ->> 'rule') VIRTUAL,
  UNIQUE (grant_id, seq)
) STRICT;
-- Every index costs a row written for each record, however wide it is. So there are few, and each has all that can be
-- filtered by among those it is chosen for (src/audit/plan.ts): a record that does not fit is passed over in the index,
-- at a tenth of what it costs to read the columns from its JSON. Servers are few, so that what is wanted of all of them
-- is taken from each, and a grant's records are found by their numbers.
CREATE INDEX audit_by_server ON audit (server, at, id, grant_id, method, effect, seq);
CREATE INDEX audit_by_tool ON audit (tool, at, id, grant_id, server, method, effect, seq) WHERE tool IS NOT NULL;
-- Most records are of calls that were allowed; those that were not are what people look for.
CREATE INDEX audit_refused ON audit (at, id, effect, rule, tool, grant_id, server, method, seq)
  WHERE effect <> 'allow' OR rule IS NOT NULL;
-- And most are of calls.
CREATE INDEX audit_no_call ON audit (at, id, method, grant_id, server, effect, seq) WHERE method <> 'tools/call';

-- Where the chain of a grant now begins: what came before was let go of when its time was over.
CREATE TABLE audit_anchors (
  grant_id TEXT PRIMARY KEY,
  link     INTEGER NOT NULL,
  hash     TEXT NOT NULL
) STRICT;
