-- Incidents: one for each time that something broke, with its card. look_at is when to work on it next, and
-- NULL when there is nothing to do; it is one worker's until held_until.
CREATE TABLE incidents (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    token      TEXT NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    title      TEXT NOT NULL,
    about      TEXT NOT NULL DEFAULT '{}',
    url        TEXT NOT NULL,
    opened_at  BIGINT NOT NULL,
    closed_at  BIGINT,
    first      BIGINT NOT NULL,
    last       BIGINT NOT NULL,
    failures   BIGINT NOT NULL,
    ack_by     TEXT NOT NULL DEFAULT '',
    card       TEXT NOT NULL DEFAULT '',
    card_url   TEXT NOT NULL DEFAULT '',
    card_begun BIGINT NOT NULL DEFAULT 0,
    told       TEXT NOT NULL DEFAULT '',
    told_at    BIGINT NOT NULL DEFAULT 0,
    look_at    BIGINT,
    held_by    TEXT NOT NULL DEFAULT '',
    held_until BIGINT NOT NULL DEFAULT 0
);
