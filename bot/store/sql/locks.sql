-- name: close(kind, name, reason, staff_id, who, at, until)!
INSERT INTO locks (kind, name, reason, staff_id, who, at, until)
VALUES (:kind, :name, :reason, :staff_id, :who, :at, :until)
ON CONFLICT (kind, name) DO UPDATE SET
    reason = excluded.reason, staff_id = excluded.staff_id, who = excluded.who,
    at = excluded.at, until = excluded.until
WHERE locks.until IS NOT NULL AND locks.until <= excluded.at;

-- name: open(kind, name, now)!
DELETE FROM locks WHERE kind = :kind AND name = :name AND (until IS NULL OR until > :now);

-- name: on(kind, name, now)^
SELECT * FROM locks WHERE kind = :kind AND name = :name AND (until IS NULL OR until > :now);

-- name: all_of(now)
SELECT * FROM locks WHERE until IS NULL OR until > :now ORDER BY at, kind, name;
