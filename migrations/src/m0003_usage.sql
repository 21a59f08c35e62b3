-- What keys are used for. Nothing was ever kept in the first form of the buckets.
DROP TABLE usage_bucket;

-- Calls of a key in an hour, by token and workspace; the nil id where none was asked about. Hours of
-- days that are over for a while are rolled up into one bucket, that of the day's first hour.
CREATE TABLE usage_bucket (
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    hour {instant} NOT NULL,
    token_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    calls {count} NOT NULL,
    denials {count} NOT NULL,
    -- Of the calls that were not denied.
    last_at {instant},
    CONSTRAINT usage_bucket_once PRIMARY KEY (api_key_id, hour, token_id, workspace_id),
    CONSTRAINT usage_bucket_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};

CREATE INDEX usage_bucket_by_hour ON usage_bucket (hour, api_key_id);

-- The last call with a token that was not denied.
CREATE TABLE token_use (
    token_id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    used_at {instant} NOT NULL,
    workspace_id {id} NOT NULL,
    address text,
    user_agent text,
    CONSTRAINT token_use_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};

CREATE INDEX token_use_by_key ON token_use (api_key_id);

-- Where the calls of an hour came from; empty texts where it is not known.
CREATE TABLE usage_source (
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    hour {instant} NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL,
    calls {count} NOT NULL,
    last_at {instant} NOT NULL,
    CONSTRAINT usage_source_once PRIMARY KEY (api_key_id, hour, address, user_agent),
    CONSTRAINT usage_source_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};

CREATE INDEX usage_source_by_hour ON usage_source (hour);

-- Why calls were denied, by the code of the verdict.
CREATE TABLE usage_denial (
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    hour {instant} NOT NULL,
    code text NOT NULL,
    calls {count} NOT NULL,
    CONSTRAINT usage_denial_once PRIMARY KEY (api_key_id, hour, code),
    CONSTRAINT usage_denial_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};

CREATE INDEX usage_denial_by_hour ON usage_denial (hour);
