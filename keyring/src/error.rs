//! What a use case fails with: one public text for the caller, one private cause for the log.

use std::fmt;

use contract::error::{FieldError, Kind};
use sea_orm::DbErr;

use crate::audit::Denial;
use crate::caller::Author;

pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// A refusal or a failure. What is public is safe to show to whoever asked; the cause is not, and
/// is logged once, at the boundary.
#[derive(Debug)]
pub struct Error {
    public: contract::Error,
    cause: Option<Cause>,
    /// What the audit log is told of it.
    denial: Option<Box<Denial>>,
}

impl Error {
    pub fn public(&self) -> &contract::Error {
        &self.public
    }

    pub fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    /// What the audit log is told of it: whose request was refused, what was missing, and why.
    pub fn denial(&self) -> Option<Denial> {
        self.denial.as_deref().cloned()
    }

    /// Something broke that the caller can do nothing about.
    pub(crate) fn internal(cause: impl Into<Cause>) -> Self {
        Self {
            public: contract::Error::internal(),
            cause: Some(cause.into()),
            denial: None,
        }
    }

    pub(crate) fn unavailable(cause: impl Into<Cause>) -> Self {
        let mut public = contract::Error::new(
            Kind::Unavailable,
            "This Keyrack is busy. Try again in a moment.",
        );
        public.retry_after = Some(1);
        Self {
            public,
            cause: Some(cause.into()),
            denial: None,
        }
    }

    /// Others changed the same things, again and again.
    pub(crate) fn aborted(cause: impl Into<Cause>) -> Self {
        let message = "Others are changing the same things. Try again in a moment.";
        Self {
            public: contract::Error::new(Kind::Aborted, message),
            cause: Some(cause.into()),
            denial: None,
        }
    }

    pub(crate) fn not_found(what: &str) -> Self {
        contract::error::not_found(what).into()
    }

    pub(crate) fn precondition(message: impl Into<String>) -> Self {
        contract::Error::new(Kind::FailedPrecondition, message).into()
    }

    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        contract::Error::new(Kind::Unauthenticated, message).into()
    }

    /// The permission or workspace that the caller lacks is named; it is theirs to ask for.
    pub(crate) fn denied(missing: impl fmt::Display, message: impl Into<String>) -> Self {
        let mut public = contract::Error::new(Kind::PermissionDenied, message);
        public.scope = Some(missing.to_string());
        public.into()
    }

    /// Says whose request it was that was denied.
    pub(crate) fn of(self, by: Author) -> Self {
        let missing = self.public.scope.as_deref().unwrap_or("any permission");
        let missing = missing.to_owned();
        self.told(by, missing, None)
    }

    /// Says who gave something wrong for `missing`, by which they were to prove who they are.
    pub(crate) fn unproven(self, by: Author, missing: &str, reason: &'static str) -> Self {
        self.told(by, missing.to_owned(), Some(reason))
    }

    fn told(self, by: Author, missing: String, reason: Option<&'static str>) -> Self {
        let denial = Denial {
            by,
            missing,
            reason,
        };
        Self {
            denial: Some(Box::new(denial)),
            ..self
        }
    }

    /// Names what was missing, for who can ask for it.
    pub(crate) fn lacking(mut self, missing: &str) -> Self {
        self.public.scope = Some(missing.to_owned());
        self
    }

    /// What was refused, in the field it stood in, where fields were refused.
    pub(crate) fn beside(self, field: &str) -> Self {
        let mut public = self.public.clone();
        if public.details.is_empty() {
            return self;
        }
        for detail in &mut public.details {
            field.clone_into(&mut detail.field);
        }
        let scope = public.scope;
        let public = contract::Error {
            scope,
            ..contract::Error::invalid(public.details)
        };
        Self { public, ..self }
    }

    pub(crate) fn duplicate_external_id() -> Self {
        contract::Error {
            details: vec![
                contract::Invalid::new("another one has this external id; leave it out or choose another")
                    .at("metadata.externalId"),
            ],
            ..contract::Error::new(
                Kind::AlreadyExists,
                "metadata.externalId: another one has this external id; leave it out or choose another.",
            )
        }
        .into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.public.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

impl From<contract::Error> for Error {
    fn from(public: contract::Error) -> Self {
        Self {
            public,
            cause: None,
            denial: None,
        }
    }
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        contract::Error::from(field).into()
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::unavailable(error),
            error => Self::internal(error),
        }
    }
}
