-- name: claim(id, owner, at, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until)^
INSERT INTO deliveries
    (id, owner, claimed_at, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until)
VALUES (:id, :owner, :at, :conversation, :staff_id, :chat_user_id, :name, :text, :reply_url, :reply_until)
ON CONFLICT (id) DO NOTHING
RETURNING owner;

-- name: finish(id, owner, at)!
UPDATE deliveries SET finished_at = :at WHERE id = :id AND owner = :owner AND finished_at IS NULL;

-- name: take_over(owner, at, before)^
-- The oldest delivery that nobody finished; whoever began it can no longer finish it.
UPDATE deliveries SET owner = :owner, claimed_at = :at
WHERE finished_at IS NULL AND claimed_at < :before AND id = (
    SELECT id FROM deliveries WHERE finished_at IS NULL AND claimed_at < :before ORDER BY claimed_at LIMIT 1)
RETURNING id, conversation, staff_id, chat_user_id, name, text, reply_url, reply_until;

-- name: forget_before(at)!
DELETE FROM deliveries WHERE claimed_at < :at;
