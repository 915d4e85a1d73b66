-- name: claim(id, owner, at, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until, since)^
-- With it, how many of the same person came since: asked for each message, so not in a query of its own.
INSERT INTO deliveries
    (id, owner, claimed_at, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until)
VALUES (:id, :owner, :at, :conversation, :staff_id, :chat_user_id, :name, :text, :reply_url, :reply_until)
ON CONFLICT (id) DO NOTHING
RETURNING owner, (
    SELECT COUNT(*) FROM deliveries AS others
    WHERE others.chat_user_id = :chat_user_id AND others.claimed_at > :since AND others.id <> :id) AS lately;

-- name: note(id, at)^
INSERT INTO deliveries (id, owner, claimed_at, finished_at, conversation)
VALUES (:id, '', :at, :at, '')
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: finish(id, owner, at)!
UPDATE deliveries SET finished_at = :at WHERE id = :id AND owner = :owner AND finished_at IS NULL;

-- name: take_over(owner, at, before)^
-- The oldest delivery that nobody finished; whoever began it can no longer finish it.
UPDATE deliveries SET owner = :owner, claimed_at = :at
WHERE finished_at IS NULL AND claimed_at < :before AND id = (
    SELECT id FROM deliveries WHERE finished_at IS NULL AND claimed_at < :before ORDER BY claimed_at LIMIT 1)
RETURNING id, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until;

-- name: lately(since, of_one)^
-- Comments below a pull request have no reply address: no robot answers them.
SELECT COALESCE(SUM(CASE WHEN n > :of_one THEN :of_one ELSE n END), 0) AS n FROM (
    SELECT COUNT(*) AS n FROM deliveries WHERE claimed_at > :since AND reply_url <> '' GROUP BY chat_user_id) AS people;

-- name: forget_before(at, at_most)!
DELETE FROM deliveries WHERE id IN (
    SELECT id FROM deliveries WHERE claimed_at < :at AND finished_at IS NOT NULL ORDER BY claimed_at LIMIT :at_most);
