//! What became of many keys that were changed together, or would become of them.

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, BatchId};

/// The most keys that are changed together.
pub const MAX_TOGETHER: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Together {
    /// Whether nothing was done, and this is what would have been.
    pub dry_run: bool,
    /// Names the events of the change in the audit log; absent where nothing was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_id: Option<BatchId>,
    /// Each key once, the newest first.
    pub keys: Vec<KeyOutcome>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct KeyOutcome {
    pub api_key_id: ApiKeyId,
    pub name: String,
    pub outcome: Outcome,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Changed,
    /// It was so already.
    Unchanged,
    /// Only in a dry run: else nothing is done at all.
    Refused,
}

impl Together {
    /// The keys with this outcome.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &KeyOutcome> {
        self.keys.iter().filter(move |key| key.outcome == outcome)
    }
}
