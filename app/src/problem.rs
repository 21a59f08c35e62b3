//! The error of every server function: [`contract::Error`] as Leptos wants it.

use std::fmt;

use contract::Kind;
use contract::factor::{CODE_WANTED, FACTOR_WANTED};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::fns::JsonText;

/// Why a server function refused. Travels as JSON with the status of its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Problem(pub contract::Error);

impl Problem {
    /// Nobody is signed in, or no longer.
    pub fn is_signed_out(&self) -> bool {
        self.0.kind == Kind::Unauthenticated
    }

    /// It needs a code of the second factor, and there was none, or a wrong one.
    pub fn wants_code(&self) -> bool {
        self.0.scope.as_deref() == Some(CODE_WANTED)
    }

    /// The account asks for a second factor, and theirs is not on.
    pub fn wants_factor(&self) -> bool {
        self.0.scope.as_deref() == Some(FACTOR_WANTED)
    }

    pub fn is_not_found(&self) -> bool {
        self.0.kind == Kind::NotFound
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Problem {}

impl From<contract::Error> for Problem {
    fn from(error: contract::Error) -> Self {
        Self(error)
    }
}

impl FromServerFnError for Problem {
    type Encoder = JsonText;

    /// What went wrong between the page and the server. Nothing of the cause is shown: it speaks
    /// of transports, and may quote what was sent.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let (kind, message) = match error {
            ServerFnErrorErr::Request(_) => (
                Kind::Unavailable,
                "Keyrack cannot be reached. Check the connection and try again.",
            ),
            ServerFnErrorErr::Deserialization(_) | ServerFnErrorErr::Response(_) => (
                Kind::Unavailable,
                "Keyrack gave an answer this page does not understand. Reload the page.",
            ),
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => (
                Kind::InvalidArgument,
                "This page is out of date. Reload it.",
            ),
            _ => return Self(contract::Error::internal()),
        };
        Self(contract::Error::new(kind, message))
    }
}
