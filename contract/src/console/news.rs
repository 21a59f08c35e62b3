//! What a page that shows a list is told while somebody looks at it.

use serde::{Deserialize, Serialize};

use crate::resource::Workspace;
use crate::{ApiKeyId, WorkspaceId};

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
}

impl Happened {
    pub fn is_something(&self) -> bool {
        !self.keys.is_empty() || !self.workspaces.is_empty()
    }
}
