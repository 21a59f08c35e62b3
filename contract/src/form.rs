//! What the console's forms send: the same pairs whether the browser posts them itself or WASM
//! does. Inputs are named by the path the REST contract gives the field, so that a refusal finds
//! its input.

mod rotation;
mod shown;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Invalid, Refusals};
use crate::factor::{CODE_FIELD, FACTOR_CODE_FIELD};
use crate::permission::Permission;
use crate::request::{Expiry, IssueKey, KeyChanges, NewMember, NewWorkspace, WorkspaceChanges};
use crate::text::{
    AccountName, Description, Email, ExternalId, KeyName, PersonName, WorkspaceName,
    check_passphrase_length,
};
use crate::{Labels, Permissions, Timestamp, WorkspaceId};

pub use rotation::{GRACES, KEEP_GRACE, NO_GRACE, OTHER_GRACE};
pub(crate) use shown::unless_shown;
pub use shown::{SHOWN, permission_fields, was};

/// The fields that hold secrets.
const SECRETS: [&str; 4] = ["passphrase", "newPassphrase", CODE_FIELD, FACTOR_CODE_FIELD];

/// The pairs of one form, in document order. Never printed: a passphrase may be among them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fields(Vec<(String, String)>);

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

impl FromIterator<(String, String)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Fields {
    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of that name: check boxes.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    }

    /// The pairs, in document order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The same without the secrets, for showing a form again.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        self.0
            .iter()
            .filter(|(name, _)| !SECRETS.contains(&name.as_str()))
            .cloned()
            .collect()
    }

    /// The code of a second factor that was given along with a form, so that what it asks may be done.
    pub fn code(&self) -> Option<&str> {
        self.filled(CODE_FIELD)
    }

    /// The code that a form about the second factor itself is for; empty where none was given.
    pub fn factor_code(&self) -> &str {
        self.text(FACTOR_CODE_FIELD)
    }

    fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// An empty input is an absent one.
    fn filled(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|text| !text.trim().is_empty())
    }

    /// Radios named `permission.RESOURCE` with `none`, `read` or `manage`, and the box
    /// `permission.all`.
    pub(crate) fn permissions(&self, refusals: &mut Refusals) -> Option<Permissions> {
        let mut permissions = Vec::new();
        for (name, value) in &self.0 {
            let Some(resource) = name.strip_prefix("permission.") else {
                continue;
            };
            match value.as_str() {
                "none" => {}
                "*" if resource == "all" => permissions.push(Permission::All),
                verb => permissions
                    .push(refusals.take("spec.permissions", format!("{resource}:{verb}").parse())?),
            }
        }
        Some(permissions.into_iter().collect())
    }

    pub(crate) fn workspaces(&self, refusals: &mut Refusals) -> Option<BTreeSet<WorkspaceId>> {
        self.all("initialWorkspaceIds")
            .map(|id| refusals.take("initialWorkspaceIds", id.parse()))
            .collect()
    }

    fn labels(&self, refusals: &mut Refusals) -> Option<Labels> {
        Labels::parse_pairs("metadata.labels", self.text("metadata.labels"))
            .map_err(|refused| refusals.push(refused))
            .ok()
    }

    fn description(&self, refusals: &mut Refusals) -> Option<Option<String>> {
        let description = refusals.take(
            "spec.description",
            Description::parse(self.text("spec.description")),
        );
        description.map(Description::into_option)
    }

    fn external_id(&self, refusals: &mut Refusals) -> Option<Option<ExternalId>> {
        refusals.take_optional(
            "metadata.externalId",
            self.filled("metadata.externalId"),
            ExternalId::parse,
        )
    }
}

/// The choices of the expiry control: its `expires` radios and the `expiresOn` date.
pub const LIFETIMES: [(&str, &str); 5] = [
    ("30", "30 days"),
    ("90", "90 days"),
    ("365", "1 year"),
    ("date", "Date"),
    ("never", "Never"),
];

/// Which lifetime is chosen when nothing was.
pub const DEFAULT_LIFETIME: &str = "90";

/// Chosen, a key lasts as long as the settings of the account say.
pub const USUAL_LIFETIME: (&str, &str) = ("usual", "Usual");

/// When a key with these choices expires.
pub fn expiry(choice: &str, date: &str, now: Timestamp) -> Result<Expiry, Invalid> {
    match choice {
        "usual" => Ok(Expiry::Usual),
        "never" => Ok(Expiry::Never),
        "date" if date.trim().is_empty() => Err(Invalid::new(
            "choose the day it expires on, or another lifetime",
        )),
        "date" => Timestamp::end_of_day(date).map(Expiry::At),
        days => {
            let days: u64 = days
                .parse()
                .map_err(|_| Invalid::new("choose one of the lifetimes"))?;
            let lifetime = Duration::from_hours(days.min(36_500) * 24);
            Ok(Expiry::At(now.plus(lifetime)))
        }
    }
}

