-- Every run of three characters of `api_key.search`, for finding any part of it. The numbers stand
-- for the keys because an implicit rowid may change when the file is vacuumed.
CREATE TABLE api_key_number (
    number INTEGER NOT NULL PRIMARY KEY,
    api_key_id BLOB NOT NULL,
    CONSTRAINT api_key_number_once UNIQUE (api_key_id),
    CONSTRAINT api_key_number_key FOREIGN KEY (api_key_id) REFERENCES api_key (id)
) STRICT;
CREATE VIRTUAL TABLE api_key_trigram USING fts5(
    search, content = '', contentless_delete = 1, tokenize = 'trigram case_sensitive 1'
);
INSERT INTO api_key_number (api_key_id) SELECT id FROM api_key ORDER BY id;
INSERT INTO api_key_trigram (rowid, search)
    SELECT number, search FROM api_key_number JOIN api_key ON id = api_key_id WHERE revoked_at IS NULL;
CREATE TRIGGER api_key_numbered AFTER INSERT ON api_key BEGIN
    INSERT INTO api_key_number (api_key_id) VALUES (new.id);
    INSERT INTO api_key_trigram (rowid, search)
        SELECT number, new.search FROM api_key_number WHERE api_key_id = new.id;
END;
CREATE TRIGGER api_key_renamed AFTER UPDATE OF search ON api_key
    WHEN old.search <> new.search AND new.revoked_at IS NULL BEGIN
    UPDATE api_key_trigram SET search = new.search
        WHERE rowid = (SELECT number FROM api_key_number WHERE api_key_id = new.id);
END;
-- A revoked key is found by no search.
CREATE TRIGGER api_key_ended AFTER UPDATE OF revoked_at ON api_key WHEN new.revoked_at IS NOT NULL BEGIN
    DELETE FROM api_key_trigram
        WHERE rowid = (SELECT number FROM api_key_number WHERE api_key_id = new.id);
END;
