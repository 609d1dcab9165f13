-- What a fleet knows. No secret stands anywhere in it: keys are fingerprints and masked forms.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started TEXT NOT NULL,
  ended TEXT,                    -- NULL: it goes on, or something ended it early
  rules TEXT NOT NULL,           -- stands for all that a verdict depends on beside the repository
  settings TEXT NOT NULL,        -- JSON
  version TEXT NOT NULL
) STRICT;

CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  path TEXT NOT NULL,            -- JSON, as a path may have any bytes
  address TEXT NOT NULL,         -- JSON, without a password
  state TEXT NOT NULL,           -- what it was when it was last scanned; empty: it has to be scanned again
  read TEXT NOT NULL,            -- when that was
  whole INTEGER NOT NULL,        -- whether all of it was read
  watched TEXT NOT NULL,         -- JSON: further folders that its state depends on
  rules TEXT NOT NULL,
  ledgers TEXT NOT NULL          -- what the ledgers of incidents were, if it holds keys
) STRICT;

CREATE TABLE targets (           -- which repositories a run is of
  run INTEGER NOT NULL REFERENCES runs,
  repository INTEGER NOT NULL REFERENCES repositories,
  PRIMARY KEY (run, repository)
) STRICT, WITHOUT ROWID;

CREATE TABLE scans (             -- what came of a repository in a run, once for each
  run INTEGER NOT NULL REFERENCES runs,
  repository INTEGER NOT NULL REFERENCES repositories,
  ended TEXT NOT NULL,           -- read, unchanged or failed
  at TEXT NOT NULL,
  seconds REAL NOT NULL,
  attempts INTEGER NOT NULL,
  worker TEXT NOT NULL,
  why TEXT NOT NULL,             -- of a failure
  mend TEXT,
  PRIMARY KEY (run, repository)
) STRICT, WITHOUT ROWID;

CREATE TABLE readings (          -- what the last scan that ended read of a repository, and what it did not
  repository INTEGER PRIMARY KEY REFERENCES repositories,
  run INTEGER NOT NULL REFERENCES runs,
  unread TEXT NOT NULL,          -- JSON, as in the report
  opaque TEXT NOT NULL,
  omitted TEXT NOT NULL,
  stats TEXT NOT NULL,
  weaker INTEGER NOT NULL
) STRICT;

CREATE TABLE findings (          -- a key in a repository
  repository INTEGER NOT NULL REFERENCES repositories,
  fingerprint TEXT NOT NULL,
  rule TEXT NOT NULL,
  provider TEXT NOT NULL,
  secret TEXT NOT NULL,          -- masked
  confidence TEXT NOT NULL,
  severity TEXT NOT NULL,
  exposure TEXT NOT NULL,
  status TEXT NOT NULL,
  more TEXT NOT NULL,            -- JSON: what else the report says of it
  first_run INTEGER NOT NULL REFERENCES runs,
  last_run INTEGER NOT NULL REFERENCES runs,
  gone_run INTEGER REFERENCES runs,
  position INTEGER NOT NULL,     -- in the order of the scan
  PRIMARY KEY (repository, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE places (
  repository INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,            -- "where" of the report
  path TEXT,
  line INTEGER NOT NULL,
  "commit" TEXT,
  author TEXT,
  date TEXT,
  more TEXT NOT NULL,            -- JSON: the rest of the report's location
  PRIMARY KEY (repository, fingerprint, position),
  FOREIGN KEY (repository, fingerprint) REFERENCES findings ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (         -- a key, wherever it stands
  fingerprint TEXT PRIMARY KEY,
  rule TEXT NOT NULL,
  secret TEXT NOT NULL,          -- masked
  detected TEXT NOT NULL,        -- when it was first found
  since_run INTEGER NOT NULL REFERENCES runs,  -- from when it has stood somewhere without a gap
  seen TEXT NOT NULL,            -- when it was last found
  gone TEXT,                     -- since when it stands nowhere
  gone_run INTEGER REFERENCES runs,
  revoked TEXT,                  -- when it was said or seen to be dead, and how that is known
  proof TEXT,
  live TEXT,                     -- what its provider said when it was last asked; NULL: nobody asked
  live_why TEXT,
  live_hosts TEXT,               -- JSON: who was sent the key
  live_at TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX findings_by_key ON findings (fingerprint, gone_run);
