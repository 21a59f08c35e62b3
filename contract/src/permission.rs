//! Permissions: `resource:verb`, or `*`, the explicit full grant. `manage` implies `read`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize, Serializer};

use crate::error::{FieldError, Invalid};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    Read,
    Manage,
}

/// One thing a caller may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// `*`: everything, now and later.
    All,
    /// `resource:verb`
    On(String, Verb),
}

impl Permission {
    pub fn read(resource: &str) -> Self {
        Self::On(resource.to_owned(), Verb::Read)
    }

    pub fn manage(resource: &str) -> Self {
        Self::On(resource.to_owned(), Verb::Manage)
    }

    /// Whether holding `self` is enough to do `other`.
    pub fn implies(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::On(..), Self::All) => false,
            (Self::On(resource, verb), Self::On(wanted, needed)) => {
                resource == wanted && verb >= needed
            }
        }
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::On(resource, Verb::Read) => write!(f, "{resource}:read"),
            Self::On(resource, Verb::Manage) => write!(f, "{resource}:manage"),
        }
    }
}

impl FromStr for Permission {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "*" {
            return Ok(Self::All);
        }
        let resource_and_verb = text.split_once(':').and_then(|(resource, verb)| {
            let verb = match verb {
                "read" => Verb::Read,
                "manage" => Verb::Manage,
                _ => return None,
            };
            is_resource(resource).then(|| Self::On(resource.to_owned(), verb))
        });
        resource_and_verb.ok_or_else(|| {
            Invalid::new("write a permission as resource:read, resource:manage or *")
        })
    }
}

/// 1 to 63 of `[a-z0-9_]`, beginning with a letter.
fn is_resource(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// A normalised set: nothing that something else in it implies, in a fixed order; side by side, for there is
/// one of these for every key in memory. Clones share it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Permissions(Arc<[Permission]>);

impl Permissions {
    /// `*`
    pub fn all() -> Self {
        [Permission::All].into_iter().collect()
    }

    /// Parses each text; the first that is refused is named as `field[index]`.
    pub fn parse(field: &str, texts: &[impl AsRef<str>]) -> Result<Self, FieldError> {
        let parse = |(index, text): (usize, &_)| {
            let text: &str = AsRef::as_ref(text);
            text.parse()
                .map_err(|invalid: Invalid| invalid.at(format!("{field}[{index}]")))
        };
        texts.iter().enumerate().map(parse).collect()
    }

    pub fn holds(&self, permission: &Permission) -> bool {
        self.0.iter().any(|held| held.implies(permission))
    }

    /// The first permission of `other` that this set does not hold.
    pub fn first_missing<'a>(&self, other: &'a Self) -> Option<&'a Permission> {
        other.0.iter().find(|permission| !self.holds(permission))
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Permission> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(Permission::to_string).collect()
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        let given: BTreeSet<Permission> = permissions.into_iter().collect();
        let implied =
            |one: &Permission| given.iter().any(|other| other != one && other.implies(one));
        let all = given.iter().filter(|one| !implied(one)).cloned();
        Self(all.collect())
    }
}

impl TryFrom<Vec<String>> for Permissions {
    type Error = Invalid;

    fn try_from(texts: Vec<String>) -> Result<Self, Invalid> {
        texts.iter().map(|text| text.parse()).collect()
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Text))
    }
}

/// A permission as it is written.
struct Text<'a>(&'a Permission);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

/// The permissions an operator has named: what may be written into a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue(Vec<CatalogueEntry>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogueEntry {
    /// The word before the colon.
    pub resource: String,
    /// What the console calls it.
    pub title: String,
    /// Whether `read` exists beside `manage`.
    pub readable: bool,
}

