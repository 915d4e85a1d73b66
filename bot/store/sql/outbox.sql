-- name: add(id, about, at, conversation, reply_url, reply_until, post, due_at, tries)!
INSERT INTO outbox (id, about, at, conversation, reply_url, reply_until, post, due_at, tries)
VALUES (:id, :about, :at, :conversation, :reply_url, :reply_until, :post, :due_at, :tries)
ON CONFLICT (about) DO NOTHING;

-- name: rooms_due(now, at_most)
SELECT conversation FROM outbox WHERE due_at <= :now GROUP BY conversation ORDER BY MIN(due_at) LIMIT :at_most;

-- name: take(conversation, owner, now, lease, at_most)
UPDATE outbox SET owner = :owner, due_at = :lease, tries = tries + 1
WHERE due_at <= :now AND id IN (
    SELECT id FROM outbox WHERE conversation = :conversation AND due_at <= :now ORDER BY at, id LIMIT :at_most)
RETURNING *;

-- name: sent(id, owner, robot, now)!
UPDATE outbox SET due_at = NULL, sent_at = :now, robot = :robot WHERE id = :id AND owner = :owner;

-- name: later(id, owner, due_at, tries)!
UPDATE outbox SET due_at = :due_at, tries = :tries WHERE id = :id AND owner = :owner AND due_at IS NOT NULL;

-- name: give_up(id, owner)!
UPDATE outbox SET due_at = NULL WHERE id = :id AND owner = :owner AND sent_at IS NULL;

-- name: said_lately(robot, since)^
SELECT COUNT(DISTINCT owner) AS n FROM outbox WHERE robot = :robot AND sent_at > :since;

-- name: waiting()^
SELECT COUNT(*) AS n FROM outbox WHERE due_at IS NOT NULL;

-- name: pause(robot, until)!
INSERT INTO robots (robot, paused_until) VALUES (:robot, :until)
ON CONFLICT (robot) DO UPDATE SET paused_until = excluded.paused_until;

-- name: paused_until(robot)^
SELECT paused_until FROM robots WHERE robot = :robot;

-- name: forget_before(at, at_most)!
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE due_at IS NULL AND at < :at ORDER BY at LIMIT :at_most);
