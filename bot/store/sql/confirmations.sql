-- name: ask(code, at, expires_at, conversation, staff_id, who, second, plan)!
INSERT INTO confirmations (code, at, expires_at, conversation, staff_id, who, second, plan)
VALUES (:code, :at, :expires_at, :conversation, :staff_id, :who, :second, :plan);

-- name: look(code, conversation, now)^
SELECT * FROM confirmations
WHERE code = :code AND conversation = :conversation AND used_at IS NULL AND expires_at > :now;

-- name: use(code, now)!
UPDATE confirmations SET used_at = :now WHERE code = :code AND used_at IS NULL AND expires_at > :now;

-- name: forget_before(at)!
DELETE FROM confirmations WHERE expires_at < :at;
