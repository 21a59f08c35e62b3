//! What happens to a matrix while somebody looks at it, as server-sent events.

use serde::{Deserialize, Serialize};

use super::{KeyRow, WorkspaceColumn};
use crate::error::Invalid;
use crate::{ApiKeyId, BatchId, ProfileId, Timestamp, WorkspaceId};

/// What one audit event changed. It says what is, not what to turn over, so that it may come twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum Change {
    /// A key reaches a workspace, or does not any more.
    Cell(CellChange),
    /// A key is there, or is different; its cells are as they were, or none.
    Key {
        key: KeyRow,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lock: Option<String>,
    },
    /// A key was revoked.
    KeyGone { id: ApiKeyId },
    /// A workspace is there, or is different.
    Workspace { workspace: WorkspaceColumn },
    /// A workspace was archived.
    WorkspaceGone { id: WorkspaceId },
    /// More happened than is worth telling one by one, or what the caller sees has changed: load it anew.
    Reload,
}

/// A cell that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CellChange {
    pub key: ApiKeyId,
    pub workspace: WorkspaceId,
    pub granted: bool,
    /// Who did it.
    pub by: ProfileId,
    pub by_name: String,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<BatchId>,
}

/// What a page of the console calls itself: 8 to 64 letters, digits, `-` and `_`, by chance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PageId(String);

impl PageId {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (8..=64).contains(&text.len()) && text.bytes().all(known) {
            return Ok(Self(text.to_owned()));
        }
        Err(Invalid::new("use 8 to 64 letters, digits, - and _"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PageId {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<PageId> for String {
    fn from(page: PageId) -> Self {
        page.0
    }
}

/// Where the caller is: what a page that listens sends to `/access/here`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Here {
    pub page: PageId,
    #[serde(default)]
    pub cell: Option<(ApiKeyId, WorkspaceId)>,
}

/// Somebody who looks at the matrix too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Present {
    /// A page of theirs; one person may have several.
    pub page: String,
    pub profile: ProfileId,
    pub name: String,
    /// The cell they are on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<(ApiKeyId, WorkspaceId)>,
}
