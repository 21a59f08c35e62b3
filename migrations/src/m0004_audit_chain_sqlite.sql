-- Append-only. `INSERT OR REPLACE` deletes without asking the trigger for it, so inserting asks as well.
CREATE TRIGGER audit_event_unchanged BEFORE UPDATE ON audit_event BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_event_kept BEFORE DELETE ON audit_event BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_event_new BEFORE INSERT ON audit_event
    WHEN EXISTS (SELECT 1 FROM audit_event WHERE id = new.id)
        OR EXISTS (SELECT 1 FROM audit_event WHERE account_id = new.account_id AND sequence = new.sequence) BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
CREATE TRIGGER audit_head_onward BEFORE UPDATE ON audit_head
    WHEN new.account_id <> old.account_id OR new.sequence <= old.sequence BEGIN
    SELECT RAISE(ABORT, 'the head of the audit log moves onward only');
END;
CREATE TRIGGER audit_head_kept BEFORE DELETE ON audit_head BEGIN
    SELECT RAISE(ABORT, 'the head of the audit log moves onward only');
END;
