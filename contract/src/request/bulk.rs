//! What is asked of many keys at once.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{ListKeys, workspace_ids};
use crate::attention::Attention;
use crate::bulk::MAX_TOGETHER;
use crate::console::KeysQuery;
use crate::error::{Error, Invalid, Refusals};
use crate::form::Fields;
use crate::resource::KeyState;
use crate::text::Reason;
use crate::{ApiKeyId, Labels, WorkspaceId};

/// `POST /v1/account/api_keys:change`
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeApiKeys {
    /// Which keys, up to 500. Either they or a filter.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<ApiKeyId>, max_items = 500))]
    pub api_key_ids: Vec<String>,
    #[serde(default, deserialize_with = "super::optional_object")]
    pub filter: Option<KeyFilter>,
    pub change: Option<ChangeKind>,
    /// What `label` adds, or gives another value.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Labels>))]
    pub labels: Option<BTreeMap<String, String>>,
    /// The names of labels that `label` takes away.
    #[serde(default)]
    pub remove_labels: Vec<String>,
    /// What `grant` grants.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<WorkspaceId>))]
    pub workspace_id: Option<String>,
    /// Why, for the audit log: 1 to 500 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500))]
    pub reason: Option<String>,
    /// Whether it is only told what would happen.
    #[serde(default)]
    pub dry_run: bool,
}

/// All keys that a list with these parameters holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyFilter {
    #[cfg_attr(feature = "openapi", schema(max_length = 1_000))]
    pub query: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Labels>))]
    pub labels: Option<BTreeMap<String, String>>,
    pub state: Option<KeyState>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<WorkspaceId>))]
    pub workspace_id: Option<String>,
    pub attention: Option<Attention>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Disable,
    Enable,
    Revoke,
    Label,
    Grant,
}

impl ChangeKind {
    pub const ALL: [Self; 5] = [
        Self::Disable,
        Self::Enable,
        Self::Revoke,
        Self::Label,
        Self::Grant,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Enable => "enable",
            Self::Revoke => "revoke",
            Self::Label => "label",
            Self::Grant => "grant",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What is to be done to many keys together.
#[derive(Clone, Debug)]
pub struct ChangeKeys {
    pub which: Which,
    pub change: Change,
    pub reason: Option<Reason>,
    pub dry_run: bool,
}

#[derive(Clone, Debug)]
pub enum Which {
    /// At least one, at most [`MAX_TOGETHER`].
    These(BTreeSet<ApiKeyId>),
    /// All pages of a list.
    Listed(Box<ListKeys>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Disable,
    Enable,
    Revoke,
    /// Labels to add or to change, and the names of those to take away.
    Label(Labels, BTreeSet<String>),
    Grant(WorkspaceId),
}

impl TryFrom<ChangeApiKeys> for ChangeKeys {
    type Error = Error;

    fn try_from(wire: ChangeApiKeys) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let which = which(&mut refusals, &wire.api_key_ids, wire.filter);
        let reason = refusals.take_optional("reason", wire.reason.as_deref(), Reason::parse);
        let labels = Labels::parse("labels", wire.labels.unwrap_or_default());
        let labels = labels.map_err(|refused| refusals.push(refused)).ok();
        let grant = wire.workspace_id.as_slice();
        let workspace = workspace_ids(&mut refusals, "workspaceId", grant);
        let unsaid = || Invalid::new("say what to do: disable, enable, revoke, label or grant");
        let kind = refusals.take("change", wire.change.ok_or_else(unsaid));
        let (Some(which), Some(reason), Some(labels), Some(workspace), Some(kind)) =
            (which, reason, labels, workspace, kind)
        else {
            return Err(refusals.into());
        };
        let removed: BTreeSet<_> = wire.remove_labels.into_iter().collect();
        let change = match kind {
            ChangeKind::Disable => Change::Disable,
            ChangeKind::Enable => Change::Enable,
            ChangeKind::Revoke => Change::Revoke,
            ChangeKind::Label if labels.is_empty() && removed.is_empty() => {
                return Err(Invalid::new("give a label to add or to remove")
                    .at("labels")
                    .into());
            }
            ChangeKind::Label => Change::Label(labels, removed),
            ChangeKind::Grant => {
                let unnamed = || Invalid::new("name the workspace to grant").at("workspaceId");
                Change::Grant(workspace.into_iter().next().ok_or_else(unnamed)?)
            }
        };
        Ok(Self {
            which,
            change,
            reason,
            dry_run: wire.dry_run,
        })
    }
}

impl ChangeKeys {
    /// Reads the console's forms: the boxes `id`, or with `all` what the address of the list asks.
    pub fn from_form(fields: &Fields, dry_run: bool) -> Result<Self, Error> {
        let text = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
        let given = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
        let all = given("all").is_some();
        let labels = Labels::parse_pairs("labels", &text("labels"))?;
        let labels = labels
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let removed = text("removeLabels");
        let removed = removed.split([',', ' ']).filter(|name| !name.is_empty());
        let wire = ChangeApiKeys {
            api_key_ids: fields.all("id").map(str::to_owned).collect(),
            change: given("change").and_then(|kind| ChangeKind::parse(&kind)),
            labels: Some(labels.collect()),
            remove_labels: removed.map(str::to_owned).collect(),
            workspace_id: given("workspaceId"),
            // Nothing is written down by a dry run, so a reason that cannot be does not keep it from being told.
            reason: given("reason").filter(|_| !dry_run),
            dry_run,
            filter: all.then(KeyFilter::default),
        };
        let wire = ChangeApiKeys {
            api_key_ids: if all { Vec::new() } else { wire.api_key_ids },
            ..wire
        };
        let mut change = Self::try_from(wire)?;
        if all {
            let (q, show) = (text("q"), text("show"));
            let query = KeysQuery {
                q,
                show,
                ..KeysQuery::default()
            };
            change.which = Which::Listed(Box::new(query.list()?));
        }
        Ok(change)
    }
}

fn which(refusals: &mut Refusals, ids: &[String], filter: Option<KeyFilter>) -> Option<Which> {
    const FIELD: &str = "apiKeyIds";
    let Some(filter) = filter else {
        if !(1..=MAX_TOGETHER).contains(&ids.len()) {
            refusals.push(Invalid::new("name 1 to 500 keys, or give a filter").at(FIELD));
            return None;
        }
        let parsed = ids.iter().enumerate();
        let parsed: Vec<_> = parsed
            .map(|(at, id)| refusals.take(&format!("{FIELD}[{at}]"), id.parse()))
            .collect();
        return parsed.into_iter().collect::<Option<_>>().map(Which::These);
    };
    if !ids.is_empty() {
        refusals.push(Invalid::new("give either these or a filter").at(FIELD));
        return None;
    }
    if filter.state == Some(KeyState::Revoked) {
        let over = Invalid::new("what was revoked is not changed any more");
        refusals.push(over.at("filter.state"));
    }
    let labels = Labels::parse("filter.labels", filter.labels.unwrap_or_default());
    let labels = labels.map_err(|refused| refusals.push(refused)).ok();
    let workspace = refusals.take_optional(
        "filter.workspaceId",
        filter.workspace_id.as_deref(),
        str::parse,
    );
    Some(Which::Listed(Box::new(ListKeys {
        query: filter.query,
        labels: labels?,
        state: filter.state,
        workspace: workspace?,
        attention: filter.attention,
        ..ListKeys::default()
    })))
}
