-- Counts that wait are of keys that lie beside each other. Those that waited before may be of any.
CREATE TABLE usage_pending_by_key (
    id {id} NOT NULL PRIMARY KEY,
    first_key {id} NOT NULL,
    last_key {id} NOT NULL,
    counts {bytes} NOT NULL
) {strict};
INSERT INTO usage_pending_by_key SELECT id, {nil}, {last}, counts FROM usage_pending;
DROP TABLE usage_pending;
ALTER TABLE usage_pending_by_key RENAME TO usage_pending;
CREATE INDEX usage_pending_by_key ON usage_pending (first_key, id, last_key);
