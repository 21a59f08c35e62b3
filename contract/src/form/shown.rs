//! What a form showed when it was opened. Somebody else may have changed it since: only what differs from what
//! was shown was changed by whoever sends it.

use super::Fields;
use crate::Permissions;

/// The name of the field by which a form says that it tells what it showed.
pub const SHOWN: &str = "was";
/// Before the name of a field: what the form showed in it.
const WAS: &str = "was.";

impl Fields {
    /// The form as it was opened, where it tells that.
    pub(crate) fn shown(&self) -> Option<Self> {
        self.get(SHOWN)?;
        let shown = self.iter().filter_map(|(name, value)| {
            let name = name
                .strip_prefix(WAS)
                .or((name == "section").then_some(name))?;
            Some((name.to_owned(), value.to_owned()))
        });
        Some(shown.collect())
    }
}

/// The name of the field that tells what another showed.
pub fn was(name: &str) -> String {
    format!("{WAS}{name}")
}

/// The fields that say these permissions.
pub fn permission_fields(permissions: &Permissions) -> impl Iterator<Item = (String, String)> {
    permissions.to_strings().into_iter().map(|text| {
        let (resource, level) = text.split_once(':').unwrap_or(("all", &text));
        (format!("permission.{resource}"), level.to_owned())
    })
}

/// Leaves a field as it is that is sent as it was shown.
pub(crate) fn unless_shown<T: PartialEq>(sent: &mut Option<T>, shown: Option<T>) {
    if *sent == shown {
        *sent = None;
    }
}
