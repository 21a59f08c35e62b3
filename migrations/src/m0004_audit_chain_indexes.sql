-- Once the events are where they belong.
DROP TABLE audit_event;
ALTER TABLE audit_event_chained RENAME TO audit_event;
CREATE INDEX audit_event_by_id ON audit_event (account_id, id);
CREATE INDEX audit_event_by_entry ON audit_event (account_id, leads, id);
CREATE INDEX audit_event_by_target ON audit_event (account_id, target, id);
CREATE INDEX audit_event_by_batch ON audit_event (account_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX audit_event_by_actor ON audit_event (account_id, actor_id, id);
CREATE INDEX audit_event_by_action ON audit_event (account_id, action, id);
