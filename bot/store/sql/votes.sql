-- name: ask(at, repo, number, kind, sha, staff_id, name, delivery)^
INSERT INTO votes (at, repo, number, kind, sha, staff_id, name, state, delivery)
VALUES (:at, :repo, :number, :kind, :sha, :staff_id, :name, 'asked', :delivery)
RETURNING id;

-- name: settle(id, state)!
UPDATE votes SET state = :state WHERE id = :id AND state = 'asked';

-- name: standing(repo, number, kind)
-- The last vote that counted, and whatever was asked after it and never settled: that may bind, but not free.
SELECT sha, staff_id, name FROM votes
WHERE repo = :repo AND number = :number AND kind = :kind AND state <> 'refused' AND id >= COALESCE(
    (SELECT MAX(id) FROM votes WHERE repo = :repo AND number = :number AND kind = :kind AND state = 'counted'), 0)
ORDER BY id;
