-- name: claim(id, owner, conversation, at)^
INSERT INTO deliveries (id, owner, conversation, claimed_at)
VALUES (:id, :owner, :conversation, :at)
ON CONFLICT (id) DO NOTHING
RETURNING owner;

-- name: finish(at, id, owner)!
UPDATE deliveries SET finished_at = :at WHERE id = :id AND owner = :owner AND finished_at IS NULL;

-- name: forget_before(at)!
DELETE FROM deliveries WHERE claimed_at < :at;
