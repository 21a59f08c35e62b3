ALTER TABLE profile DROP CONSTRAINT profile_email;
ALTER TABLE profile ADD COLUMN last_seen_at bigint;
ALTER TABLE profile ADD COLUMN removed_at bigint;
ALTER TABLE profile ADD COLUMN removed_by uuid;
