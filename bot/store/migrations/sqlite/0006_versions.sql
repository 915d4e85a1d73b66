-- Versions: what a pipeline or a build made, or is about to make, of a service. `place` and `number` are the
-- pipeline or build; `build` is ours, where somebody asked for it here.
CREATE TABLE versions (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        BIGINT NOT NULL,
    service   TEXT NOT NULL,
    place     TEXT NOT NULL,
    number    BIGINT,
    build     BIGINT,
    state     TEXT NOT NULL,
    ref       TEXT NOT NULL DEFAULT '',
    sha       TEXT NOT NULL DEFAULT '',
    who       TEXT NOT NULL DEFAULT '',
    url       TEXT NOT NULL DEFAULT '',
    path      TEXT NOT NULL DEFAULT '',
    artifacts TEXT NOT NULL DEFAULT '[]',
    ended_at  BIGINT,
    pinned_by TEXT NOT NULL DEFAULT ''
);
-- Deployments: each deploy that succeeded, the newest last; `deployed` has the last one of each place.
CREATE TABLE deployments (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    at          BIGINT NOT NULL,
    service     TEXT NOT NULL,
    environment TEXT NOT NULL,
    version     TEXT NOT NULL,
    build       BIGINT NOT NULL,
    name        TEXT NOT NULL
);
