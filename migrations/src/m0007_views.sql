-- Keys that deserve a look are counted with every page of their list, so each count has an index.
CREATE INDEX api_key_by_end ON api_key (account_id, state, expires_at, id) WHERE revoked_at IS NULL;
CREATE INDEX api_key_by_breadth ON api_key (account_id, all_workspaces) WHERE revoked_at IS NULL;
CREATE INDEX api_key_with_everything ON api_key (account_id) WHERE revoked_at IS NULL AND permissions = '*';
CREATE INDEX api_key_token_by_end ON api_key_token (account_id, retired_at) WHERE retired_at IS NOT NULL;
