-- Append-only.
CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;
CREATE TRIGGER audit_event_kept BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_refuse();
CREATE TRIGGER audit_event_whole BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse();
CREATE FUNCTION audit_head_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the head of the audit log moves onward only';
END
$$;
CREATE TRIGGER audit_head_onward BEFORE UPDATE ON audit_head FOR EACH ROW
    WHEN (new.account_id <> old.account_id OR new.sequence <= old.sequence)
    EXECUTE FUNCTION audit_head_refuse();
CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head
    FOR EACH ROW EXECUTE FUNCTION audit_head_refuse();
CREATE TRIGGER audit_head_whole BEFORE TRUNCATE ON audit_head
    FOR EACH STATEMENT EXECUTE FUNCTION audit_head_refuse();
