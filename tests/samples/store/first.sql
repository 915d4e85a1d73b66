-- Deliveries: one row for each message that was taken on, so that it is taken on once.
CREATE TABLE deliveries (
    id           TEXT PRIMARY KEY,
    owner        TEXT NOT NULL,
    conversation TEXT NOT NULL,
    claimed_at   BIGINT NOT NULL,
    finished_at  BIGINT
);
CREATE INDEX deliveries_claimed_at ON deliveries (claimed_at);

-- Audit: append-only. Who asked for what, what was decided, what came of it.
CREATE TABLE audit (
    id           INTEGER PRIMARY KEY,
    at           BIGINT NOT NULL,
    delivery     TEXT NOT NULL,
    conversation TEXT NOT NULL,
    staff_id     TEXT NOT NULL,
    name         TEXT NOT NULL,
    typed        TEXT NOT NULL,
    command      TEXT NOT NULL,
    outcome      TEXT NOT NULL,
    detail       TEXT NOT NULL
);
CREATE INDEX audit_at ON audit (at);

-- Votes: who vouched, through Sampan, for which commit of a pull request. The row is there before the
-- request goes out; one that the host refused does not count.
CREATE TABLE votes (
    id       INTEGER PRIMARY KEY,
    at       BIGINT NOT NULL,
    repo     TEXT NOT NULL,
    number   INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    sha      TEXT NOT NULL,
    staff_id TEXT NOT NULL,
    name     TEXT NOT NULL,
    state    TEXT NOT NULL
);
CREATE INDEX votes_pull ON votes (repo, number, kind, id);

-- Builds: what was asked of the build server. The row is there before the request goes out.
CREATE TABLE builds (
    id           INTEGER PRIMARY KEY,
    at           BIGINT NOT NULL,
    token        TEXT NOT NULL,
    job          TEXT NOT NULL,
    conversation TEXT NOT NULL,
    staff_id     TEXT NOT NULL,
    name         TEXT NOT NULL,
    state        TEXT NOT NULL,
    queue_id     INTEGER
);
CREATE INDEX builds_queue ON builds (job, queue_id);

-- What it held: a command that was obeyed, one that was interrupted, and the build of a deploy.
INSERT INTO audit VALUES (1, 7, 'd1', 'room', 'lead', 'Lin', '/deploy hello', 'deploy', 'done', '');
INSERT INTO builds VALUES (1, 7, '00ff', 'hello-deploy', 'room', 'lead', 'Lin', 'queued', 3);
INSERT INTO deliveries (id, owner, conversation, claimed_at, finished_at)
VALUES ('d1', 'me', 'room', 7, 8), ('d2', 'me', 'room', 7, NULL);
PRAGMA user_version = 1;
