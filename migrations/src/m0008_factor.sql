-- The secret is nowhere: it is derived from the pepper and this salt. It counts from `factor_since` on; until
-- then somebody is still setting it up. `factor_step` is the last time step whose code was taken.
ALTER TABLE profile ADD COLUMN factor_salt {bytes};
ALTER TABLE profile ADD COLUMN factor_since {instant};
ALTER TABLE profile ADD COLUMN factor_step {instant};
-- When the session last gave a code.
ALTER TABLE session ADD COLUMN confirmed_at {instant};

-- For who has lost what makes their codes: each good once, kept as a digest.
CREATE TABLE recovery_code (
    account_id {id} NOT NULL,
    profile_id {id} NOT NULL,
    digest {bytes} NOT NULL,
    used_at {instant},
    CONSTRAINT recovery_code_once PRIMARY KEY (profile_id, digest),
    CONSTRAINT recovery_code_person FOREIGN KEY (account_id, profile_id) REFERENCES profile (account_id, id)
) {strict};
