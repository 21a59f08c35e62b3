-- Keys that deserve a look are counted with every page of their list, so each count has an index.
CREATE INDEX api_key_by_end ON api_key (account_id, state, expires_at, id) WHERE revoked_at IS NULL;
CREATE INDEX api_key_by_breadth ON api_key (account_id, all_workspaces) WHERE revoked_at IS NULL;
CREATE INDEX api_key_with_everything ON api_key (account_id) WHERE revoked_at IS NULL AND permissions = '*';
CREATE INDEX api_key_token_by_end ON api_key_token (account_id, retired_at) WHERE retired_at IS NOT NULL;

-- What a person often asks of the list of keys, under a name of theirs.
CREATE TABLE saved_view (
    account_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    name text NOT NULL,
    query text NOT NULL,
    shows text NOT NULL,
    saved_at {instant} NOT NULL,
    CONSTRAINT saved_view_once PRIMARY KEY (profile_id, name),
    CONSTRAINT saved_view_person FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id)
) {strict};
