//! Every setting, read once: flags over environment over `keyrack.toml`. A value that makes no
//! sense, or a name that nobody knows, stops the start with one line that says which and why.

mod public_url;
mod source;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

pub use public_url::PublicUrl;
use source::Value;
pub use source::{Flags, Sources};

/// What this process runs with.
#[derive(Clone, Debug)]
pub struct Config {
    pub listen: SocketAddr,
    pub public_url: PublicUrl,
    pub data_dir: PathBuf,
    /// A secret, because the URL of a PostgreSQL holds its password.
    pub database_url: SecretString,
    pub pepper: Option<SecretString>,
    pub trusted_proxies: Vec<IpNet>,
    /// Directives of `tracing_subscriber::EnvFilter`: `info`, `warn,keyring=debug`.
    pub log: String,
    pub log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// The one line that says which setting is wrong and why. It repeats the value only where the
/// value is no secret.
#[derive(Debug, PartialEq, Eq)]
pub struct BadConfig(String);

impl fmt::Display for BadConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadConfig {}

impl BadConfig {
    fn new(source: &str, reason: impl fmt::Display) -> Self {
        Self(format!("{source}: {reason}"))
    }
}

impl Config {
    /// Reads the process's environment and the file beside it.
    pub fn load(flags: Flags) -> Result<Self, BadConfig> {
        Self::from_sources(&Sources::read(flags)?)
    }

    /// The same from given sources, for tests.
    pub fn from_sources(sources: &Sources) -> Result<Self, BadConfig> {
        let listen = match sources.get("listen") {
            Some(value) => value.parse("is not an address like 127.0.0.1:3000")?,
            None => SocketAddr::from(([127, 0, 0, 1], 3000)),
        };
        let public_url = match sources.get("public_url") {
            Some(value) => PublicUrl::parse(&value.text)
                .map_err(|reason| BadConfig::new(&value.source, reason))?,
            None => PublicUrl::of_listener(listen),
        };
        let data_dir = sources
            .get("data_dir")
            .map_or_else(|| PathBuf::from("./data"), |value| value.text.into());
        let log = sources
            .get("log")
            .map(|value| check_log(&value).map(|()| value.text))
            .transpose()?;
        Ok(Self {
            listen,
            public_url,
            database_url: database_url(sources.get("database_url"))?,
            data_dir,
            pepper: sources.get("pepper").map(|value| value.text.into()),
            trusted_proxies: trusted_proxies(sources.get("trusted_proxies"))?,
            log: log.unwrap_or_else(|| "info".to_owned()),
            log_format: log_format(sources.get("log_format"))?,
        })
    }

    /// What [`keyring::Keyring::open`] takes.
    pub fn keyring_options(&self, entropy: keyring::Entropy) -> keyring::Options {
        keyring::Options {
            database_url: self.database_url.expose_secret().to_owned(),
            data_dir: self.data_dir.clone(),
            pepper: self.pepper.clone(),
            token_prefix: keyring::TokenPrefix::default(),
            clock: keyring::Clock::System,
            entropy,
        }
    }
}

/// `sqlite:` alone is the file in the data directory.
fn database_url(value: Option<Value>) -> Result<SecretString, BadConfig> {
    match value {
        None => Ok("sqlite:".into()),
        Some(value)
            if ["sqlite:", "postgres://", "postgresql://"]
                .iter()
                .any(|scheme| value.text.starts_with(scheme)) =>
        {
            Ok(value.text.into())
        }
        Some(value) => Err(BadConfig::new(
            &value.source,
            "use sqlite:, sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE",
        )),
    }
}

fn trusted_proxies(value: Option<Value>) -> Result<Vec<IpNet>, BadConfig> {
    let Some(value) = value else {
        return Ok(Vec::new());
    };
    let network = |text: &str| {
        text.parse()
            .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
            .map_err(|_| {
                BadConfig::new(
                    &value.source,
                    format!("{text:?} is not a network like 10.0.0.0/8"),
                )
            })
    };
    value
        .text
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(network)
        .collect()
}

fn check_log(value: &Value) -> Result<(), BadConfig> {
    tracing_subscriber::EnvFilter::try_new(&value.text)
        .map(drop)
        .map_err(|_| {
            BadConfig::new(
                &value.source,
                format!("{:?} is not a level like info, or target=level", value.text),
            )
        })
}

fn log_format(value: Option<Value>) -> Result<LogFormat, BadConfig> {
    match value {
        None => Ok(LogFormat::Text),
        Some(value) => match value.text.as_str() {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(BadConfig::new(
                &value.source,
                format!("{other:?} is neither text nor json"),
            )),
        },
    }
}

#[cfg(test)]
mod tests;
