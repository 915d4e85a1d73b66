-- name: request(at, service, place, build, ref, who)^
INSERT INTO versions (at, service, place, build, state, ref, who)
VALUES (:at, :service, :place, :build, 'requested', :ref, :who)
RETURNING *;

-- name: register(at, service, place, number, state, ref, sha, who, url, ended_at)^
INSERT INTO versions (at, service, place, number, state, ref, sha, who, url, ended_at)
VALUES (:at, :service, :place, :number, :state, :ref, :sha, :who, :url, :ended_at)
ON CONFLICT (service, place, number) DO UPDATE SET url = excluded.url
RETURNING *;

-- name: of_number(service, place, number)^
SELECT * FROM versions WHERE service = :service AND place = :place AND number = :number;

-- name: claim_number(id, service, place, number)!
-- A pipeline says that it is the one that was asked for; only for one whose pipeline is not known.
UPDATE versions SET number = :number
WHERE id = :id AND service = :service AND place = :place AND number IS NULL AND NOT EXISTS (
    SELECT 1 FROM versions AS other
    WHERE other.service = :service AND other.place = :place AND other.number = :number);

-- name: on_its_way(service, place)^
SELECT id FROM versions
WHERE service = :service AND place = :place AND number IS NULL AND state IN ('requested', 'pending');

-- name: change(id, was, state, ref, sha, who, url, ended_at)!
UPDATE versions SET
    state = :state,
    ref = CASE WHEN :ref = '' THEN ref ELSE :ref END,
    sha = CASE WHEN :sha = '' THEN sha ELSE :sha END,
    who = CASE WHEN who = '' THEN :who ELSE who END,
    url = CASE WHEN :url = '' THEN url ELSE :url END,
    ended_at = :ended_at
WHERE id = :id AND state = :was;

-- name: lies_at(id, path, artifacts)!
UPDATE versions SET path = :path, artifacts = :artifacts WHERE id = :id AND path = '';

-- name: get(id)^
SELECT * FROM versions WHERE id = :id;

-- name: of_build(build)^
SELECT * FROM versions WHERE build = :build;

-- name: of_service(service, at_most)
SELECT * FROM versions WHERE service = :service ORDER BY id DESC LIMIT :at_most;

-- name: good(service, at_most)
SELECT * FROM versions WHERE service = :service AND state = 'success' ORDER BY id DESC LIMIT :at_most;

-- name: good_near(service, id, at_most)
SELECT * FROM versions WHERE service = :service AND state = 'success'
ORDER BY ABS(id - :id), id DESC LIMIT :at_most;

-- name: unfinished(place, at_most)
SELECT * FROM versions
WHERE place = :place AND number IS NOT NULL AND state NOT IN ('success', 'failed', 'canceled')
ORDER BY id DESC LIMIT :at_most;

-- name: pin(id, pinned_by)!
UPDATE versions SET pinned_by = :pinned_by WHERE id = :id;

-- name: deployed(service)
SELECT service, environment, build, version, name, at FROM deployed
WHERE service = :service OR :service = '' ORDER BY service, environment;

-- name: ran_before(service, environment)^
-- What ran before what runs now: the last one that was another version.
SELECT service, environment, build, version, name, at FROM deployments
WHERE service = :service AND environment = :environment AND version <> (
    SELECT version FROM deployed WHERE service = :service AND environment = :environment)
ORDER BY id DESC LIMIT 1;

-- name: services()
SELECT DISTINCT service FROM versions ORDER BY service;

-- name: spare(service, keep, before)
-- Those that the newest so many, the pinned ones, those that may still be under way, and those that are being
-- deployed leave over.
SELECT * FROM versions
WHERE service = :service AND pinned_by = '' AND (state IN ('success', 'failed', 'canceled') OR at < :before)
    AND id NOT IN (
    SELECT id FROM versions WHERE service = :service ORDER BY id DESC LIMIT :keep)
    AND 'v' || id NOT IN (SELECT version FROM builds WHERE service = :service AND look_at IS NOT NULL)
ORDER BY id;

-- name: forget(id)!
DELETE FROM versions WHERE id = :id AND pinned_by = '' AND NOT EXISTS (
    SELECT 1 FROM deployed WHERE deployed.service = versions.service AND deployed.version = 'v' || versions.id)
    AND NOT EXISTS (
    SELECT 1 FROM builds
    WHERE builds.service = versions.service AND builds.version = 'v' || versions.id AND look_at IS NOT NULL);

-- name: of_pipeline(place, number)
-- In one order, as who changes them in one transaction locks them one after the other.
SELECT * FROM versions WHERE place = :place AND number = :number ORDER BY id;
