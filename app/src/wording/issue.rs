//! What the issue drawer says is about to exist.

use contract::form::expiry;
use contract::request::Expiry;
use contract::settings::KeySettings;
use contract::{Invalid, Timestamp};

use super::{counted, listed};
use crate::pages::issue::end_of;

/// The issue form as it stands, parsed as far as a sentence needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct IssueDraft {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) external_id: String,
    pub(crate) labels: String,
    /// The `expires` choice and its date.
    pub(crate) lifetime: String,
    pub(crate) expires_on: String,
    /// What a lifetime in days counts from, in Unix milliseconds.
    pub(crate) now: i64,
    pub(crate) keys: KeySettings,
    pub(crate) permissions: Vec<String>,
    /// The ids of the chosen workspaces.
    pub(crate) workspaces: Vec<String>,
    pub(crate) workspaces_total: usize,
    pub(crate) all_workspaces: bool,
}

/// A run of the sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Plain(String),
    /// What the person decided.
    Strong(String),
}

impl IssueDraft {
    pub(crate) fn expiry(&self) -> Result<Expiry, Invalid> {
        expiry(&self.lifetime, &self.expires_on, self.now())
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix_millis(self.now)
    }

    /// "release-bot will reach 3 of 18 workspaces, read memory and manage tools, until 21 Feb 2027."
    pub(crate) fn sentence(&self) -> Vec<Piece> {
        let plain = |text: &str| Piece::Plain(text.to_owned());
        let name = match self.name.trim() {
            "" => plain("The key"),
            name => Piece::Strong(name.to_owned()),
        };
        let mut pieces = vec![name];
        if self.all_workspaces {
            pieces.push(plain(" will reach "));
            pieces.push(Piece::Strong(
                "every workspace, present and future".to_owned(),
            ));
        } else if self.workspaces.is_empty() {
            pieces.push(plain(" will reach "));
            pieces.push(Piece::Strong("no workspace yet".to_owned()));
        } else {
            let total = counted(self.workspaces_total as u64, "workspace", "workspaces");
            let (total, noun) = total.split_once(' ').unwrap_or((&total, ""));
            pieces.push(plain(" will reach "));
            pieces.push(Piece::Strong(format!(
                "{} of {total}",
                self.workspaces.len()
            )));
            pieces.push(Piece::Plain(format!(" {noun}")));
        }
        pieces.push(Piece::Plain(format!(
            ", {}, ",
            permissions_phrase(&self.permissions)
        )));
        let end = self.expiry();
        match end.map(|expiry| end_of(expiry, &self.keys, self.now())) {
            Ok(Some(at)) => {
                pieces.push(plain("until "));
                pieces.push(Piece::Strong(at.date()));
            }
            Ok(None) => pieces.push(Piece::Strong("with no end".to_owned())),
            Err(_) => pieces.push(plain("until a day you choose")),
        }
        pieces.push(plain("."));
        pieces
    }
}

/// "read memory and manage tools", as what follows "will".
fn permissions_phrase(permissions: &[String]) -> String {
    if permissions.iter().any(|permission| permission == "*") {
        return "do everything".to_owned();
    }
    let with = |verb: &str| -> Vec<String> {
        let resource = |text: &String| {
            let (resource, wanted) = text.split_once(':')?;
            (wanted == verb).then(|| resource.replace('_', " "))
        };
        permissions.iter().filter_map(resource).collect()
    };
    let phrases: Vec<String> = [("read", with("read")), ("manage", with("manage"))]
        .into_iter()
        .filter(|(_, resources)| !resources.is_empty())
        .map(|(verb, resources)| format!("{verb} {}", listed(&resources)))
        .collect();
    if phrases.is_empty() {
        "with no permissions".to_owned()
    } else {
        phrases.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(draft: &IssueDraft) -> String {
        let text = |piece| match piece {
            Piece::Plain(text) | Piece::Strong(text) => text,
        };
        draft.sentence().into_iter().map(text).collect()
    }

    #[test]
    fn the_sentence_says_what_is_about_to_exist() {
        let texts = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        let mut draft = IssueDraft {
            name: "release-bot".to_owned(),
            lifetime: "90".to_owned(),
            now: 1_795_392_000_000,
            permissions: texts(&[
                "memory:read",
                "objectives:manage",
                "tools:manage",
                "workspaces:read",
            ]),
            workspaces: texts(&["a", "b", "c"]),
            workspaces_total: 18,
            ..IssueDraft::default()
        };
        assert_eq!(
            said(&draft),
            "release-bot will reach 3 of 18 workspaces, read memory and workspaces, manage objectives \
             and tools, until 21 Feb 2027."
        );
        draft.all_workspaces = true;
        draft.permissions = texts(&["*"]);
        draft.lifetime = "never".to_owned();
        assert_eq!(
            said(&draft),
            "release-bot will reach every workspace, present and future, do everything, with no end."
        );
        let nothing = IssueDraft {
            lifetime: "date".to_owned(),
            ..IssueDraft::default()
        };
        assert_eq!(
            said(&nothing),
            "The key will reach no workspace yet, with no permissions, until a day you choose."
        );
    }
}
