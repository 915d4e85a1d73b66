-- name: record(at, delivery, conversation, staff_id, name, typed, command, outcome, detail, service, calls)!
INSERT INTO audit (at, delivery, conversation, staff_id, name, typed, command, outcome, detail, service, calls)
VALUES (:at, :delivery, :conversation, :staff_id, :name, :typed, :command, :outcome, :detail, :service, :calls);

-- name: of_delivery(delivery)
SELECT * FROM audit WHERE delivery = :delivery ORDER BY id;

-- name: newest_of(staff_id, conversation, since)^
SELECT * FROM audit
WHERE staff_id = :staff_id AND at > :since AND conversation = :conversation AND command <> 'retry'
ORDER BY at DESC, id DESC LIMIT 1;

-- name: newest_try_of(staff_id, conversation, since)^
SELECT * FROM audit
WHERE staff_id = :staff_id AND at > :since AND conversation = :conversation AND command NOT IN ('retry', '')
    AND outcome <> 'done'
ORDER BY at DESC, id DESC LIMIT 1;

-- name: refusals(staff_id, command, since)^
SELECT COUNT(*) AS n FROM audit
WHERE staff_id = :staff_id AND command = :command AND outcome = 'refused' AND at > :since;

-- name: first_flooded(chat_user_id, flooded, since)^
SELECT audit.delivery FROM deliveries JOIN audit ON audit.delivery = deliveries.id
WHERE deliveries.chat_user_id = :chat_user_id AND deliveries.claimed_at > :since AND audit.detail = :flooded
ORDER BY audit.id LIMIT 1;

-- name: latest(since, at_most)
-- That a line was begun is told only while nothing came after it.
SELECT * FROM audit
WHERE at >= :since AND NOT (outcome = 'started' AND EXISTS (
    SELECT 1 FROM audit AS after
    WHERE after.delivery = audit.delivery AND after.typed = audit.typed AND after.id > audit.id))
ORDER BY at DESC, id DESC LIMIT :at_most;

-- name: about(word, since, at_most)
-- One index each, and the newest of all four: an OR over them would read them whole. Twice as many of each,
-- as every line that was begun and ended is there twice.
SELECT * FROM audit WHERE id IN (
    SELECT id FROM (SELECT id FROM audit WHERE staff_id = :word AND at >= :since ORDER BY at DESC, id DESC LIMIT 2 * :at_most) AS a
    UNION
    SELECT id FROM (SELECT id FROM audit WHERE name = :word AND at >= :since ORDER BY at DESC, id DESC LIMIT 2 * :at_most) AS b
    UNION
    SELECT id FROM (SELECT id FROM audit WHERE command = :word AND at >= :since ORDER BY at DESC, id DESC LIMIT 2 * :at_most) AS c
    UNION
    SELECT id FROM (SELECT id FROM audit WHERE service = :word AND at >= :since ORDER BY at DESC, id DESC LIMIT 2 * :at_most) AS d
) AND NOT (outcome = 'started' AND EXISTS (
    SELECT 1 FROM audit AS after
    WHERE after.delivery = audit.delivery AND after.typed = audit.typed AND after.id > audit.id))
ORDER BY at DESC, id DESC LIMIT :at_most;

-- name: after(after, since, until, page)
SELECT * FROM audit WHERE id > :after AND at >= :since AND at < :until ORDER BY id LIMIT :page;