impl Default for Catalogue {
    /// The resources of the REST contract.
    fn default() -> Self {
        let entry = |(resource, title, readable): (&str, &str, bool)| CatalogueEntry {
            resource: resource.to_owned(),
            title: title.to_owned(),
            readable,
        };
        Self(
            [
                ("api_keys", "Keys", true),
                ("workspaces", "Workspaces", true),
                ("agents", "Agents", true),
                ("objectives", "Objectives", true),
                ("tools", "Tools", true),
                ("memory", "Memory", true),
                ("secrets", "Secrets", false),
                ("account", "Account", false),
            ]
            .map(entry)
            .into(),
        )
    }
}

impl Catalogue {
    pub fn entries(&self) -> &[CatalogueEntry] {
        &self.0
    }

    fn has(&self, permission: &Permission) -> bool {
        match permission {
            Permission::All => true,
            Permission::On(resource, verb) => self.0.iter().any(|entry| {
                &entry.resource == resource && (entry.readable || *verb == Verb::Manage)
            }),
        }
    }

    /// Refuses permissions that nobody named.
    pub fn check(&self, field: &str, permissions: &Permissions) -> Result<(), FieldError> {
        match permissions.iter().find(|permission| !self.has(permission)) {
            None => Ok(()),
            Some(unknown) => {
                let known: Vec<_> = self.0.iter().map(|entry| entry.resource.as_str()).collect();
                let message = format!(
                    "there is no permission {unknown}; the resources here are {}",
                    known.join(", ")
                );
                Err(Invalid::new(message).at(field))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(texts: &[&str]) -> Permissions {
        Permissions::parse("permissions", texts).unwrap()
    }

    #[test]
    fn a_set_is_stored_without_what_it_implies() {
        assert_eq!(
            set(&["tools:read", "memory:read", "tools:manage"]).to_strings(),
            ["memory:read", "tools:manage"]
        );
        assert_eq!(set(&["tools:manage", "*"]).to_strings(), ["*"]);
    }

    #[test]
    fn an_unknown_permission_is_named() {
        let refused =
            Permissions::parse("spec.permissions", &["tools:read", "tools:write"]).unwrap_err();
        assert_eq!(refused.field, "spec.permissions[1]");
        let catalogue = Catalogue::default();
        assert!(catalogue.check("p", &set(&["*", "secrets:manage"])).is_ok());
        assert!(catalogue.check("p", &set(&["secrets:read"])).is_err());
        assert!(
            catalogue
                .check("p", &set(&["rockets:read"]))
                .unwrap_err()
                .message
                .contains("rockets:read")
        );
    }

    /// A permission as the set of (resource, verb) it allows, spelled out: the slow oracle.
    fn allowed(texts: &[String]) -> BTreeSet<(&'static str, &'static str)> {
        let every = [
            ("a", "read"),
            ("a", "manage"),
            ("b", "read"),
            ("b", "manage"),
            ("new", "read"),
            ("new", "manage"),
        ];
        let allows = |text: &str, (resource, verb): (&str, &str)| {
            text == "*"
                || text == format!("{resource}:{verb}")
                || (verb == "read" && text == format!("{resource}:manage"))
        };
        every
            .into_iter()
            .filter(|one| texts.iter().any(|text| allows(text, *one)))
            .collect()
    }

    fn texts() -> impl Strategy<Value = Vec<String>> {
        let one = proptest::sample::select(vec!["a:read", "a:manage", "b:read", "b:manage", "*"]);
        proptest::collection::vec(one.prop_map(str::to_owned), 0..5)
    }

    proptest! {
        #[test]
        fn the_lattice_agrees_with_the_oracle(mine in texts(), theirs in texts()) {
            let (a, b) = (Permissions::parse("p", &mine).unwrap(), Permissions::parse("p", &theirs).unwrap());
            let dominates = allowed(&mine).is_superset(&allowed(&theirs));
            prop_assert_eq!(a.first_missing(&b).is_none(), dominates);
            prop_assert_eq!(allowed(&a.to_strings()), allowed(&mine), "normalising changes nothing");
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,80}") {
            if let Ok(permission) = text.parse::<Permission>() {
                prop_assert_eq!(permission.to_string(), text);
            }
        }
    }
}
