//! What is asked of lists.

use crate::attention::Attention;
use crate::audit::{Action, EntranceKind};
use crate::page::{PageRequest, SortOrder};
use crate::resource::KeyState;
use crate::{BatchId, Labels, ProfileId, Timestamp, WorkspaceId};

/// Which keys a list holds.
#[derive(Clone, Debug, Default)]
pub struct ListKeys {
    pub page: PageRequest,
    pub order: SortOrder,
    /// The beginning of the id.
    pub prefix: Option<String>,
    /// A part of the name, description, external id or token hint, in any case.
    pub query: Option<String>,
    /// Every pair must match.
    pub labels: Labels,
    pub state: Option<KeyState>,
    /// Those that reach it, by a grant or because they reach all.
    pub workspace: Option<WorkspaceId>,
    /// Those that deserve this look.
    pub attention: Option<Attention>,
    pub include_info: bool,
}

/// Which workspaces a list holds.
#[derive(Clone, Debug, Default)]
pub struct ListWorkspaces {
    pub page: PageRequest,
    pub order: SortOrder,
    /// Every pair must match.
    pub labels: Labels,
    pub include_archived: bool,
    pub include_info: bool,
}

/// Which profiles a list holds, newest first.
#[derive(Clone, Debug, Default)]
pub struct ListProfiles {
    pub page: PageRequest,
    /// A part of the name or the address, in any case.
    pub query: Option<String>,
    /// Profiles carry no labels, so with any the list is empty.
    pub labels: Labels,
}

/// Which events a list holds, newest first.
#[derive(Clone, Debug, Default)]
pub struct ListEvents {
    pub page: PageRequest,
    pub actor: Option<ProfileId>,
    pub entrance: Option<EntranceKind>,
    pub action: Option<Action>,
    /// Refusals only, of requests and of sign-ins.
    pub refused: bool,
    /// The id of what was acted on, or the kind that such ids begin with.
    pub target: Option<String>,
    pub batch: Option<BatchId>,
    /// A part of the actor's name, the action, the target or its name, or the id of the event, its request
    /// or its batch.
    pub query: Option<String>,
    /// At this instant or after it.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
}
