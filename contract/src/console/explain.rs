//! The page that explains verdicts.

use serde::{Deserialize, Serialize};

use super::FoundKey;
use crate::access::Explanation;
use crate::resource::BareMetadata;
use crate::{ApiKeyId, WorkspaceId};

/// What a person may be offered while they write the question: some names, and what there is to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainChoices {
    /// Of the newest keys, each name once.
    pub keys: Vec<String>,
    /// Of the oldest workspaces, each name once.
    pub workspaces: Vec<String>,
    /// As the catalogue has them.
    pub permissions: Vec<String>,
}

/// What a question that names a key and perhaps a workspace came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Explained {
    Answer(Box<Answer>),
    /// Which key is meant is not clear; some of those that may be, the likeliest first.
    WhichKey(Vec<FoundKey>),
    /// Which workspace is meant is not clear.
    WhichWorkspace(Vec<BareMetadata<WorkspaceId>>),
}

/// Why a key may or may not do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub key: Named<ApiKeyId>,
    pub workspace: Option<AskedPlace>,
    pub explanation: Explanation,
}

/// Something that was asked about, and how to ask for it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Named<Id> {
    pub id: Id,
    pub name: String,
    /// Whether its name means nothing else.
    pub by_name: bool,
}

impl<Id: ToString> Named<Id> {
    /// What to write to mean this one: its name where that is enough.
    pub fn written(&self) -> String {
        if self.by_name {
            self.name.clone()
        } else {
            self.id.to_string()
        }
    }
}

/// A workspace that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AskedPlace {
    Known(Named<WorkspaceId>),
    /// There is none: the text that was to name it.
    Unknown(String),
}

impl AskedPlace {
    /// What means it and nothing else.
    pub fn written_by_id(&self) -> String {
        match self {
            Self::Known(known) => known.id.to_string(),
            Self::Unknown(text) => text.clone(),
        }
    }

    /// What to write to mean it.
    pub fn written(&self) -> String {
        match self {
            Self::Known(known) => known.written(),
            Self::Unknown(text) => text.clone(),
        }
    }

    pub fn name(&self) -> &str {
        match self {
            Self::Known(known) => &known.name,
            Self::Unknown(text) => text,
        }
    }
}
