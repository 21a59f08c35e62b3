//! What crosses a wire, and the rules for reading it: resources, requests, pages, ids,
//! permissions and errors. No I/O, no clock, no store; compiles to WASM and native.
//!
//! - [`id`]: an id per kind of thing, so that one cannot stand where another is meant
//! - [`text`], [`labels`], [`permission`], [`time`]: values that cannot be wrong once parsed
//! - [`resource`]: what is answered; [`request`]: what is asked; [`page`]: how lists are cut
//! - [`settings`]: what an account decides for itself
//! - [`form`]: what the console posts, and [`next`], where it may lead; [`access`], [`audit`],
//!   [`console`], [`people`], [`factor`]: the matrix, the history, and what only the console needs
//! - [`attention`]: which keys deserve a look; [`bulk`]: many keys changed together
//! - [`chain`]: how the events of the history hang together
//! - [`reference`]: the API as the console tells people of it
//! - `openapi`: how these things are described to programs, behind the feature of that name
//! - [`verdict`]: the answer to a verification; [`usage`]: what keys are used for
//! - [`error`]: the one error everything answers with

pub mod access;
pub mod attention;
pub mod audit;
pub mod bulk;
pub mod chain;
pub mod console;
pub mod error;
pub mod factor;
pub mod form;
pub mod id;
pub mod labels;
pub mod next;
#[cfg(feature = "openapi")]
mod openapi;
pub mod page;
pub mod people;
pub mod permission;
pub mod reference;
pub mod request;
pub mod resource;
pub mod settings;
pub mod text;
pub mod time;
pub mod usage;
pub mod verdict;

pub use chain::{AuditHead, EventHash};
pub use error::{Error, FieldError, Invalid, Kind, Result};
pub use id::{AccountId, ApiKeyId, BatchId, EventId, MemberId, ProfileId, SessionId, WorkspaceId};
pub use labels::Labels;
pub use page::{Page, Pagination};
pub use permission::{Catalogue, Permission, Permissions};
pub use time::{Period, Timestamp};
