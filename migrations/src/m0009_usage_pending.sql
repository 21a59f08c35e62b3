-- Counts that wait to be added to the others, when one transaction cannot take all of them: a row for each
-- part of the keys and each time of writing, of all accounts.
CREATE TABLE usage_pending (
    id {id} NOT NULL PRIMARY KEY,
    part {count} NOT NULL,
    counts {bytes} NOT NULL
) {strict};

CREATE INDEX usage_pending_by_part ON usage_pending (part);
