//! What only the console asks and is told.

mod explain;
mod keys;
mod news;
mod palette;

use serde::{Deserialize, Serialize};

use crate::attention::{Attention, AttentionCounts};
use crate::factor::Standing;
use crate::permission::CatalogueEntry;
use crate::resource::ApiKey;
use crate::settings::KeySettings;
use crate::usage::Trend;
use crate::{AccountId, Pagination, Permissions, ProfileId, Timestamp, WorkspaceId};

pub use explain::{Answer, AskedPlace, ExplainChoices, Explained, Named};
pub use keys::{KeysQuery, SavedView};
pub use news::{Called, Happened, WorkspacesView};
pub use palette::{Found, FoundKey, FoundPerson};

/// Whether this Keyrack has an owner yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    /// Nobody owns it: the setup code from the log makes the owner.
    Open,
    Done,
}

/// Who is signed in, and what they may hand out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    pub profile: ProfileId,
    pub name: String,
    pub email: String,
    pub account: String,
    pub account_id: AccountId,
    pub role: Role,
    pub permissions: Permissions,
    /// The base URL for the curl lines.
    pub public_url: String,
    /// Whether "all workspaces" is theirs to give.
    pub all_workspaces: bool,
    #[serde(default)]
    pub factor: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Member,
    Admin,
    Owner,
}

impl Role {
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Member => "Member",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }
}

/// A page of the keys list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysView {
    pub rows: Vec<KeyRow>,
    pub pagination: Pagination,
    /// How many keys the caller sees in all, without the search.
    pub keys_total: u64,
    /// How many the list holds on all its pages.
    pub matching: u64,
    /// How many of all are disabled.
    pub disabled: u64,
    pub attention: AttentionCounts,
    /// The caller's own views.
    pub saved: Vec<SavedView>,
    /// Until which place in the audit log everything is in this.
    pub place: u64,
    /// How many keys end by themselves unless somebody does something.
    #[serde(default)]
    pub need_attention: u64,
    /// What of it cannot wait.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<Urgent>,
    pub workspaces_total: u64,
    /// The instant the page was made, against which "expired" was decided.
    pub now: Timestamp,
}

/// Keys that deserve a look before others do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    pub attention: Attention,
    pub keys: u64,
    /// The one, where it is only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<ApiKey>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRow {
    pub key: ApiKey,
    /// For the first eight workspaces of the account, oldest first: does the key reach it?
    pub rack: Vec<bool>,
    /// How much it is used.
    pub trend: Trend,
    /// How long it was not used, for one that deserves a look for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_days: Option<u64>,
}

/// What the issue drawer offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueOptions {
    /// The permissions the caller may hand out, as the catalogue names them.
    pub catalogue: Vec<OfferedPermission>,
    pub workspaces: Vec<OfferedWorkspace>,
    pub all_workspaces: bool,
    /// `*` is offered only to who holds it.
    pub full_access: bool,
    /// How long keys of the account last, and may last.
    pub keys: KeySettings,
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedPermission {
    pub entry: CatalogueEntry,
    pub read: bool,
    pub manage: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedWorkspace {
    pub id: WorkspaceId,
    pub name: String,
    pub labels: crate::Labels,
}

/// The matrix as the server writes it into its page: what is in sight first, and how much more there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstWindow {
    /// Keys and workspaces in all.
    pub keys: usize,
    pub workspaces: usize,
    /// Keys and workspaces that the filter lets through.
    pub rows: usize,
    pub columns: usize,
    /// Why the filter was not understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Grants among them that were not used in a long time.
    pub unused: usize,
    /// The labels that columns can be grouped by.
    pub labels: Vec<String>,
    pub groups: Vec<FirstGroup>,
    pub heads: Vec<FirstHead>,
    pub lines: Vec<FirstLine>,
}

/// Neighbouring columns that share a label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstGroup {
    pub name: String,
    pub count: String,
    /// Columns in sight.
    pub columns: usize,
}

/// The head of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstHead {
    pub name: String,
    pub href: String,
    /// Whether a group begins here.
    pub starts: bool,
    /// As `aria-checked` has it.
    pub state: String,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FirstLine {
    pub name: String,
    pub href: String,
    /// "5 / 18", or "all".
    pub reach: String,
    /// Whether the key is disabled or has expired.
    pub off: bool,
    /// A letter for each cell, that of "all workspaces" first: `.` none, `g` granted, `a` by way of all
    /// workspaces; a capital, or `_` for none, when it cannot be changed.
    pub cells: String,
}
