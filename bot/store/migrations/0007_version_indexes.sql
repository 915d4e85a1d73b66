CREATE UNIQUE INDEX versions_made ON versions (service, place, number);
CREATE INDEX versions_service ON versions (service, id);
CREATE INDEX versions_good ON versions (service, id) WHERE state = 'success';
CREATE INDEX versions_build ON versions (build);
CREATE INDEX versions_open ON versions (place) WHERE number IS NULL;
CREATE INDEX deployments_place ON deployments (service, environment, id);
INSERT INTO deployments (at, service, environment, version, build, name)
SELECT at, service, environment, version, build, name FROM deployed ORDER BY at;
CREATE INDEX versions_place ON versions (place, number);
CREATE INDEX versions_unfinished ON versions (place, id)
    WHERE number IS NOT NULL AND state NOT IN ('success', 'failed', 'canceled');
