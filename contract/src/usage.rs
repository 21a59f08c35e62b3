//! What a key is used for, as it is counted with every verdict.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::verdict::Denial;
use crate::{Timestamp, WorkspaceId};

/// How many hours of calls are told one by one.
pub const HOURS: usize = 48;
/// How many days of calls are told.
pub const DAYS: usize = 30;

/// Whether a use is so recent that something depends on the key: within the last seven days. Whoever revokes
/// such a key in the console types its name.
pub fn is_lately(used_at: Timestamp, now: Timestamp) -> bool {
    const LATELY: Duration = Duration::from_hours(7 * 24);
    now.since(used_at) < LATELY
}

/// What a key is used for. At most five seconds late.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyUsage {
    /// The last call that was not denied, with each token that was ever used; the latest first.
    pub last_uses: Vec<LastUse>,
    /// The last 48 hours, oldest first, the present one last; none is left out.
    pub hours: Vec<Calls>,
    /// The last 30 days by UTC, oldest first, today last; none is left out.
    pub days: Vec<Calls>,
    /// Where the calls of the last 24 hours came from; the latest first, at most 100.
    pub sources: Vec<UsageSource>,
    /// Why calls of the last 24 hours were denied; the most frequent first.
    pub denials: Vec<DenialCount>,
    /// The workspaces that were asked about, and not denied, in the last 30 days; the latest first.
    pub workspaces: Vec<WorkspaceUse>,
    /// The token before, while it is still good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retiring: Option<RetiringUse>,
}

impl KeyUsage {
    /// The last 24 of the hours.
    pub fn last_day(&self) -> &[Calls] {
        self.hours.split_at(self.hours.len() / 2).1
    }

    /// Whether there was any call in the last 24 hours, denied ones included.
    pub fn called_in_the_last_day(&self) -> bool {
        self.last_day().iter().any(|hour| hour.calls > 0)
    }
}

/// What a token that was rotated away is still used for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetiringUse {
    /// Its share of the key's last 48 hours.
    pub hours: Vec<Calls>,
    /// Where its calls came from since the rotation, within 24 hours; the latest first, at most 100.
    pub sources: Vec<UsageSource>,
}

/// Calls in a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Calls {
    /// Its beginning.
    pub at: Timestamp,
    /// All of them, denied ones included.
    pub calls: u64,
    pub denials: u64,
}

/// The last call with a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LastUse {
    pub at: Timestamp,
    pub token_hint: String,
    /// Whether it is the key's current token.
    pub current: bool,
    /// The workspace that was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<WorkspaceId>,
    /// Of the program that used the token, as far as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
}

/// Where calls came from. One without address and user agent stands for all that are not known apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsageSource {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    pub calls: u64,
    pub last_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DenialCount {
    pub code: Denial,
    pub calls: u64,
}

/// The use of a key in a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceUse {
    pub workspace_id: WorkspaceId,
    pub calls: u64,
    pub last_at: Timestamp,
}

/// How much a key is used, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trend {
    /// Calls of the last 30 days by UTC, today last; empty for a key without any.
    pub days: Vec<u64>,
    /// The last call that was not denied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastUse>,
}
