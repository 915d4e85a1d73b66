-- name: begin(name, now, before)^
INSERT INTO chores (name, at) VALUES (:name, :now)
ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE chores.at <= :before
RETURNING name;

-- name: done(name, at)!
INSERT INTO chores (name, at) VALUES (:name, :at) ON CONFLICT (name) DO UPDATE SET at = excluded.at;

-- name: done_until(name)^
SELECT at FROM chores WHERE name = :name;
