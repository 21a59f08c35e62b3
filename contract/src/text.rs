//! Short texts that people type. Each is trimmed, bounded and free of control characters once it
//! exists; none is ever interpreted.

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// Lengths are counted in Unicode scalar values.
struct Rule {
    what: &'static str,
    min: usize,
    max: usize,
    lines: bool,
}

impl Rule {
    fn parse(&self, text: &str) -> Result<String, Invalid> {
        let text = text.trim();
        let length = text.chars().count();
        if length < self.min {
            return Err(Invalid::new(format!("give {}", self.what)));
        }
        if length > self.max {
            return Err(Invalid::new(format!(
                "use at most {} characters; this has {length}",
                self.max
            )));
        }
        let breaks_line = |c: char| self.lines && matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(|c| c.is_control() && !breaks_line(c)) {
            return Err(Invalid::new("use printable characters only"));
        }
        Ok(text.to_owned())
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn parse(text: &str) -> Result<Self, Invalid> {
                const RULE: Rule = $rule;
                RULE.parse(text).map(Self)
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Invalid;

            fn try_from(text: String) -> Result<Self, Invalid> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(
    /// What a key is called: 1 to 200 characters. Duplicates are allowed.
    KeyName, Rule { what: "the key a name", min: 1, max: 200, lines: false }
);
text!(
    /// What a workspace is called: 1 to 200 characters. Duplicates are allowed.
    WorkspaceName, Rule { what: "the workspace a name", min: 1, max: 200, lines: false }
);
text!(
    /// What an account is called: 1 to 200 characters.
    AccountName, Rule { what: "the account a name", min: 1, max: 200, lines: false }
);
text!(
    /// A person's name: 1 to 200 characters.
    PersonName, Rule { what: "a name", min: 1, max: 200, lines: false }
);
text!(
    /// What a thing is for: up to 2,000 characters; empty is none.
    Description, Rule { what: "a description", min: 0, max: 2000, lines: true }
);
text!(
    /// Why something was done: 1 to 500 characters.
    Reason, Rule { what: "a reason", min: 1, max: 500, lines: true }
);
text!(
    /// The caller's own id for a thing: 1 to 200 characters, unique per account and kind.
    ExternalId, Rule { what: "an external id", min: 1, max: 200, lines: false }
);

text!(
    /// What a person calls a view of a list: 1 to 40 characters.
    ViewName, Rule { what: "the view a name", min: 1, max: 40, lines: false }
);

/// Whether two texts look the same: what cannot be seen, and so cannot be typed from sight, is passed over.
pub fn looks_like(one: &str, other: &str) -> bool {
    // White space, and marks without a width: joiners, directions, variations, the byte order mark.
    let unseen = |c: &char| {
        c.is_whitespace()
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
    };
    let seen = |text: &str| -> String { text.chars().filter(|c| !unseen(c)).collect() };
    seen(one) == seen(other)
}

impl Description {
    /// An empty description is no description.
    pub fn into_option(self) -> Option<String> {
        (!self.0.is_empty()).then_some(self.0)
    }
}

/// An email address: one `@`, no white space, at most 254 characters (RFC 5321), kept in lower
/// case because people do not tell cases apart and sign-in must not either.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let well_formed = text.len() <= 254
            && !text.chars().any(|c| c.is_whitespace() || c.is_control())
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty() && !domain.is_empty() && !domain.contains('@')
            });
        if well_formed {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(Invalid::new("use an address like name@example.com"))
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Email {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Email> for String {
    fn from(email: Email) -> Self {
        email.0
    }
}

/// The fewest characters a passphrase may have.
pub const PASSPHRASE_MIN: usize = 15;
/// The most characters a passphrase may have; beyond it hashing would be a way to burden us.
pub const PASSPHRASE_MAX: usize = 256;

/// Whether a passphrase is long enough; whether it is too common is decided on the server.
pub fn check_passphrase_length(passphrase: &str) -> Result<(), Invalid> {
    match passphrase.chars().count() {
        n if n < PASSPHRASE_MIN => Err(Invalid::new(format!(
            "{n} of {PASSPHRASE_MIN} characters; four unrelated words are easy to remember and long enough"
        ))),
        n if n > PASSPHRASE_MAX => Err(Invalid::new(format!(
            "use at most {PASSPHRASE_MAX} characters; this has {n}"
        ))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_200_characters() {
        assert!(KeyName::parse("").is_err());
        assert!(KeyName::parse("   ").is_err());
        assert_eq!(KeyName::parse(" ci ").unwrap().as_str(), "ci");
        assert!(KeyName::parse(&"é".repeat(200)).is_ok());
        assert!(KeyName::parse(&"é".repeat(201)).is_err());
    }

    #[test]
    fn what_looks_the_same_is_the_same_and_nothing_else_is() {
        for (one, other) in [
            ("ci-deploy", " ci-deploy "),
            ("\u{202e}gnp.exe", "gnp.exe"),
            ("two  words", "two words"),
            ("\u{1f5dd}\u{fe0f}", "\u{1f5dd}"),
        ] {
            assert!(looks_like(one, other), "{one} {other}");
        }
        for other in ["ci-deploy2", "CI-deploy", "", "ci deploy"] {
            assert!(!looks_like("ci-deploy", other), "{other}");
        }
    }

    #[test]
    fn a_name_has_no_control_characters_and_is_otherwise_left_alone() {
        assert!(KeyName::parse("a\u{7}b").is_err());
        assert!(KeyName::parse("a\nb").is_err());
        assert!(Description::parse("a\nb").is_ok());
        for hostile in [
            "<script>alert(1)</script>",
            "\u{202e}gnp.exe",
            "🗝️🗄️",
            "'; drop table api_key; --",
        ] {
            assert_eq!(KeyName::parse(hostile).unwrap().as_str(), hostile);
        }
    }

    #[test]
    fn an_email_is_recognised_and_folded() {
        assert_eq!(
            Email::parse(" Mira@Northwind.example ").unwrap().as_str(),
            "mira@northwind.example"
        );
        for bad in [
            "",
            "mira",
            "@x",
            "x@",
            "a@b@c",
            "a b@c",
            &format!("{}@x.y", "a".repeat(251)),
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_passphrase_is_counted_in_characters() {
        assert!(check_passphrase_length(&"ü".repeat(15)).is_ok());
        assert!(check_passphrase_length(&"ü".repeat(14)).is_err());
        assert!(check_passphrase_length(&"x".repeat(256)).is_ok());
        assert!(check_passphrase_length(&"x".repeat(257)).is_err());
    }
}
