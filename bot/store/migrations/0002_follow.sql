-- Deliveries keep what it takes to tell the room when nobody finished them; of those from before nobody can.
-- Made anew: the first files differ in their columns. The defaults let the version before work on.
ALTER TABLE deliveries RENAME TO deliveries_before;
DROP INDEX IF EXISTS deliveries_unfinished;
DROP INDEX deliveries_claimed_at;
CREATE TABLE deliveries (
    id           TEXT PRIMARY KEY,
    owner        TEXT NOT NULL,
    claimed_at   BIGINT NOT NULL,
    finished_at  BIGINT,
    conversation TEXT NOT NULL,
    staff_id     TEXT NOT NULL DEFAULT '',
    chat_user_id TEXT NOT NULL DEFAULT '',
    name         TEXT NOT NULL DEFAULT '',
    text         TEXT NOT NULL DEFAULT '',
    reply_url    TEXT NOT NULL DEFAULT '',
    reply_until  BIGINT NOT NULL DEFAULT 0
);
INSERT INTO deliveries (id, owner, claimed_at, finished_at, conversation)
SELECT id, owner, claimed_at, COALESCE(finished_at, claimed_at), conversation FROM deliveries_before;
DROP TABLE deliveries_before;
CREATE INDEX deliveries_unfinished ON deliveries (claimed_at) WHERE finished_at IS NULL;
CREATE INDEX deliveries_claimed_at ON deliveries (claimed_at);
CREATE INDEX deliveries_user ON deliveries (chat_user_id, claimed_at);

-- Builds are followed to their end: what was asked for, where it is to be told, and how far it is.
-- look_at is when to look next, and NULL once it is over.
ALTER TABLE builds ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN kind TEXT NOT NULL DEFAULT 'build';
ALTER TABLE builds ADD COLUMN service TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN environment TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN repo TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN pull BIGINT;
ALTER TABLE builds ADD COLUMN sha TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN parameters TEXT NOT NULL DEFAULT '{}';
ALTER TABLE builds ADD COLUMN marked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN reply_url TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN reply_until BIGINT NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN number BIGINT;
ALTER TABLE builds ADD COLUMN url TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN why TEXT NOT NULL DEFAULT '';
ALTER TABLE builds ADD COLUMN began_at BIGINT;
ALTER TABLE builds ADD COLUMN ended_at BIGINT;
ALTER TABLE builds ADD COLUMN took BIGINT;
ALTER TABLE builds ADD COLUMN usual BIGINT;
ALTER TABLE builds ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN look_at BIGINT;
ALTER TABLE builds ADD COLUMN looks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN late_told BIGINT NOT NULL DEFAULT 0;
ALTER TABLE builds ADD COLUMN silent_since BIGINT;
ALTER TABLE builds ADD COLUMN gone_since BIGINT;
ALTER TABLE builds ADD COLUMN joined BIGINT;
CREATE INDEX builds_due ON builds (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX builds_service ON builds (service, id);
CREATE INDEX builds_staff ON builds (staff_id, id);
CREATE INDEX builds_number ON builds (job, number);
CREATE INDEX builds_delivery ON builds (delivery);
CREATE INDEX builds_token ON builds (token);
CREATE INDEX builds_open ON builds (id) WHERE look_at IS NOT NULL;
CREATE INDEX builds_waiting ON builds (service, environment, id) WHERE state = 'waiting';
-- What was asked of a build server before this migration is not looked for again.
UPDATE builds SET state = 'lost' WHERE state NOT IN ('refused');

-- Slots: one running deploy for each service and environment; the build that has it.
CREATE TABLE slots (
    slot  TEXT PRIMARY KEY,
    build BIGINT NOT NULL
);
CREATE INDEX slots_build ON slots (build);

-- Deployed: what was last deployed where, by builds that succeeded.
CREATE TABLE deployed (
    service     TEXT NOT NULL,
    environment TEXT NOT NULL,
    build       BIGINT NOT NULL,
    version     TEXT NOT NULL,
    name        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (service, environment)
);

-- Outbox: what is to be said to a room; due_at is NULL once it was said or given up.
-- `about` names what it is about, so that nothing is said twice.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY,
    about        TEXT NOT NULL UNIQUE,
    at           BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    reply_url    TEXT NOT NULL,
    reply_until  BIGINT NOT NULL,
    post         TEXT NOT NULL,
    due_at       BIGINT,
    owner        TEXT NOT NULL DEFAULT '',
    tries        BIGINT NOT NULL DEFAULT 0,
    robot        TEXT NOT NULL DEFAULT '',
    sent_at      BIGINT
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_sent ON outbox (robot, sent_at);
CREATE INDEX outbox_room ON outbox (conversation, at) WHERE due_at IS NOT NULL;

-- Robots that the platform has sent to rest for a while.
CREATE TABLE robots (
    robot        TEXT PRIMARY KEY,
    paused_until BIGINT NOT NULL
);

-- Locks: what nobody may touch for a while: an environment, a service, a pull request, or everything.
CREATE TABLE locks (
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    reason   TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    who      TEXT NOT NULL,
    at       BIGINT NOT NULL,
    until    BIGINT,
    PRIMARY KEY (kind, name)
);

-- Confirmations: what was shown and waits for a yes; single use.
CREATE TABLE confirmations (
    code         TEXT PRIMARY KEY,
    at           BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    conversation TEXT NOT NULL,
    staff_id     TEXT NOT NULL,
    who          TEXT NOT NULL,
    second       BIGINT NOT NULL,
    plan         TEXT NOT NULL,
    used_at      BIGINT
);

ALTER TABLE votes ADD COLUMN delivery TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN service TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN calls TEXT NOT NULL DEFAULT '[]';
CREATE INDEX IF NOT EXISTS audit_delivery ON audit (delivery);
CREATE INDEX audit_staff ON audit (staff_id, at);
CREATE INDEX audit_name ON audit (name, at);
CREATE INDEX audit_command ON audit (command, at);
CREATE INDEX audit_service ON audit (service, at);
