-- Labels are filtered by containment; searches look for any part of a text. Without the extension
-- (it comes with PostgreSQL, but not everybody may create it) a search reads every key instead.
CREATE INDEX api_key_by_label ON api_key USING gin (labels jsonb_path_ops) WHERE revoked_at IS NULL;
CREATE INDEX workspace_by_label ON workspace USING gin (labels jsonb_path_ops);
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX api_key_by_search ON api_key USING gin (search gin_trgm_ops) WHERE revoked_at IS NULL;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
    RAISE NOTICE 'pg_trgm cannot be created; searches will read every key';
END
$$;
