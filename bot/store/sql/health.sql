-- name: figures(now)^
-- Over the partial indexes alone: what is over does not count, however much there is of it.
SELECT
    (SELECT COUNT(*) FROM applied_migrations) AS applied,
    (SELECT COUNT(*) FROM builds WHERE look_at IS NOT NULL) AS open,
    (SELECT COUNT(*) FROM outbox WHERE due_at IS NOT NULL) AS waiting,
    (SELECT MIN(look_at) FROM builds WHERE look_at IS NOT NULL) AS look_at,
    (SELECT MIN(due_at) FROM outbox WHERE due_at IS NOT NULL) AS due_at,
    (SELECT MIN(look_at) FROM incidents WHERE look_at IS NOT NULL) AS tend_at,
    (SELECT MIN(look_at) FROM watched WHERE look_at IS NOT NULL) AS compare_at,
    (SELECT MAX(paused_until) FROM robots WHERE paused_until > :now) AS paused_until;

-- name: oldest_open()^
SELECT id, at FROM builds WHERE look_at IS NOT NULL ORDER BY id LIMIT 1;

-- name: broken()^
SELECT
    (SELECT COUNT(*) FROM watched WHERE kind = 'job') AS jobs,
    (SELECT COUNT(*) FROM incidents WHERE closed_at IS NULL) AS open,
    (SELECT COUNT(*) FROM incidents WHERE closed_at IS NULL AND card = '') AS cardless,
    (SELECT MIN(opened_at) FROM incidents WHERE closed_at IS NULL AND card = '') AS cardless_since;
