//! The domain: one function per use case. Authorisation, transaction and audit live here and
//! nowhere else. Knows nothing of HTTP.
//!
//! A use case takes the [`Keyring`] and the [`Caller`], checks what the caller may, and does its
//! work through [`Keyring::write`], which opens the transaction, looks the caller up again inside
//! it, and commits. `store` holds the queries, `entity` the tables as SeaORM sees them.
//!
//! - [`setup`], [`accounts`], [`sessions`], [`factor`], [`people`], [`profiles`], [`callers`]: who is who
//! - [`workspaces`], [`members`], [`keys`], [`grants`], [`access`], [`audit`]: what it is all about
//! - [`news`]: what happens to what somebody looks at; [`palette`]: what is found by a part of its name
//! - [`views`]: what people often ask of the list of keys
//! - [`usage`]: what keys are used for
//! - [`settings`]: what an account decides for itself
//! - [`idempotency`]: requests that may be sent again
//! - [`verification`]: whether a token is good; `verdict` decides, for REST as well; `cache` remembers
//!   what it decides by
//! - `token`, `pepper`, `passphrase`, `by_hand`, `throttle`: secrets
//! - `database`, `data_dir`, `clock`: the outside world

use std::path::PathBuf;
use std::sync::Arc;

use contract::{Catalogue, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

pub mod access;
pub mod accounts;
pub mod audit;
mod by_hand;
mod cache;
mod caller;
pub mod callers;
mod clock;
mod cursor;
mod data_dir;
mod database;
pub mod demo;
mod entity;
mod error;
pub mod factor;
pub mod grants;
pub mod idempotency;
pub mod keys;
pub mod members;
pub mod news;
pub mod palette;
mod passphrase;
pub mod people;
mod pepper;
pub mod profiles;
pub mod sessions;
pub mod settings;
pub mod setup;
mod store;
#[cfg(test)]
mod tests;
mod throttle;
mod token;
mod unit;
pub mod usage;
mod verdict;
pub mod verification;
pub mod views;
pub mod workspaces;

pub use caller::{Caller, Origin, Reach, RequestId};
pub use clock::{Clock, Entropy};
pub use database::OpenError;
pub use error::{Error, Result};
pub use token::{PlainToken, TokenPrefix};

use audit::{Looked, Refusals};
use clock::Ids;
use database::Database;
use passphrase::Passphrases;
use pepper::{Digest, Pepper, Purpose};
use throttle::Throttle;
use token::WellFormed;
use usage::Counts;

/// How a Keyring is opened.
pub struct Options {
    /// `sqlite:` for the file in the data directory, `sqlite:PATH` with the path as it is, without
    /// escapes, or `postgres://…`
    pub database_url: String,
    /// Holds the SQLite file, its lock and the pepper. Made with mode 0700.
    pub data_dir: PathBuf,
    /// Instead of the one in the data directory.
    pub pepper: Option<SecretString>,
    pub token_prefix: TokenPrefix,
    pub clock: Clock,
    pub entropy: Entropy,
}

/// Where the database keeps the id of its pepper.
const PEPPER_SETTING: &str = "pepper_id";

/// Everything a use case needs. Cloning it is cheap; all clones are the same Keyring.
#[derive(Clone)]
pub struct Keyring(Arc<Inner>);

struct Inner {
    database: Database,
    clock: Clock,
    entropy: Entropy,
    ids: Ids,
    pepper: Pepper,
    token_prefix: TokenPrefix,
    catalogue: Catalogue,
    passphrases: Passphrases,
    throttle: Throttle,
    counts: Counts,
    grants: access::Remembered,
    rows: access::RememberedRows,
    whole: access::RememberedWhole,
    lately_used: access::LatelyUsed,
    seats: news::Seats,
    presence: access::Presence,
    refusals: Refusals,
    looked: Looked,
}

impl Keyring {
    /// Opens the data directory and the database; does not migrate.
    pub async fn open(options: Options) -> Result<Self, OpenError> {
        let unusable = |cause| OpenError::DataDir {
            path: options.data_dir.clone(),
            cause,
        };
        data_dir::make_private(&options.data_dir).map_err(unusable)?;
        let database = Database::open(&options.database_url, &options.data_dir).await?;
        let pepper = match &options.pepper {
            Some(given) => Pepper::given(given)?,
            None => Pepper::load_or_generate(&options.data_dir, &options.entropy)?,
        };
        Ok(Self(Arc::new(Inner {
            database,
            clock: options.clock,
            passphrases: Passphrases::new(&options.entropy),
            entropy: options.entropy,
            ids: Ids::default(),
            pepper,
            token_prefix: options.token_prefix,
            catalogue: Catalogue::default(),
            throttle: Throttle::default(),
            counts: Counts::default(),
            grants: access::Remembered::default(),
            rows: access::RememberedRows::default(),
            whole: access::RememberedWhole::default(),
            lately_used: access::LatelyUsed::default(),
            seats: news::Seats::default(),
            presence: access::Presence::default(),
            refusals: Refusals::default(),
            looked: Looked::default(),
        })))
    }

    /// Brings the schema up to date, and makes sure that this database and this pepper belong
    /// together: under another one no token, session or code would be recognised any more.
    pub async fn migrate(&self) -> Result<()> {
        self.0.database.migrate().await?;
        self.transaction(|txn| async move {
            let id = serde_json::Value::from(self.0.pepper.id());
            match store::settings::get(&*txn, PEPPER_SETTING).await? {
                Some(known) if known == id => Ok(()),
                Some(_) => Err(Error::precondition(
                    "This database belongs to another pepper. Bring back the file `pepper` of its data directory, or set KEYRACK_PEPPER to what it was.",
                )),
                None => store::settings::put(&*txn, PEPPER_SETTING, id, self.clock().now()).await,
            }
        })
        .await
    }

    /// Whether the database answers.
    pub async fn ready(&self) -> Result<()> {
        self.0.database.ping().await
    }

    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// What is stored instead of a token.
    pub(crate) fn token_digest(&self, token: WellFormed<'_>) -> Digest {
        self.0
            .pepper
            .digest(Purpose::Token, token.expose().as_bytes())
    }

    /// A new id of that instant.
    pub(crate) fn new_id(&self, now: Timestamp) -> Uuid {
        self.0.ids.next(now, &self.0.entropy)
    }

    /// The permissions that may be written into a key.
    pub fn catalogue(&self) -> &Catalogue {
        &self.0.catalogue
    }
}
