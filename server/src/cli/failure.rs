//! Why a command ended badly, in the words of the command line.

use contract::{Error, Kind};

/// Why a command ended badly.
pub(super) enum Failure {
    /// The person at the command line can mend it there.
    Usage(String),
    Failed(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = in_flags(&error);
        match error.kind {
            Kind::InvalidArgument => Self::Usage(message),
            _ => Self::Failed(message),
        }
    }
}

/// The private cause too: whoever runs a command here may see it.
impl From<keyring::Error> for Failure {
    fn from(error: keyring::Error) -> Self {
        match error.cause() {
            Some(cause) => Self::Failed(format!("{error} ({cause})")),
            None => error.public().clone().into(),
        }
    }
}

impl From<Box<dyn std::error::Error + Send + Sync>> for Failure {
    fn from(error: Box<dyn std::error::Error + Send + Sync>) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            text = format!("{text}: {error}");
            cause = error.source();
        }
        Self::Failed(text)
    }
}

/// Every refused field in one line, by the flag it was given with.
fn in_flags(error: &Error) -> String {
    if error.details.is_empty() {
        return error.message.clone();
    }
    let lines: Vec<String> = error
        .details
        .iter()
        .map(|detail| format!("{}: {}", flag(&detail.field), detail.message))
        .collect();
    lines.join("; ")
}

/// The flag that fills a field of a request or of the setup form.
fn flag(field: &str) -> &str {
    let whole = field.split('[').next().unwrap_or(field);
    match whole {
        "account" => "--account",
        "email" => "--email",
        "name" | "metadata.name" => "--name",
        "passphrase" => "the passphrase",
        "spec.description" => "--description",
        "spec.permissions" => "--permission",
        "spec.expiresAt" => "--expires-at",
        "spec.allWorkspaces" => "--all-workspaces",
        "initialWorkspaceIds" => "--workspace",
        _ => whole,
    }
}

#[cfg(test)]
mod tests {
    use contract::Invalid;

    use super::*;

    #[test]
    fn refused_fields_are_named_by_their_flags() {
        let refused = |field| Invalid::new("give another").at(field);
        let error = Error::invalid(vec![
            refused("metadata.name"),
            refused("spec.permissions[1]"),
            refused("--workspace"),
        ]);
        let Failure::Usage(line) = error.into() else {
            panic!("it can be mended at the command line");
        };
        assert_eq!(
            line,
            "--name: give another; --permission: give another; --workspace: give another"
        );
    }
}
