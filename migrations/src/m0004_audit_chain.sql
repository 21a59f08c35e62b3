-- The audit log, chained. `sequence` counts the events of an account. `leads` is set for the event that
-- stands for its batch in lists that show a batch as one entry: the last; and for those without a batch.
CREATE TABLE audit_event_chained (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    sequence {count} NOT NULL,
    created_at {instant} NOT NULL,
    actor_id {id} NOT NULL,
    actor_name text NOT NULL,
    entrance text NOT NULL CHECK (entrance IN ('session', 'key', 'command_line', 'sign_in', 'system')),
    action text NOT NULL,
    target text NOT NULL,
    target_name text NOT NULL,
    details {json} NOT NULL,
    request_id text,
    address text,
    batch_id {id},
    leads {bool} NOT NULL,
    previous_hash {bytes} NOT NULL,
    hash {bytes} NOT NULL,
    CONSTRAINT audit_event_sequence UNIQUE (account_id, sequence),
    CONSTRAINT audit_event_account FOREIGN KEY (account_id) REFERENCES account (id)
) {strict};

-- The last event of each account. Whoever writes an event changes this row, so events come one after
-- the other, and a trail that ends too early is found.
CREATE TABLE audit_head (
    account_id {id} NOT NULL PRIMARY KEY,
    sequence {count} NOT NULL,
    event_id {id} NOT NULL,
    hash {bytes} NOT NULL,
    CONSTRAINT audit_head_account FOREIGN KEY (account_id) REFERENCES account (id)
) {strict};
