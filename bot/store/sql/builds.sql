-- name: ask(at, token, kind, job, parameters, service, environment, version, repo, pull, sha, delivery, conversation, staff_id, name, reply_url, reply_until, marked, look_at)^
INSERT INTO builds (at, token, kind, job, parameters, service, environment, version, repo, pull, sha,
    delivery, conversation, staff_id, name, reply_url, reply_until, marked, since, look_at, state)
VALUES (:at, :token, :kind, :job, :parameters, :service, :environment, :version, :repo, :pull, :sha,
    :delivery, :conversation, :staff_id, :name, :reply_url, :reply_until, :marked, :at, :look_at, 'asked')
RETURNING *;

-- name: wait(id, look_at)!
UPDATE builds SET state = 'waiting', look_at = :look_at WHERE id = :id AND state = 'asked';

-- name: take_slot(slot, build)^
INSERT INTO slots (slot, build) VALUES (:slot, :build) ON CONFLICT (slot) DO NOTHING RETURNING build;

-- name: free_slot(build)!
DELETE FROM slots WHERE build = :build;

-- name: holder(slot)^
SELECT builds.* FROM builds JOIN slots ON slots.build = builds.id WHERE slots.slot = :slot;

-- name: before_in_turn(service, environment, id)^
SELECT * FROM builds
WHERE service = :service AND environment = :environment AND state = 'waiting' AND id < :id
    AND look_at IS NOT NULL
ORDER BY id LIMIT 1;

-- name: wake(service, environment, now)!
UPDATE builds SET look_at = :now
WHERE service = :service AND environment = :environment AND state = 'waiting' AND look_at IS NOT NULL;

-- name: change(id, was, state, now, look_at, queue_id, number, url, why, began_at, ended_at, took, usual, gone_since, late_told, joined)!
UPDATE builds SET
    state = :state,
    look_at = :look_at,
    since = CASE WHEN state = :state THEN since ELSE :now END,
    looks = CASE WHEN state = :state THEN looks + 1 ELSE 0 END,
    queue_id = COALESCE(:queue_id, queue_id),
    number = COALESCE(:number, number),
    url = CASE WHEN :url = '' THEN url ELSE :url END,
    why = :why,
    began_at = COALESCE(:began_at, began_at),
    ended_at = :ended_at,
    took = COALESCE(:took, took),
    usual = COALESCE(:usual, usual),
    gone_since = :gone_since,
    silent_since = NULL,
    late_told = CASE WHEN :late_told = 1 THEN 1 ELSE late_told END,
    joined = COALESCE(:joined, joined)
WHERE id = :id AND state = :was;

-- name: silent(id, look_at, since)!
UPDATE builds SET look_at = :look_at, looks = looks + 1, silent_since = :since
WHERE id = :id AND look_at IS NOT NULL;

-- name: soon(id, now)!
UPDATE builds SET look_at = :now, looks = 0 WHERE id = :id AND look_at IS NOT NULL;

-- name: take_due(now, lease, at_most)
UPDATE builds SET look_at = :lease
WHERE look_at <= :now AND id IN (
    SELECT id FROM builds WHERE look_at <= :now ORDER BY look_at LIMIT :at_most)
RETURNING *;

-- name: hinted(token, job, queue_id, number, now)
UPDATE builds SET look_at = :now
WHERE look_at IS NOT NULL AND state NOT IN ('waiting', 'recording') AND id IN (
    SELECT id FROM builds WHERE job = :job AND queue_id = :queue_id
    UNION
    SELECT id FROM builds WHERE job = :job AND number = :number
    UNION
    SELECT id FROM builds WHERE look_at IS NOT NULL AND token = :token AND token <> '')
RETURNING *;

-- name: get(id)^
SELECT * FROM builds WHERE id = :id;

-- name: by_queue(job, queue_id, conversation, id, since)^
SELECT * FROM builds
WHERE job = :job AND queue_id = :queue_id AND id <> :id AND at > :since AND look_at IS NOT NULL
ORDER BY CASE WHEN conversation = :conversation THEN 0 ELSE 1 END, id LIMIT 1;

-- name: of_delivery(delivery)
SELECT * FROM builds WHERE delivery = :delivery ORDER BY id;

-- name: open(at_most)
SELECT * FROM builds WHERE look_at IS NOT NULL ORDER BY id DESC LIMIT :at_most;

-- name: open_count()^
SELECT COUNT(*) AS n FROM builds WHERE look_at IS NOT NULL;

-- name: of_service(service, at_most)
SELECT * FROM builds WHERE service = :service ORDER BY id DESC LIMIT :at_most;

-- name: last_of(staff_id, conversation)^
SELECT * FROM builds WHERE staff_id = :staff_id AND conversation = :conversation ORDER BY id DESC LIMIT 1;

-- name: deployed(service, environment, build, version, name, at)!
INSERT INTO deployed (service, environment, build, version, name, at)
VALUES (:service, :environment, :build, :version, :name, :at)
ON CONFLICT (service, environment) DO UPDATE SET
    build = excluded.build, version = excluded.version, name = excluded.name, at = excluded.at;

-- name: all_deployed()
SELECT service, environment, build, version, name, at FROM deployed ORDER BY service, environment;

-- name: version_follows(build, state, number, url, ended_at)!
-- The version that a build makes is as far as the build. The number that the server gave us is the true one,
-- whichever pipeline has said that it was ours; unless that one has made a version of its own by now.
UPDATE versions SET
    state = :state,
    number = CASE WHEN EXISTS (
        SELECT 1 FROM versions AS other WHERE other.service = versions.service
            AND other.place = versions.place AND other.number = :number) THEN number
        ELSE COALESCE(:number, number) END,
    url = CASE WHEN :url = '' THEN url ELSE :url END,
    ended_at = :ended_at
WHERE build = :build AND state <> 'success';

-- name: deployed_once(service, environment, build, version, name, at)!
INSERT INTO deployments (service, environment, build, version, name, at)
VALUES (:service, :environment, :build, :version, :name, :at);
