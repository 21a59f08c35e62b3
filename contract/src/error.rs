//! The one error everything answers with. Its kinds are the `google.rpc` codes and HTTP statuses
//! of the REST contract; its text speaks to the person who can mend it and never carries
//! anything internal.

use serde::{Deserialize, Serialize};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a value was refused and what to give instead. The field it stood in is added by whoever
/// reads the whole request ([`Invalid::at`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Invalid {
    message: String,
}

impl Invalid {
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }

    /// Names the field, as its path in the request: `metadata.name`.
    pub fn at(self, field: impl Into<String>) -> FieldError {
        FieldError {
            field: field.into(),
            message: self.message,
        }
    }
}

/// One field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The path in the request: `spec.permissions[0]`.
    pub field: String,
    pub message: String,
}

/// What went wrong, told apart as far as a client can act on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    InvalidArgument,
    TooLarge,
    UnsupportedMedia,
    Unprocessable,
    FailedPrecondition,
    Unauthenticated,
    PermissionDenied,
    NotFound,
    MethodNotAllowed,
    AlreadyExists,
    Aborted,
    ResourceExhausted,
    Internal,
    Unavailable,
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::InvalidArgument,
        Self::TooLarge,
        Self::UnsupportedMedia,
        Self::Unprocessable,
        Self::FailedPrecondition,
        Self::Unauthenticated,
        Self::PermissionDenied,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::AlreadyExists,
        Self::Aborted,
        Self::ResourceExhausted,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The HTTP status of the REST contract.
    pub const fn status(self) -> u16 {
        match self {
            Self::InvalidArgument | Self::FailedPrecondition => 400,
            Self::Unauthenticated => 401,
            Self::PermissionDenied => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::AlreadyExists | Self::Aborted => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMedia => 415,
            Self::Unprocessable => 422,
            Self::ResourceExhausted => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The number of the `google.rpc.Code`.
    pub const fn code(self) -> u8 {
        match self {
            Self::InvalidArgument
            | Self::TooLarge
            | Self::UnsupportedMedia
            | Self::Unprocessable => 3,
            Self::NotFound => 5,
            Self::AlreadyExists => 6,
            Self::PermissionDenied => 7,
            Self::ResourceExhausted => 8,
            Self::FailedPrecondition => 9,
            Self::Aborted => 10,
            Self::MethodNotAllowed => 12,
            Self::Internal => 13,
            Self::Unavailable => 14,
            Self::Unauthenticated => 16,
        }
    }

    /// The name of the `google.rpc.Code`.
    pub const fn name(self) -> &'static str {
        match self.code() {
            3 => "INVALID_ARGUMENT",
            5 => "NOT_FOUND",
            6 => "ALREADY_EXISTS",
            7 => "PERMISSION_DENIED",
            8 => "RESOURCE_EXHAUSTED",
            9 => "FAILED_PRECONDITION",
            10 => "ABORTED",
            12 => "UNIMPLEMENTED",
            13 => "INTERNAL",
            14 => "UNAVAILABLE",
            _ => "UNAUTHENTICATED",
        }
    }

    /// The summary that is the same for every error of the kind (RFC 9457 `title`).
    pub const fn title(self) -> &'static str {
        match self {
            Self::InvalidArgument => "Invalid argument",
            Self::TooLarge => "Body too large",
            Self::UnsupportedMedia => "Unsupported media type",
            Self::Unprocessable => "Idempotency key reused",
            Self::FailedPrecondition => "Failed precondition",
            Self::Unauthenticated => "Unauthenticated",
            Self::PermissionDenied => "Permission denied",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::AlreadyExists => "Already exists",
            Self::Aborted => "Concurrent change",
            Self::ResourceExhausted => "Too many requests",
            Self::Internal => "Internal error",
            Self::Unavailable => "Unavailable",
        }
    }
}

/// An error as the caller sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: Kind,
    /// What was wrong and what to do about it.
    pub message: String,
    /// The fields that were refused, where fields were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<FieldError>,
    /// The permission that was missing, for the `insufficient_scope` challenge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Seconds until trying again makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Trying the same again can never succeed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hopeless: bool,
}

impl Error {
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            details: Vec::new(),
            scope: None,
            retry_after: None,
            hopeless: false,
        }
    }

    /// Something broke that the caller can do nothing about; the cause is in the log only.
    pub fn internal() -> Self {
        Self::new(
            Kind::Internal,
            "Something went wrong here. Try again; if it stays, give the request id to whoever runs this Keyrack.",
        )
    }

    /// Refused fields. The first one's text leads, so that a client which shows only the message
    /// still says something useful.
    pub fn invalid(details: Vec<FieldError>) -> Self {
        let message = match details.as_slice() {
            [] => "The request is not valid.".to_owned(),
            [one] => format!("{}: {}.", one.field, one.message),
            [first, rest @ ..] => {
                format!(
                    "{}: {}, and {} more (see details).",
                    first.field,
                    first.message,
                    rest.len()
                )
            }
        };
        Self {
            details,
            ..Self::new(Kind::InvalidArgument, message)
        }
    }

    /// The text for `field`, if that field was refused.
    pub fn field(&self, field: &str) -> Option<&str> {
        self.details
            .iter()
            .find(|detail| detail.field == field)
            .map(|detail| detail.message.as_str())
    }
}

impl From<FieldError> for Error {
    fn from(field: FieldError) -> Self {
        Self::invalid(vec![field])
    }
}

/// Collects what is wrong with a request, so that every refused field is named at once.
#[derive(Debug, Default)]
pub struct Refusals(Vec<FieldError>);

impl Refusals {
    /// The parsed value, or `None` with the reason kept.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, Invalid>) -> Option<T> {
        parsed
            .map_err(|invalid| self.0.push(invalid.at(field)))
            .ok()
    }

    /// Like [`Refusals::take`] for a field that may be absent.
    pub fn take_optional<T>(
        &mut self,
        field: &str,
        text: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        match text {
            None => Some(None),
            Some(text) => self.take(field, parse(text)).map(Some),
        }
    }

    pub fn push(&mut self, refused: FieldError) {
        self.0.push(refused);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was read, if nothing of it was refused.
    pub fn or<T>(self, read: T) -> Result<T, Error> {
        if self.is_empty() {
            Ok(read)
        } else {
            Err(self.into())
        }
    }
}

impl From<Refusals> for Error {
    fn from(refusals: Refusals) -> Self {
        Self::invalid(refusals.0)
    }
}

/// The one answer for what does not exist, is not an id at all, or belongs to somebody else.
pub fn not_found(what: &str) -> Error {
    Error::new(
        Kind::NotFound,
        format!("There is no such {what} here. Check the id."),
    )
}
