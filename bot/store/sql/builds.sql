-- name: ask(at, token, job, conversation, staff_id, name)^
INSERT INTO builds (at, token, job, conversation, staff_id, name, state)
VALUES (:at, :token, :job, :conversation, :staff_id, :name, 'asked')
RETURNING id;

-- name: settle(state, queue_id, id, token)!
UPDATE builds SET state = :state, queue_id = :queue_id WHERE id = :id AND token = :token AND state = 'asked';

-- name: by_queue(job, queue_id, id, since)^
SELECT name FROM builds
WHERE job = :job AND queue_id = :queue_id AND id <> :id AND at > :since
ORDER BY id DESC LIMIT 1;
