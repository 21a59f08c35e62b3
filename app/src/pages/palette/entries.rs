//! What the palette offers for a text: what is fixed is looked through here, the rest was found by the
//! server.

use contract::Permission;
use contract::attention::Attention;
use contract::console::{Found, FoundKey, Me};
use contract::resource::KeyState;

use crate::wording::attention;

/// Something to go to or to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) group: &'static str,
    pub(super) icon: &'static str,
    pub(super) name: String,
    /// What else there is to say.
    pub(super) beside: String,
    /// Where it leads, or why it is not possible.
    pub(super) target: Result<String, String>,
}

const KEYS: &str = "Keys";
const WORKSPACES: &str = "Workspaces";
const PEOPLE: &str = "People";
const PAGES: &str = "Pages";
const ACTIONS: &str = "Actions";

/// What can be done to a key: in the icon's and the verb's words.
const VERBS: [(&str, &str); 4] = [
    ("Rotate", "rotate-cw"),
    ("Disable", "pause"),
    ("Enable", "play"),
    ("Revoke", "ban"),
];

/// How many keys have their actions offered unless one is asked for.
const ACTED_ON: usize = 1;

/// The part of what was typed that is looked for: "ci" of "rotate ci".
pub(super) fn searched(text: &str) -> &str {
    verb(text).map_or(text.trim(), |(_, rest)| rest)
}

/// What was found for another text, as far as it fits this one by its name.
pub(super) fn still_meant(mut found: Found, text: &str) -> Found {
    let part = searched(text).to_lowercase();
    let fits = |name: &str| name.to_lowercase().contains(&part);
    found.keys.retain(|key| fits(&key.name));
    found.workspaces.retain(|workspace| fits(&workspace.name));
    found.people.retain(|person| fits(&person.name));
    found
}

fn verb(text: &str) -> Option<(&'static str, &str)> {
    let (first, rest) = text.trim().split_once(char::is_whitespace)?;
    let (verb, _) = VERBS
        .into_iter()
        .find(|(verb, _)| verb.eq_ignore_ascii_case(first))?;
    Some((verb, rest.trim()))
}

/// What to offer, the likeliest first.
pub(super) fn entries(text: &str, found: &Found, me: &Me) -> Vec<Entry> {
    if let Some((verb, _)) = verb(text) {
        let keys = found.keys.iter();
        return keys.filter_map(|key| act(key, verb)).collect();
    }
    let part = text.trim().to_lowercase();
    let named = |entry: &Entry| entry.name.to_lowercase().contains(&part);
    let mut all: Vec<Entry> = Vec::new();
    if !part.is_empty() {
        all.extend(found.keys.iter().map(key));
        all.extend(found.workspaces.iter().map(|one| Entry {
            group: WORKSPACES,
            icon: "layers",
            name: one.name.clone(),
            beside: String::new(),
            target: Ok(format!("/workspaces/{}", one.id)),
        }));
        all.extend(found.people.iter().map(|one| Entry {
            group: PEOPLE,
            icon: "users",
            name: one.name.clone(),
            beside: one.email.clone(),
            target: Ok(format!("/people/{}", one.id)),
        }));
        for key in found.keys.iter().take(ACTED_ON) {
            all.extend(VERBS.iter().filter_map(|(verb, _)| act(key, verb)));
        }
    }
    all.extend(actions(me).into_iter().filter(named));
    all.extend(pages(me).into_iter().filter(named));
    if !part.is_empty() {
        all.extend(views().filter(named));
    }
    all
}

fn key(key: &FoundKey) -> Entry {
    Entry {
        group: KEYS,
        icon: "key-round",
        name: key.name.clone(),
        beside: key.hint.clone(),
        target: Ok(format!("/keys/{}", key.id)),
    }
}

/// An action on a key, unless it makes no sense in its state.
fn act(key: &FoundKey, verb: &'static str) -> Option<Entry> {
    let disabled = key.state == KeyState::Disabled;
    let (lower, id) = (verb.to_lowercase(), key.id);
    let path = match verb {
        "Disable" | "Enable" if disabled == (verb == "Disable") => return None,
        "Disable" | "Enable" => format!("/keys/change?change={lower}&id={id}"),
        _ => format!("/keys/{id}/{lower}"),
    };
    let target = match &key.locked {
        Some(why) => Err(why.clone()),
        None if key.system && verb == "Revoke" => {
            Err("The global account key cannot be revoked.".to_owned())
        }
        None => Ok(path),
    };
    let (_, icon) = VERBS.into_iter().find(|(known, _)| *known == verb)?;
    Some(Entry {
        group: ACTIONS,
        icon,
        name: format!("{verb} {}", key.name),
        beside: key.hint.clone(),
        target,
    })
}

/// The path, for who holds the permission.
fn with(me: &Me, permission: &Permission, path: &str) -> Result<String, String> {
    if me.permissions.holds(permission) {
        Ok(path.to_owned())
    } else {
        Err(format!("This needs {permission}, which you do not hold."))
    }
}

