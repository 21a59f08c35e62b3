-- Ids are UUIDv7. Every row but those of `setting` belongs to one account, and the composite
-- foreign keys keep a row of one account from pointing into another.

CREATE TABLE account (
    id {id} NOT NULL PRIMARY KEY,
    name text NOT NULL,
    description text,
    domain text,
    billing_email text,
    created_at {instant} NOT NULL
) {strict};

-- A principal: a person, a key, or the system.
CREATE TABLE profile (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    kind text NOT NULL CHECK (kind IN ('user', 'api_key', 'system')),
    name text NOT NULL,
    -- The three of a person.
    email text,
    role text CHECK (role IN ('owner', 'admin', 'member')),
    password_hash text,
    created_by {id} NOT NULL,
    created_at {instant} NOT NULL,
    disabled_at {instant},
    CONSTRAINT profile_of_account UNIQUE (account_id, id),
    CONSTRAINT profile_email UNIQUE (email),
    CONSTRAINT profile_person CHECK ((kind = 'user') = (email IS NOT NULL AND role IS NOT NULL)),
    CONSTRAINT profile_account FOREIGN KEY (account_id) REFERENCES account (id)
) {strict};

CREATE TABLE session (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    digest {bytes} NOT NULL,
    created_at {instant} NOT NULL,
    last_seen_at {instant} NOT NULL,
    expires_at {instant} NOT NULL,
    address text,
    user_agent text,
    CONSTRAINT session_digest UNIQUE (digest),
    CONSTRAINT session_profile FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id)
) {strict};
CREATE INDEX session_by_profile ON session (profile_id);
CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE workspace (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    name text NOT NULL,
    description text,
    external_id text,
    labels {json} NOT NULL,
    status text NOT NULL CHECK (status IN ('enabled', 'disabled', 'archived')),
    created_by {id} NOT NULL,
    created_at {instant} NOT NULL,
    CONSTRAINT workspace_of_account UNIQUE (account_id, id),
    CONSTRAINT workspace_creator FOREIGN KEY (account_id, created_by) REFERENCES profile (account_id, id)
) {strict};
CREATE UNIQUE INDEX workspace_external_id ON workspace (account_id, external_id);
CREATE INDEX workspace_by_status ON workspace (account_id, status, id);

CREATE TABLE workspace_member (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    added_by {id} NOT NULL,
    added_at {instant} NOT NULL,
    CONSTRAINT workspace_member_once UNIQUE (workspace_id, profile_id),
    CONSTRAINT workspace_member_workspace FOREIGN KEY (account_id, workspace_id) REFERENCES workspace (account_id, id),
    CONSTRAINT workspace_member_profile FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id)
) {strict};
CREATE INDEX workspace_member_by_profile ON workspace_member (profile_id);

-- `search` holds what a search looks through, in lower case. A revoked key stays as a tombstone.
CREATE TABLE api_key (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    name text NOT NULL,
    description text,
    external_id text,
    labels {json} NOT NULL,
    permissions text NOT NULL,
    system {bool} NOT NULL,
    all_workspaces {bool} NOT NULL,
    state text NOT NULL CHECK (state IN ('enabled', 'disabled')),
    search text NOT NULL,
    created_by {id} NOT NULL,
    owner_id {id} NOT NULL,
    created_at {instant} NOT NULL,
    expires_at {instant},
    revoked_at {instant},
    revoked_by {id},
    CONSTRAINT api_key_of_account UNIQUE (account_id, id),
    CONSTRAINT api_key_profile FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id),
    CONSTRAINT api_key_creator FOREIGN KEY (account_id, created_by) REFERENCES profile (account_id, id),
    CONSTRAINT api_key_owner FOREIGN KEY (account_id, owner_id) REFERENCES profile (account_id, id)
) {strict};
CREATE UNIQUE INDEX api_key_external_id ON api_key (account_id, external_id) WHERE revoked_at IS NULL;
CREATE UNIQUE INDEX api_key_system ON api_key (account_id) WHERE system;
CREATE INDEX api_key_by_id ON api_key (account_id, id) WHERE revoked_at IS NULL;
CREATE INDEX api_key_by_owner ON api_key (account_id, owner_id, id) WHERE revoked_at IS NULL;

-- A token that has no `retired_at` is good; one that has is good until then.
CREATE TABLE api_key_token (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    digest {bytes} NOT NULL,
    pepper_id text NOT NULL,
    hint text NOT NULL,
    created_by {id} NOT NULL,
    created_at {instant} NOT NULL,
    retired_at {instant},
    CONSTRAINT api_key_token_digest UNIQUE (digest),
    CONSTRAINT api_key_token_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};
CREATE UNIQUE INDEX api_key_token_current ON api_key_token (api_key_id) WHERE retired_at IS NULL;
CREATE INDEX api_key_token_by_key ON api_key_token (api_key_id, id);

CREATE TABLE api_key_workspace (
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    granted_by {id} NOT NULL,
    granted_at {instant} NOT NULL,
    CONSTRAINT api_key_workspace_once PRIMARY KEY (api_key_id, workspace_id),
    CONSTRAINT api_key_workspace_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id),
    CONSTRAINT api_key_workspace_workspace FOREIGN KEY (account_id, workspace_id) REFERENCES workspace (account_id, id)
) {strict};
CREATE INDEX api_key_workspace_by_workspace ON api_key_workspace (workspace_id, api_key_id);

CREATE TABLE audit_event (
    id {id} NOT NULL PRIMARY KEY,
    account_id {id} NOT NULL,
    created_at {instant} NOT NULL,
    actor_id {id} NOT NULL,
    actor_name text NOT NULL,
    entrance text NOT NULL CHECK (entrance IN ('session', 'key', 'command_line')),
    action text NOT NULL,
    target text NOT NULL,
    target_name text NOT NULL,
    details {json} NOT NULL,
    request_id text,
    address text,
    CONSTRAINT audit_event_account FOREIGN KEY (account_id) REFERENCES account (id)
) {strict};
CREATE INDEX audit_event_by_id ON audit_event (account_id, id);
CREATE INDEX audit_event_by_target ON audit_event (account_id, target, id);

CREATE TABLE idempotency_record (
    account_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    key_digest {bytes} NOT NULL,
    body_digest {bytes} NOT NULL,
    status {count},
    answer {bytes},
    secret {bytes},
    created_at {instant} NOT NULL,
    CONSTRAINT idempotency_record_once PRIMARY KEY (profile_id, key_digest),
    CONSTRAINT idempotency_record_profile FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id)
) {strict};
CREATE INDEX idempotency_record_by_age ON idempotency_record (created_at);

-- Calls in one hour by one token, in one workspace; `workspace_id` is the token's own id where a
-- call named none, because a primary key holds no NULL.
CREATE TABLE usage_bucket (
    account_id {id} NOT NULL,
    api_key_id {id} NOT NULL,
    token_id {id} NOT NULL,
    workspace_id {id} NOT NULL,
    hour {instant} NOT NULL,
    calls {count} NOT NULL,
    denials {count} NOT NULL,
    CONSTRAINT usage_bucket_once PRIMARY KEY (api_key_id, hour, token_id, workspace_id),
    CONSTRAINT usage_bucket_key FOREIGN KEY (account_id, api_key_id) REFERENCES api_key (account_id, id)
) {strict};

-- `scope` is an account's id, or `installation`.
CREATE TABLE setting (
    scope text NOT NULL,
    name text NOT NULL,
    value {json} NOT NULL,
    updated_at {instant} NOT NULL,
    CONSTRAINT setting_once PRIMARY KEY (scope, name)
) {strict};
