//! The tables as SeaORM sees them. Times are milliseconds since the Unix epoch; what a row means is
//! decided in `store`.

#![expect(
    unreachable_pub,
    reason = "the derives make public types, whatever holds them"
)]

pub(crate) mod account;
pub(crate) mod api_key;
pub(crate) mod api_key_token;
pub(crate) mod api_key_workspace;
pub(crate) mod audit_event;
pub(crate) mod audit_head;
pub(crate) mod idempotency_record;
pub(crate) mod invitation;
pub(crate) mod profile;
pub(crate) mod recovery_code;
pub(crate) mod saved_view;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod token_use;
pub(crate) mod usage_bucket;
pub(crate) mod usage_denial;
pub(crate) mod usage_pending;
pub(crate) mod usage_source;
pub(crate) mod workspace;
pub(crate) mod workspace_member;
