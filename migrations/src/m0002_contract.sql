-- What a search for people looks through, in lower case, as `api_key.search` is.
ALTER TABLE profile ADD COLUMN search text NOT NULL DEFAULT '';
UPDATE profile SET search = lower(name || {newline} || coalesce(email, ''));

-- Events of one changeset share its id, by which it can be reverted.
ALTER TABLE audit_event ADD COLUMN batch_id {id};
CREATE INDEX audit_event_by_batch ON audit_event (account_id, batch_id, id) WHERE batch_id IS NOT NULL;
CREATE INDEX audit_event_by_actor ON audit_event (account_id, actor_id, id);
CREATE INDEX audit_event_by_action ON audit_event (account_id, action, id);

CREATE INDEX idempotency_record_secret ON idempotency_record (created_at) WHERE secret IS NOT NULL;

CREATE INDEX workspace_member_by_workspace ON workspace_member (workspace_id, id);
CREATE INDEX api_key_by_state ON api_key (account_id, state, id) WHERE revoked_at IS NULL;
