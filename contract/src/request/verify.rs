//! What is asked about tokens.

use std::fmt;

use serde::Deserialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{Error, Invalid, Refusals};
use crate::{Permission, WorkspaceId};

/// The most questions one batch may have.
pub const MAX_QUESTIONS: usize = 100;

/// A token that somebody presented: wiped when dropped, and printed by nothing.
#[derive(Clone, Default, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct PresentedToken(String);

impl PresentedToken {
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedToken(…)")
    }
}

/// `POST /v1/tokens:verify`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyToken {
    /// As it was presented. Any text may be asked about; one that is no token is `MALFORMED`.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub token: PresentedToken,
    /// Whether the token reaches it. What is no id is `WORKSPACE_UNKNOWN`.
    pub workspace_id: Option<String>,
    /// Whether the token may do it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Permission>))]
    pub permission: Option<String>,
}

/// `POST /v1/tokens:verifyBatch`
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VerifyTokens {
    /// 1 to 100.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 100))]
    #[serde(deserialize_with = "super::objects")]
    pub requests: Vec<VerifyToken>,
}

/// What a token is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    pub workspace: Option<AskedWorkspace>,
    pub permission: Option<Permission>,
}

/// A workspace that somebody asks for, who may be wrong about its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedWorkspace {
    Id(WorkspaceId),
    /// No workspace has such an id.
    Nonsense,
}

impl Question {
    /// Reads a question; `at` names its place in the request.
    pub fn parse(
        workspace: Option<&str>,
        permission: Option<&str>,
        at: &str,
    ) -> Result<Self, Error> {
        let asked = |text: &str| {
            text.parse()
                .map_or(AskedWorkspace::Nonsense, AskedWorkspace::Id)
        };
        let permission = permission.map(str::parse).transpose();
        Ok(Self {
            workspace: workspace.map(asked),
            permission: permission
                .map_err(|invalid: Invalid| invalid.at(format!("{at}permission")))?,
        })
    }
}

/// A token and what it is asked for.
#[derive(Clone, Debug)]
pub struct Verify {
    pub token: PresentedToken,
    pub question: Question,
}

impl Verify {
    fn parse(wire: VerifyToken, at: &str) -> Result<Self, Error> {
        let (workspace, permission) = (wire.workspace_id.as_deref(), wire.permission.as_deref());
        Ok(Self {
            question: Question::parse(workspace, permission, at)?,
            token: wire.token,
        })
    }
}

impl TryFrom<VerifyToken> for Verify {
    type Error = Error;

    fn try_from(wire: VerifyToken) -> Result<Self, Error> {
        Self::parse(wire, "")
    }
}

impl VerifyTokens {
    /// Every question, or what is wrong with all of them.
    pub fn parse(self) -> Result<Vec<Verify>, Error> {
        if !(1..=MAX_QUESTIONS).contains(&self.requests.len()) {
            return Err(Invalid::new("give 1 to 100 requests").at("requests").into());
        }
        let mut refusals = Refusals::default();
        let mut questions = Vec::with_capacity(self.requests.len());
        for (index, wire) in self.requests.into_iter().enumerate() {
            match Verify::parse(wire, &format!("requests[{index}].")) {
                Ok(question) => questions.push(question),
                Err(error) => error
                    .details
                    .into_iter()
                    .for_each(|refused| refusals.push(refused)),
            }
        }
        if refusals.is_empty() {
            Ok(questions)
        } else {
            Err(refusals.into())
        }
    }
}
