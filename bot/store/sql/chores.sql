-- name: begin(name, now, before)^
INSERT INTO chores (name, at) VALUES (:name, :now)
ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE chores.at <= :before
RETURNING name;
