//! What the command palette finds.

use serde::{Deserialize, Serialize};

use crate::resource::{BareMetadata, KeyState};
use crate::{ApiKeyId, ProfileId, WorkspaceId};

/// Some of what a text is a part of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub keys: Vec<FoundKey>,
    pub workspaces: Vec<BareMetadata<WorkspaceId>>,
    /// Nobody, where the caller may not list people.
    pub people: Vec<FoundPerson>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundKey {
    pub id: ApiKeyId,
    pub name: String,
    pub hint: String,
    pub state: KeyState,
    pub system: bool,
    /// Why the caller cannot change it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locked: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPerson {
    pub id: ProfileId,
    pub name: String,
    pub email: String,
}
