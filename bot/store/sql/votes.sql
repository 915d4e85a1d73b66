-- name: ask(at, repo, number, kind, sha, staff_id, name)^
INSERT INTO votes (at, repo, number, kind, sha, staff_id, name, state)
VALUES (:at, :repo, :number, :kind, :sha, :staff_id, :name, 'asked')
RETURNING id;

-- name: settle(id, state)!
UPDATE votes SET state = :state WHERE id = :id AND state = 'asked';

-- name: latest(repo, number, kind)^
SELECT sha, staff_id, name FROM votes
WHERE repo = :repo AND number = :number AND kind = :kind AND state <> 'refused'
ORDER BY id DESC LIMIT 1;
