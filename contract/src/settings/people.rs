//! The part of the settings that is about people.

use serde::{Deserialize, Serialize};

use crate::error::{Invalid, Refusals};
use crate::{Permission, Permissions};

pub(super) const REQUIRE_FACTOR: &str = "people.requireSecondFactor";
pub(super) const MEMBER_PERMISSIONS: &str = "people.memberPermissions";
/// What the form about people says that it is, for its boxes say nothing where they are not ticked.
pub const PEOPLE_SECTION: &str = "people";

/// What people need to come in, and what members hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct PeopleSettings {
    /// Whether owners and admins hold nothing until they have turned a second factor on.
    pub require_second_factor: bool,
    /// What members hold, in the workspaces they belong to.
    pub member_permissions: Permissions,
}

impl Default for PeopleSettings {
    fn default() -> Self {
        let managed = ["api_keys", "agents", "objectives", "tools", "memory"];
        let held = managed.map(Permission::manage).into_iter();
        Self {
            require_second_factor: false,
            member_permissions: held.chain([Permission::read("workspaces")]).collect(),
        }
    }
}

impl PeopleSettings {
    /// Whether a member may hold it at all: what makes somebody an admin is for admins.
    pub fn for_members(permission: &Permission) -> bool {
        let admins = [
            Permission::manage("account"),
            Permission::manage("workspaces"),
        ];
        *permission != Permission::All && !admins.contains(permission)
    }
}

/// `people` of the settings as a client sends them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PeopleSettingsInput {
    pub require_second_factor: Option<bool>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Permissions>))]
    pub member_permissions: Option<Vec<String>>,
}

/// What members are to hold, every permission that is refused named by its place.
pub(super) fn read_held(refusals: &mut Refusals, texts: &[String]) -> Permissions {
    let read = |(index, text): (usize, &String)| {
        let allowed = |permission: &Permission| PeopleSettings::for_members(permission);
        let parsed = text.parse().and_then(|permission| {
            if allowed(&permission) {
                Ok(permission)
            } else {
                Err(Invalid::new(format!(
                    "{permission} is for admins; a member cannot hold it"
                )))
            }
        });
        refusals.take(&format!("{MEMBER_PERMISSIONS}[{index}]"), parsed)
    };
    texts.iter().enumerate().filter_map(read).collect()
}