impl IssueKey {
    /// Reads the issue form. `now` is what a lifetime in days counts from.
    pub fn from_form(fields: &Fields, now: Timestamp) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let choice = fields.get("expires").unwrap_or(DEFAULT_LIFETIME);
        let parsed = (
            refusals.take(
                "metadata.name",
                KeyName::parse(fields.text("metadata.name")),
            ),
            fields.external_id(&mut refusals),
            fields.labels(&mut refusals),
            fields.description(&mut refusals),
            fields.permissions(&mut refusals),
            fields.workspaces(&mut refusals),
            refusals.take(
                "spec.expiresAt",
                expiry(choice, fields.text("expiresOn"), now),
            ),
        );
        let (
            Some(name),
            Some(external_id),
            Some(labels),
            Some(description),
            Some(permissions),
            Some(workspaces),
            Some(expiry),
        ) = parsed
        else {
            return Err(refusals.into());
        };
        let all_workspaces = fields.get("spec.allWorkspaces").is_some();
        Ok(Self {
            name,
            external_id,
            labels,
            description,
            permissions,
            workspaces,
            all_workspaces,
            expiry,
        })
    }
}

impl KeyChanges {
    /// Reads the details form of a key's page: everything in it is sent, and changes unless it is as it was
    /// shown. Permissions change only when the form carries their radios, the expiry only when it carries its
    /// control.
    pub fn from_form(fields: &Fields, now: Timestamp) -> Result<Self, Error> {
        let mut changes = Self::sent(fields, now)?;
        if let Some(Ok(shown)) = fields.shown().map(|shown| Self::sent(&shown, now)) {
            unless_shown(&mut changes.name, shown.name);
            unless_shown(&mut changes.external_id, shown.external_id);
            unless_shown(&mut changes.labels, shown.labels);
            unless_shown(&mut changes.description, shown.description);
            let held = shown.permissions.unwrap_or_default();
            unless_shown(&mut changes.permissions, Some(held));
        }
        Ok(changes)
    }

    fn sent(fields: &Fields, now: Timestamp) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let mut changes = Self {
            name: refusals.take(
                "metadata.name",
                KeyName::parse(fields.text("metadata.name")),
            ),
            external_id: fields.external_id(&mut refusals),
            labels: fields.labels(&mut refusals),
            description: fields.description(&mut refusals),
            ..Self::default()
        };
        if fields
            .0
            .iter()
            .any(|(name, _)| name.starts_with("permission."))
        {
            changes.permissions = fields.permissions(&mut refusals);
        }
        if let Some(choice) = fields.get("expires").filter(|choice| *choice != "keep") {
            let expires_at = match expiry(choice, fields.text("expiresOn"), now) {
                Ok(Expiry::At(at)) => Ok(Some(at)),
                Ok(Expiry::Never) => Ok(None),
                Ok(Expiry::Usual) => Err(Invalid::new("choose one of the lifetimes")),
                Err(invalid) => Err(invalid),
            };
            changes.expires_at = refusals.take("spec.expiresAt", expires_at);
        }
        if refusals.is_empty() {
            Ok(changes)
        } else {
            Err(refusals.into())
        }
    }
}

impl NewWorkspace {
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        let parsed = (
            refusals.take(
                "metadata.name",
                WorkspaceName::parse(fields.text("metadata.name")),
            ),
            fields.external_id(&mut refusals),
            fields.labels(&mut refusals),
            fields.description(&mut refusals),
        );
        let (Some(name), Some(external_id), Some(labels), Some(description)) = parsed else {
            return Err(refusals.into());
        };
        Ok(Self {
            name,
            external_id,
            labels,
            description,
        })
    }
}

impl WorkspaceChanges {
    /// Reads the edit form of a workspace: everything in it is sent, and changes unless it is as it was shown.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut changes = Self::sent(fields)?;
        if let Some(Ok(shown)) = fields.shown().map(|shown| Self::sent(&shown)) {
            unless_shown(&mut changes.name, shown.name);
            unless_shown(&mut changes.external_id, shown.external_id);
            unless_shown(&mut changes.labels, shown.labels);
            unless_shown(&mut changes.description, shown.description);
        }
        Ok(changes)
    }

    fn sent(fields: &Fields) -> Result<Self, Error> {
        let NewWorkspace {
            name,
            external_id,
            labels,
            description,
        } = NewWorkspace::from_form(fields)?;
        Ok(Self {
            name: Some(name),
            external_id: Some(external_id),
            labels: Some(labels),
            description: Some(description),
        })
    }
}

impl NewMember {
    /// Reads the form of a workspace that adds somebody by their address.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let email = Email::parse(fields.text("email"));
        Ok(Self::Email(email.map_err(|refused| refused.at("email"))?))
    }
}

/// Who takes possession of a new account. The passphrase stays in [`Fields`]: what holds a secret
/// is decided on the server.
#[derive(Clone, Debug)]
pub struct NewOwner {
    pub account: AccountName,
    pub name: PersonName,
    pub email: Email,
}

impl NewOwner {
    /// Checks the passphrase's length too, so that every refusal comes at once.
    pub fn from_form(fields: &Fields) -> Result<Self, Error> {
        let mut refusals = Refusals::default();
        if fields.filled("code").is_none() {
            refusals.push(Invalid::new("copy the code from the server's log").at("code"));
        }
        let parsed = (
            refusals.take("account", AccountName::parse(fields.text("account"))),
            refusals.take("name", PersonName::parse(fields.text("name"))),
            refusals.take("email", Email::parse(fields.text("email"))),
            refusals.take(
                "passphrase",
                check_passphrase_length(fields.text("passphrase")),
            ),
        );
        match parsed {
            (Some(account), Some(name), Some(email), Some(())) if refusals.is_empty() => Ok(Self {
                account,
                name,
                email,
            }),
            _ => Err(refusals.into()),
        }
    }
}
