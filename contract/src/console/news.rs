//! What a page that shows a list is told while somebody looks at it.

use serde::{Deserialize, Serialize};

use crate::resource::Workspace;
use crate::{ApiKeyId, ProfileId, WorkspaceId};

/// The list of workspaces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspacesView {
    pub workspaces: Vec<Workspace>,
    /// Until which place in the audit log everything is in this.
    pub place: u64,
}

/// To which things something happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// Until which place in the audit log everything was told.
    pub place: u64,
    pub keys: Vec<ApiKeyId>,
    pub workspaces: Vec<WorkspaceId>,
    pub people: Vec<ProfileId>,
    /// How many events those are, for who may read the audit log.
    pub events: u64,
}

impl Happened {
    pub fn is_something(&self) -> bool {
        let things = [self.keys.len(), self.workspaces.len(), self.people.len()];
        self.events > 0 || things.iter().any(|count| *count > 0)
    }
}

/// The first call with a key's current token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    pub key: ApiKeyId,
    /// In RFC 3339. A text, because to read it and to write it anew takes more code than all that shows it.
    pub at: String,
}
