-- name: meet(kind, name, title, now)^
-- The row is ours until the end of the transaction: nobody else judges the same thing meanwhile.
INSERT INTO watched (kind, name, title, at) VALUES (:kind, :name, :title, :now)
ON CONFLICT (kind, name) DO UPDATE SET title = excluded.title
RETURNING *;

-- name: watched(kind, name)^
SELECT * FROM watched WHERE kind = :kind AND name = :name;

-- name: all_watched()
SELECT DISTINCT kind, title FROM watched ORDER BY title, kind DESC;

-- name: judged(kind, name, health, mark, began_at, incident, now)!
UPDATE watched SET health = :health, mark = :mark, began_at = :began_at, incident = :incident, at = :now
WHERE kind = :kind AND name = :name;

-- name: watch(kind, name, title, now, look_at)!
INSERT INTO watched (kind, name, title, at, look_at) VALUES (:kind, :name, :title, :now, :look_at)
ON CONFLICT (kind, name) DO UPDATE SET
    look_at = CASE WHEN watched.look_at < excluded.look_at THEN watched.look_at ELSE excluded.look_at END;

-- name: take_watched(now, lease, at_most)
UPDATE watched SET look_at = :lease
WHERE look_at <= :now AND (kind, name) IN (
    SELECT kind, name FROM watched WHERE look_at <= :now ORDER BY look_at LIMIT :at_most)
RETURNING *;

-- name: take_job(name, now, lease)^
UPDATE watched SET look_at = :lease WHERE kind = 'job' AND name = :name AND look_at <= :now RETURNING *;

-- name: compared(kind, name, lease, look_at)!
-- A hint that came meanwhile stays due.
UPDATE watched SET look_at = :look_at WHERE kind = :kind AND name = :name AND look_at >= :lease;

-- name: open_incident(token, kind, name, title, about, url, at, mark, now)^
INSERT INTO incidents (token, kind, name, title, about, url, opened_at, first, last, failures, look_at)
VALUES (:token, :kind, :name, :title, :about, :url, :at, :mark, :mark, 1, :now)
RETURNING *;

-- name: reopen(id, mark, url, now)!
UPDATE incidents SET closed_at = NULL, last = :mark, url = :url, failures = failures + 1, look_at = :now,
    told = CASE WHEN told = 'fixed' THEN '' ELSE told END
WHERE id = :id;

-- name: again(id, mark, url, now)!
UPDATE incidents SET last = :mark, url = :url, failures = failures + 1, look_at = :now WHERE id = :id;

-- name: fixed(id, mark, url, at, now)!
UPDATE incidents SET last = :mark, url = :url, closed_at = :at, look_at = :now WHERE id = :id;

-- name: note(incident, at, what, mark, url, who)!
INSERT INTO incident_events (incident, number, at, what, mark, url, who)
SELECT :incident, COALESCE(MAX(number), 0) + 1, :at, :what, :mark, :url, :who
FROM incident_events WHERE incident = :incident;

-- name: changes(kind, name, at_most)
-- Every incident was opened, so that as many incidents are enough: some jobs have thousands.
SELECT at FROM incident_events
WHERE what IN ('opened', 'fixed') AND incident IN (
    SELECT id FROM incidents WHERE kind = :kind AND name = :name ORDER BY id DESC LIMIT :at_most)
ORDER BY at DESC LIMIT :at_most;

-- name: take_due(owner, now, lease, at_most)
UPDATE incidents SET held_by = :owner, held_until = :lease, look_at = :lease
WHERE look_at <= :now AND held_until <= :now AND id IN (
    SELECT id FROM incidents WHERE look_at <= :now AND held_until <= :now ORDER BY look_at LIMIT :at_most)
RETURNING *;

-- name: keeps(id, owner, now)^
SELECT id FROM incidents WHERE id = :id AND held_by = :owner AND held_until > :now;

-- name: tended(id, owner, lease, look_at)!
-- What happened meanwhile stays due.
UPDATE incidents SET held_by = '', held_until = 0,
    look_at = CASE WHEN look_at < :lease THEN look_at ELSE :look_at END
WHERE id = :id AND held_by = :owner;

-- name: soon_of(kind, title, now)!
UPDATE incidents SET look_at = :now
WHERE kind = :kind AND title = :title AND (closed_at IS NULL OR told IN ('failing', 'flapping'));

-- name: begin_card(id, upto, owner, now)!
UPDATE incidents SET card = '', card_url = '', card_begun = :upto
WHERE id = :id AND held_by = :owner AND held_until > :now;

-- name: has_card(id, card, card_url)!
UPDATE incidents SET card = :card, card_url = :card_url WHERE id = :id;

-- name: carded(incident, upto, now)!
UPDATE incident_events SET carded_at = :now
WHERE incident = :incident AND number <= :upto AND carded_at IS NULL;

-- name: told(id, told, now)!
UPDATE incidents SET told = :told, told_at = :now WHERE id = :id;

-- name: acknowledge(id, ack_by, now)!
UPDATE incidents SET ack_by = :ack_by, look_at = :now WHERE id = :id AND closed_at IS NULL;

-- name: close(id, now)!
UPDATE incidents SET closed_at = :now, look_at = :now WHERE id = :id AND closed_at IS NULL;

-- name: get(id)^
SELECT * FROM incidents WHERE id = :id;

-- name: open(at_most)
SELECT * FROM incidents WHERE closed_at IS NULL ORDER BY opened_at, id LIMIT :at_most;

-- name: open_count()^
SELECT COUNT(*) AS n FROM incidents WHERE closed_at IS NULL;

-- name: events(incident)
SELECT * FROM incident_events WHERE incident = :incident ORDER BY number;

-- name: pending(incident)
SELECT * FROM incident_events WHERE incident = :incident AND carded_at IS NULL ORDER BY number;

-- name: shown(incident, newest)
SELECT * FROM incident_events WHERE incident = :incident AND number IN (
    SELECT 1 UNION ALL SELECT number FROM (
        SELECT number FROM incident_events WHERE incident = :incident ORDER BY number DESC LIMIT :newest) AS lately)
ORDER BY number;

-- name: forget_events(at, at_most)!
DELETE FROM incident_events WHERE incident IN (
    SELECT id FROM incidents WHERE closed_at < :at AND look_at IS NULL ORDER BY id LIMIT :at_most);

-- name: forget(at, at_most)!
DELETE FROM incidents WHERE id IN (
    SELECT id FROM incidents WHERE closed_at < :at AND look_at IS NULL ORDER BY id LIMIT :at_most);

-- name: forget_watched(at, at_most)!
DELETE FROM watched WHERE look_at IS NULL AND health = 'healthy' AND (kind, name) IN (
    SELECT kind, name FROM watched WHERE look_at IS NULL AND health = 'healthy' AND at < :at LIMIT :at_most);