fn actions(me: &Me) -> Vec<Entry> {
    let action = |name: &str, resource: &str, path: &str| Entry {
        group: ACTIONS,
        icon: "plus",
        name: name.to_owned(),
        beside: String::new(),
        target: with(me, &Permission::manage(resource), path),
    };
    vec![
        action("Issue a key", "api_keys", "/keys/new"),
        action("Make a workspace", "workspaces", "/workspaces/new"),
    ]
}

fn pages(me: &Me) -> Vec<Entry> {
    let page = |name: &str, icon: &'static str, path: &str| Entry {
        group: PAGES,
        icon,
        name: name.to_owned(),
        beside: String::new(),
        target: Ok(path.to_owned()),
    };
    let account = |name: &str, icon: &'static str, path: &str| Entry {
        target: with(me, &Permission::manage("account"), path),
        ..page(name, icon, path)
    };
    vec![
        page("Keys", "key-round", "/keys"),
        page("Access", "grid-3x3", "/access"),
        page("Explain access", "circle-question-mark", "/access/explain"),
        page("Workspaces", "layers", "/workspaces"),
        account("People", "users", "/people"),
        account("Audit log", "scroll-text", "/audit"),
        page("API reference", "braces", "/reference"),
        account("Settings", "settings-2", "/settings"),
    ]
}

/// The views of the list of keys.
fn views() -> impl Iterator<Item = Entry> {
    Attention::ALL.iter().map(|kind| Entry {
        group: PAGES,
        icon: "key-round",
        name: format!("Keys: {}", attention::view(*kind)),
        beside: String::new(),
        target: Ok(format!("/keys?show={}", kind.as_str())),
    })
}

#[cfg(test)]
mod tests {
    use contract::Permissions;
    use serde_json::json;

    use super::*;

    fn me(permissions: &[&str]) -> Me {
        let me = json!({
            "profile": "profile_00000000000000000000000004", "name": "Mira", "email": "",
            "account_id": "account_00000000000000000000000003", "account": "Northwind", "role": "owner",
            "permissions": permissions,
            "public_url": "", "all_workspaces": true,
        });
        serde_json::from_value(me).unwrap()
    }

    fn found(key: &serde_json::Value) -> Found {
        let mut key = key.clone();
        key["id"] = json!("apikey_00000000000000000000000005");
        key["hint"] = json!("kr_7Qm…x81K");
        let found = json!({ "keys": [key], "workspaces": [], "people": [] });
        serde_json::from_value(found).unwrap()
    }

    fn offered(text: &str, found: &Found, me: &Me) -> Vec<(String, bool)> {
        let entries = entries(text, found, me).into_iter();
        entries
            .map(|entry| (entry.name, entry.target.is_ok()))
            .collect()
    }

    #[test]
    fn a_verb_leads_to_keys_alone() {
        assert_eq!(searched("rotate  ci"), "ci");
        assert_eq!(searched(" ci deploy "), "ci deploy");
        let on = found(&json!({"name": "ci-deploy", "state": "STATE_ENABLED", "system": false}));
        let told = offered("Rotate ci", &on, &me(&["*"]));
        assert_eq!(told, [("Rotate ci-deploy".to_owned(), true)]);
        assert!(offered("enable ci", &on, &me(&["*"])).is_empty());
    }

    #[test]
    fn what_is_not_possible_says_why() {
        let all = Permissions::all().to_strings();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let system = found(&json!({"name": "global", "state": "STATE_ENABLED", "system": true}));
        let told = offered("global", &system, &me(&all));
        assert!(told.contains(&("Rotate global".to_owned(), true)));
        assert!(told.contains(&("Revoke global".to_owned(), false)));
        let locked = json!({
            "name": "strong", "state": "STATE_DISABLED", "system": false, "locked": "too strong",
        });
        let entries = entries("strong", &found(&locked), &me(&all));
        let enable = entries.iter().find(|entry| entry.name == "Enable strong");
        assert_eq!(enable.unwrap().target, Err("too strong".to_owned()));
        let nothing = offered("", &Found::default(), &me(&[]));
        assert!(nothing.contains(&("Issue a key".to_owned(), false)));
        assert!(nothing.contains(&("Audit log".to_owned(), false)));
        assert!(nothing.contains(&("Keys".to_owned(), true)));
    }

    #[test]
    fn what_was_found_for_another_text_stays_only_where_it_fits() {
        let ci = found(&json!({"name": "CI-deploy", "state": "STATE_ENABLED", "system": false}));
        assert_eq!(still_meant(ci.clone(), "rotate ci-d"), ci);
        assert!(still_meant(ci, "api ref").keys.is_empty());
    }

    #[test]
    fn pages_are_found_by_a_part_of_their_names() {
        let told = offered("idle", &Found::default(), &me(&["*"]));
        assert_eq!(told, [("Keys: Idle > 90 d".to_owned(), true)]);
    }
}
