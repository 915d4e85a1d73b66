CREATE INDEX incidents_due ON incidents (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX incidents_open ON incidents (opened_at) WHERE closed_at IS NULL;
CREATE INDEX incidents_of ON incidents (kind, name, id);
CREATE INDEX incidents_closed ON incidents (closed_at) WHERE closed_at IS NOT NULL;

-- Events: the history of an incident, numbered from 1; carded_at is NULL until its card tells of it.
CREATE TABLE incident_events (
    incident  BIGINT NOT NULL,
    number    BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    what      TEXT NOT NULL,
    mark      BIGINT,
    url       TEXT NOT NULL DEFAULT '',
    who       TEXT NOT NULL DEFAULT '',
    carded_at BIGINT,
    PRIMARY KEY (incident, number)
);
CREATE INDEX incident_events_pending ON incident_events (incident, number) WHERE carded_at IS NULL;

-- Watched: each job and alert that was ever told of, and what was last known of it. A build's number, or when
-- an alert began, is its mark: it decides what is news. look_at is when to compare a job with its server next.
CREATE TABLE watched (
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    title    TEXT NOT NULL,
    health   TEXT NOT NULL DEFAULT 'healthy',
    mark     BIGINT NOT NULL DEFAULT 0,
    began_at BIGINT NOT NULL DEFAULT 0,
    incident BIGINT,
    at       BIGINT NOT NULL,
    look_at  BIGINT,
    PRIMARY KEY (kind, name)
);
CREATE INDEX watched_due ON watched (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX watched_at ON watched (at) WHERE look_at IS NULL;

-- Chores: what is done once in a while, and when it was last begun.
CREATE TABLE chores (
    name TEXT PRIMARY KEY,
    at   BIGINT NOT NULL
);
