//! What is asked about tokens.

use std::fmt;
use std::net::IpAddr;

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
    /// Where the request came from that the token was presented with: an IPv4 or IPv6 address. Shown as
    /// the source of the use, and changes no verdict.
    #[cfg_attr(feature = "openapi", schema(format = "ip"))]
    pub client_ip: Option<String>,
    /// The `User-Agent` of that request; what is beyond 256 characters is cut off.
    pub user_agent: Option<String>,
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

/// The program that presented a token, as far as whoever asks tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    pub address: Option<IpAddr>,
    /// At most 256 characters, none of them a control character.
    pub user_agent: Option<String>,
}

impl Client {
    /// Reads what is told; `at` names its place in the request.
    pub fn parse(address: Option<&str>, user_agent: Option<&str>, at: &str) -> Result<Self, Error> {
        let address = address.map(str::parse::<IpAddr>).transpose();
        let address = address.map_err(|_| {
            Invalid::new("write an IPv4 or IPv6 address, without a port")
                .at(format!("{at}clientIp"))
        })?;
        let kept = |text: &str| text.chars().filter(|c| !c.is_control()).take(256).collect();
        Ok(Self {
            address: address.map(|address| address.to_canonical()),
            user_agent: user_agent.map(kept),
        })
    }
}

/// A token and what it is asked for.
#[derive(Clone, Debug)]
pub struct Verify {
    pub token: PresentedToken,
    pub question: Question,
    pub client: Client,
}

impl Verify {
    fn parse(wire: VerifyToken, at: &str) -> Result<Self, Error> {
        let (workspace, permission) = (wire.workspace_id.as_deref(), wire.permission.as_deref());
        Ok(Self {
            question: Question::parse(workspace, permission, at)?,
            client: Client::parse(wire.client_ip.as_deref(), wire.user_agent.as_deref(), at)?,
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
