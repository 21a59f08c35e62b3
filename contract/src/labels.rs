//! Labels: the caller's own words for grouping keys and workspaces.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{FieldError, Invalid};

/// The most labels one thing may carry.
pub const MAX_LABELS: usize = 64;

/// A checked set of labels, in key order: a few pairs side by side, for there is one of these for every key in
/// memory. Clones share it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Labels(#[serde(deserialize_with = "in_order")] Arc<[(String, String)]>);

impl Labels {
    /// Checks every key and value; the first that is refused is named under `field`.
    pub fn parse(field: &str, labels: BTreeMap<String, String>) -> Result<Self, FieldError> {
        if labels.len() > MAX_LABELS {
            return Err(Invalid::new(format!("use at most {MAX_LABELS} labels")).at(field));
        }
        for (key, value) in &labels {
            let at = || format!("{field}.{key}");
            check_key(key).map_err(|invalid| invalid.at(at()))?;
            check_value(value).map_err(|invalid| invalid.at(at()))?;
        }
        Ok(Self(labels.into_iter().collect()))
    }

    /// Reads `key=value` pairs separated by commas or white space, the form people type and the
    /// `labels` filter takes. An empty text is no labels.
    pub fn parse_pairs(field: &str, text: &str) -> Result<Self, FieldError> {
        let mut labels = BTreeMap::new();
        for pair in text
            .split([',', ' ', '\t', '\n', '\r'])
            .filter(|pair| !pair.is_empty())
        {
            let (key, value) = pair.split_once('=').ok_or_else(|| {
                Invalid::new("write labels as key=value, separated by commas").at(field)
            })?;
            labels.insert(key.to_owned(), value.to_owned());
        }
        Self::parse(field, labels)
    }

    /// The inverse of [`Labels::parse_pairs`].
    pub fn to_pairs(&self) -> String {
        let pair = |(key, value)| format!("{key}={value}");
        let pairs: Vec<_> = self.iter().map(pair).collect();
        pairs.join(", ")
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is a label of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }
}

/// Of what was written by [`Labels`].
fn in_order<'de, D: Deserializer<'de>>(written: D) -> Result<Arc<[(String, String)]>, D::Error> {
    Ok(BTreeMap::deserialize(written)?.into_iter().collect())
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// `name` or `dns.subdomain/name`; the name has 1 to 63 characters, the prefix at most 253.
fn check_key(key: &str) -> Result<(), Invalid> {
    let (prefix, name) = match key.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, key),
    };
    let good = !name.is_empty() && is_label_word(name) && prefix.is_none_or(is_dns_subdomain);
    good.then_some(()).ok_or_else(|| {
        Invalid::new(
            "use a label key of 1 to 63 letters and digits, with - _ . between, after an optional dns.name/ prefix",
        )
    })
}

fn check_value(value: &str) -> Result<(), Invalid> {
    is_label_word(value).then_some(()).ok_or_else(|| {
        Invalid::new("use a label value of 0 to 63 letters and digits, with - _ . between")
    })
}

/// 0 to 63 of `[A-Za-z0-9]` with `-`, `_`, `.` allowed between.
fn is_label_word(word: &str) -> bool {
    let bytes = word.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return true;
    };
    bytes.len() <= 63
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
        && bytes
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// RFC 1123: dot-separated parts of 1 to 63 lower-case letters, digits and inner hyphens.
fn is_dns_subdomain(name: &str) -> bool {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    name.len() <= 253 && name.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(key: &str, value: &str) -> Result<Labels, FieldError> {
        Labels::parse(
            "metadata.labels",
            BTreeMap::from([(key.to_owned(), value.to_owned())]),
        )
    }

    #[test]
    fn keys_and_values_hold_their_edges() {
        let word = "a".repeat(63);
        assert!(one(&word, &word).is_ok());
        assert!(one(&format!("{word}a"), "").is_err());
        assert!(one("env", &format!("{word}a")).is_err());
        assert!(one("env", "").is_ok());
        assert!(one("", "prod").is_err());
        let prefix = [word.as_str(), &word, &word, &"b".repeat(61)].join(".");
        assert_eq!(prefix.len(), 253);
        assert!(one(&format!("{prefix}/env"), "prod").is_ok());
        assert!(one(&format!("{prefix}b/env"), "prod").is_err());
    }

    #[test]
    fn a_refused_label_is_named() {
        assert_eq!(
            one("env", "-prod").unwrap_err().field,
            "metadata.labels.env"
        );
        for key in ["-env", "env-", "e nv", "a/b/c", "/env", "A.b/env"] {
            assert!(one(key, "x").is_err(), "{key}");
        }
    }

    #[test]
    fn at_most_64() {
        let many = |n: usize| (0..n).map(|i| (format!("k{i}"), String::new())).collect();
        assert!(Labels::parse("labels", many(64)).is_ok());
        assert!(Labels::parse("labels", many(65)).is_err());
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,80}") {
            let _ = Labels::parse_pairs("labels", &text);
        }

        #[test]
        fn pairs_survive_their_text(pairs in proptest::collection::btree_map("[a-z]{1,9}", "[a-z0-9]{0,9}", 0..5)) {
            let labels = Labels::parse("labels", pairs).unwrap();
            prop_assert_eq!(Labels::parse_pairs("labels", &labels.to_pairs()).unwrap(), labels);
        }
    }
}
