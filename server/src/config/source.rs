//! Where a setting comes from. Every value keeps the name of its source, so that a refusal points
//! at the place to mend.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::BadConfig;

/// The settings, as the file spells them. The environment has them in upper case behind
/// `KEYRACK_`, flags with hyphens.
const NAMES: [&str; 8] = [
    "listen",
    "public_url",
    "data_dir",
    "database_url",
    "pepper",
    "trusted_proxies",
    "log",
    "log_format",
];

const FILE: &str = "keyrack.toml";

/// The settings that may be given as flags. The pepper is none of them: other users of the
/// machine can read a command line.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Settings (flags over environment over keyrack.toml)")]
pub struct Flags {
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        help = "Read settings from this file instead of ./keyrack.toml"
    )]
    pub config: Option<PathBuf>,
    #[arg(long, global = true, value_name = "ADDRESS", help = help::LISTEN)]
    pub listen: Option<String>,
    #[arg(long, global = true, value_name = "URL", help = help::PUBLIC_URL)]
    pub public_url: Option<String>,
    #[arg(long, global = true, value_name = "DIR", help = help::DATA_DIR)]
    pub data_dir: Option<String>,
    #[arg(long, global = true, value_name = "URL", help = help::DATABASE_URL)]
    pub database_url: Option<String>,
    #[arg(long, global = true, value_name = "CIDRS", help = help::TRUSTED_PROXIES)]
    pub trusted_proxies: Option<String>,
    #[arg(long, global = true, value_name = "FILTER", help = help::LOG)]
    pub log: Option<String>,
    #[arg(long, global = true, value_name = "FORMAT", help = help::LOG_FORMAT)]
    pub log_format: Option<String>,
}

/// What `--help` says of each setting.
mod help {
    pub(super) const LISTEN: &str =
        "Address to listen on [env: KEYRACK_LISTEN] [default: 127.0.0.1:3000]";
    pub(super) const PUBLIC_URL: &str = "The address people open; its scheme and host decide \
        cookies and Origin checks [env: KEYRACK_PUBLIC_URL] [default: http:// + listen]";
    pub(super) const DATA_DIR: &str = "Directory of the SQLite file, the pepper and the lock, made \
        with mode 0700 [env: KEYRACK_DATA_DIR] [default: ./data]";
    pub(super) const DATABASE_URL: &str = "sqlite:PATH, with the path as it is, or postgres://… \
        [env: KEYRACK_DATABASE_URL] [default: an SQLite file in the data directory]";
    pub(super) const TRUSTED_PROXIES: &str = "Networks whose X-Forwarded-For is believed, \
        separated by commas [env: KEYRACK_TRUSTED_PROXIES] [default: none]";
    pub(super) const LOG: &str = "What is logged: error, warn, info, debug, trace, or \
        target=level [env: KEYRACK_LOG] [default: info]";
    pub(super) const LOG_FORMAT: &str = "text or json [env: KEYRACK_LOG_FORMAT] [default: text]";
}

impl Flags {
    fn get(&self, name: &str) -> Option<&String> {
        match name {
            "listen" => self.listen.as_ref(),
            "public_url" => self.public_url.as_ref(),
            "data_dir" => self.data_dir.as_ref(),
            "database_url" => self.database_url.as_ref(),
            "trusted_proxies" => self.trusted_proxies.as_ref(),
            "log" => self.log.as_ref(),
            "log_format" => self.log_format.as_ref(),
            _ => None,
        }
    }
}

/// One value and where it was found.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) source: String,
}

impl Value {
    pub(super) fn parse<T: FromStr>(&self, complaint: &str) -> Result<T, BadConfig> {
        self.text
            .parse()
            .map_err(|_| BadConfig::new(&self.source, format!("{:?} {complaint}", self.text)))
    }
}

/// All three places, with unknown names already refused.
pub struct Sources {
    flags: Flags,
    environment: BTreeMap<String, String>,
    file: BTreeMap<String, String>,
    file_name: String,
}

/// A pepper may be among the values.
impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sources(…)")
    }
}

