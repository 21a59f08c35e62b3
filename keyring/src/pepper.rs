//! The pepper: the key under which tokens, session secrets and codes are digested, kept outside
//! the database, so that a copy of the database alone can neither authenticate nor confirm a
//! guess.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest as _, Sha256};

use crate::clock::Entropy;
use crate::data_dir;

/// HMAC-SHA256 under the pepper: what is stored instead of a secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Digest(pub(crate) [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// What a digest is for; a digest of one purpose never matches one of another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    Token,
    Session,
    SetupCode,
    Invitation,
    Cursor,
    IdempotencyKey,
    IdempotentRequest,
    /// The key under which a token is encrypted that may be replayed.
    ReplayedToken,
    /// The secret of a second factor, which is stored nowhere.
    SecondFactor,
    RecoveryCode,
}

pub(crate) struct Pepper {
    /// HMAC with its key set up, which is half the work of a digest. It is wiped when dropped.
    keyed: Hmac<Sha256>,
    id: String,
}

/// 256 bits, as text: what the generated file holds.
const GENERATED_LENGTH: usize = 64;
const SHORTEST: usize = 32;

impl Pepper {
    /// A pepper from the environment: at least 32 characters.
    pub(crate) fn given(text: &SecretString) -> Result<Self, PepperError> {
        let text = text.expose_secret().trim();
        if text.len() < SHORTEST {
            return Err(PepperError::TooShort);
        }
        let id = Sha256::digest([b"keyrack pepper id:", text.as_bytes()].concat());
        Ok(Self {
            keyed: Hmac::new_from_slice(text.as_bytes()).expect("HMAC takes a key of any length"),
            id: hex(&id[..4]),
        })
    }

    /// The pepper of a data directory; made there, readable by its owner only, the first time.
    pub(crate) fn load_or_generate(dir: &Path, entropy: &Entropy) -> Result<Self, PepperError> {
        let path = dir.join(data_dir::PEPPER);
        match fs::read_to_string(&path) {
            Ok(text) => Self::given(&SecretString::from(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = hex(&entropy.bytes::<{ GENERATED_LENGTH / 2 }>());
                write_private(&path, &text)?;
                Self::given(&SecretString::from(text))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Names this pepper beside each digest, so that it can be rotated.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn digest(&self, purpose: Purpose, secret: &[u8]) -> Digest {
        let mut mac = self.keyed.clone();
        // The bare token is digested, as the published form has it; other purposes are set apart
        // by a byte that no token contains.
        if !matches!(purpose, Purpose::Token) {
            mac.update(format!("{purpose:?}\0").as_bytes());
        }
        mac.update(secret);
        Digest(mac.finalize().into_bytes().into())
    }
}

#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    #[error("the pepper is too short: give at least {SHORTEST} characters")]
    TooShort,
    #[error("the pepper cannot be read or written: {0}")]
    File(#[from] io::Error),
}

/// Whole or not at all: a file that a crash left empty would be taken for a pepper.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let draft = path.with_extension("new");
    let mut file = data_dir::private_file()
        .create(true)
        .truncate(true)
        .open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    path.parent()
        .map_or(Ok(()), |dir| fs::File::open(dir)?.sync_all())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generated_pepper_is_kept_and_private() {
        let dir = tempfile::tempdir().unwrap();
        let first = Pepper::load_or_generate(dir.path(), &Entropy::System).unwrap();
        let second = Pepper::load_or_generate(dir.path(), &Entropy::System).unwrap();
        assert_eq!(first.id(), second.id());
        assert_eq!(
            first.digest(Purpose::Token, b"x"),
            second.digest(Purpose::Token, b"x")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(data_dir::PEPPER))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_digest_depends_on_pepper_and_purpose() {
        let a = Pepper::given(&"a".repeat(32).into()).unwrap();
        let b = Pepper::given(&"b".repeat(32).into()).unwrap();
        assert_ne!(
            a.digest(Purpose::Token, b"x"),
            b.digest(Purpose::Token, b"x")
        );
        assert_ne!(
            a.digest(Purpose::Token, b"x"),
            a.digest(Purpose::Session, b"x")
        );
        assert_ne!(a.id(), b.id());
        assert!(matches!(
            Pepper::given(&"a".repeat(31).into()),
            Err(PepperError::TooShort)
        ));
    }
}
