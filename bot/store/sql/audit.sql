-- name: record(at, delivery, conversation, staff_id, name, typed, command, outcome, detail)!
INSERT INTO audit (at, delivery, conversation, staff_id, name, typed, command, outcome, detail)
VALUES (:at, :delivery, :conversation, :staff_id, :name, :typed, :command, :outcome, :detail);

-- name: of_delivery(delivery)
SELECT staff_id, typed, command, outcome, detail FROM audit WHERE delivery = :delivery ORDER BY id;