impl Sources {
    pub(super) fn read(flags: Flags) -> Result<Self, BadConfig> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with("KEYRACK_"))
            .map(|(name, value)| match value.into_string() {
                Ok(value) => Ok((name, value)),
                Err(_) => Err(BadConfig::new(&name, "is not UTF-8")),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let (path, required) = match &flags.config {
            Some(path) => (path.clone(), true),
            None => (PathBuf::from(FILE), false),
        };
        let text = read_file(&path, required)?;
        Self::new(flags, environment, &path.display().to_string(), &text)
    }

    /// From given texts. `file_name` is only for the messages.
    pub fn new(
        flags: Flags,
        environment: impl IntoIterator<Item = (String, String)>,
        file_name: &str,
        file: &str,
    ) -> Result<Self, BadConfig> {
        Ok(Self {
            flags,
            environment: known_variables(environment)?,
            file: known_keys(file_name, file)?,
            file_name: file_name.to_owned(),
        })
    }

    /// An empty variable counts as not set: that is how a compose file leaves one out.
    pub(super) fn get(&self, name: &str) -> Option<Value> {
        let variable = format!("KEYRACK_{}", name.to_uppercase());
        let from_flag = || {
            let source = format!("--{}", name.replace('_', "-"));
            Some((self.flags.get(name)?, source))
        };
        let from_environment = || {
            let text = self.environment.get(&variable)?;
            (!text.is_empty()).then(|| (text, variable.clone()))
        };
        let from_file = || Some((self.file.get(name)?, format!("{}: {name}", self.file_name)));
        let (text, source) = from_flag().or_else(from_environment).or_else(from_file)?;
        Some(Value {
            text: text.clone(),
            source,
        })
    }
}

fn read_file(path: &Path, required: bool) -> Result<String, BadConfig> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => {
            Ok(String::new())
        }
        Err(error) => Err(BadConfig::new(&path.display().to_string(), error)),
    }
}

/// Where programs keep a token of theirs, as the README and the console have it: no setting, and in the
/// environment of whoever follows them.
const TOKEN: &str = "KEYRACK_TOKEN";

fn known_variables(
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<BTreeMap<String, String>, BadConfig> {
    let known = |name: &str| {
        name.strip_prefix("KEYRACK_")
            .is_some_and(|rest| NAMES.iter().any(|known| known.to_uppercase() == rest))
    };
    environment
        .into_iter()
        .filter(|(name, value)| name != TOKEN && !is_of_kubernetes(name, value))
        .map(|(name, value)| {
            if known(&name) {
                return Ok((name, value));
            }
            let reason = "there is no such setting; `keyrack --help` lists them";
            Err(BadConfig::new(&name, reason))
        })
        .collect()
}

/// What Kubernetes sets in every pod beside a service that is named `keyrack`: its address and, per
/// port, the variables that Docker set for links. `KEYRACK_PORT` is one of them only where it holds
/// a URL; with a mere number in it somebody means to configure a port.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let Some(rest) = name.strip_prefix("KEYRACK_") else {
        return false;
    };
    if rest == "PORT" {
        return value.contains("://");
    }
    if let Some(named) = rest.strip_prefix("SERVICE_") {
        return matches!(named, "HOST" | "PORT") || named.starts_with("PORT_");
    }
    let mut parts = rest.split('_');
    let number = |part: &str| part.parse::<u16>().is_ok();
    parts.next() == Some("PORT")
        && parts.next().is_some_and(number)
        && matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"))
        && matches!(parts.next(), None | Some("PROTO" | "PORT" | "ADDR"))
        && parts.next().is_none()
}

/// Numbers and booleans are refused like anything else that is not text; a list of texts is
/// accepted for the networks.
fn known_keys(file_name: &str, text: &str) -> Result<BTreeMap<String, String>, BadConfig> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let message = error.message().lines().next().unwrap_or("cannot be read");
        BadConfig::new(file_name, message)
    })?;
    let mut settings = BTreeMap::new();
    for (name, value) in table {
        let source = format!("{file_name}: {name}");
        if !NAMES.contains(&name.as_str()) {
            return Err(BadConfig::new(
                &source,
                format!("there is no such setting; there are {}", NAMES.join(", ")),
            ));
        }
        let text = match value {
            toml::Value::String(text) => Some(text),
            toml::Value::Array(items) if name == "trusted_proxies" => items
                .into_iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<Vec<_>>>()
                .map(|items| items.join(",")),
            _ => None,
        };
        let text = text.ok_or_else(|| BadConfig::new(&source, "write the value in quotes"))?;
        settings.insert(name, text);
    }
    Ok(settings)
}
