-- A token that is being retired may end before its time, when it was not used for so many milliseconds,
-- counted from when that was asked for.
ALTER TABLE api_key_token ADD COLUMN quiet_for {count};
ALTER TABLE api_key_token ADD COLUMN quiet_from {instant};
CREATE INDEX api_key_token_quiet ON api_key_token (retired_at) WHERE quiet_for IS NOT NULL;

-- Who stopped a key, when and why. Keys that were disabled before tell it in their history alone.
ALTER TABLE api_key ADD COLUMN disabled_at {instant};
ALTER TABLE api_key ADD COLUMN disabled_by {id};
ALTER TABLE api_key ADD COLUMN disabled_reason text;
ALTER TABLE api_key ADD COLUMN revoked_reason text;
CREATE INDEX api_key_revoked ON api_key (account_id, id) WHERE revoked_at IS NOT NULL;

-- Where the calls of an hour came from, by token as well; the nil id for those that were counted before.
CREATE TABLE usage_source_by_token (
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    hour {instant} NOT NULL,
    token_id {id} NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL,
    calls {count} NOT NULL,
    last_at {instant} NOT NULL,
    CONSTRAINT usage_source_by_token_once PRIMARY KEY (api_key_id, hour, token_id, address, user_agent),
    CONSTRAINT usage_source_by_token_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};
INSERT INTO usage_source_by_token
    SELECT account_id, api_key_id, hour, {nil}, address, user_agent, calls, last_at FROM usage_source;
DROP TABLE usage_source;
ALTER TABLE usage_source_by_token RENAME TO usage_source;
CREATE INDEX usage_source_by_hour ON usage_source (hour);
