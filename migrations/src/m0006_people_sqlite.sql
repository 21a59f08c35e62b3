-- SQLite takes no constraint off a table, so the table is made anew (https://sqlite.org/lang_altertable.html,
-- section 7).
CREATE TABLE profile_anew (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL,
    kind text NOT NULL CHECK (kind IN ('user', 'api_key', 'system')),
    name text NOT NULL,
    email text,
    role text CHECK (role IN ('owner', 'admin', 'member')),
    password_hash text,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER,
    search text NOT NULL DEFAULT '',
    last_seen_at INTEGER,
    removed_at INTEGER,
    removed_by BLOB,
    CONSTRAINT profile_of_account UNIQUE (account_id, id),
    CONSTRAINT profile_person CHECK ((kind = 'user') = (email IS NOT NULL AND role IS NOT NULL)),
    CONSTRAINT profile_account FOREIGN KEY (account_id) REFERENCES account (id)
) STRICT;
INSERT INTO profile_anew
    (id, account_id, kind, name, email, role, password_hash, created_by, created_at, disabled_at, search)
    SELECT id, account_id, kind, name, email, role, password_hash, created_by, created_at, disabled_at, search
    FROM profile;
DROP TABLE profile;
ALTER TABLE profile_anew RENAME TO profile;
