//! `/v1/account`

pub(crate) mod api_keys;
