-- A link that lets somebody in whose profile is there already: its secret as a digest, one link a person.
CREATE TABLE invitation (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    digest {bytes} NOT NULL,
    created_by {id} NOT NULL,
    created_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    CONSTRAINT invitation_digest UNIQUE (digest),
    CONSTRAINT invitation_once UNIQUE (profile_id),
    CONSTRAINT invitation_profile FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id),
    CONSTRAINT invitation_creator FOREIGN KEY (account_id, created_by) REFERENCES profile (account_id, id)
) {strict};

-- Who was removed stays, for what names them; their address is free again. Accounts know nothing of each
-- other's people, so an address is unique within one.
CREATE UNIQUE INDEX profile_email ON profile (account_id, email) WHERE removed_at IS NULL;
CREATE INDEX profile_by_email ON profile (email) WHERE removed_at IS NULL;
UPDATE profile SET last_seen_at = (SELECT max(last_seen_at) FROM session WHERE session.profile_id = profile.id)
    WHERE kind = 'user';
