//! What a list of keys is searched by.

use contract::ApiKeyId;
use uuid::Uuid;

/// What a search looks through. Folded here and not by the database, because SQLite folds ASCII
/// only.
pub(super) fn search_text(
    name: &str,
    description: Option<&str>,
    external_id: Option<&str>,
    hint: &str,
) -> String {
    [
        name,
        description.unwrap_or_default(),
        external_id.unwrap_or_default(),
        hint,
    ]
    .join("\n")
    .to_lowercase()
}

/// The ids whose text begins so. A text that begins no id gives an empty range.
pub(super) fn id_range(prefix: &str) -> (Uuid, Uuid) {
    let nothing = (Uuid::max(), Uuid::nil());
    let kind = "apikey_";
    if kind.starts_with(prefix) {
        return (Uuid::nil(), Uuid::max());
    }
    let Some(digits) = prefix
        .strip_prefix(kind)
        .filter(|digits| digits.len() <= 26)
    else {
        return nothing;
    };
    let edge = |fill: char| {
        let text: String = digits
            .chars()
            .chain(std::iter::repeat(fill))
            .take(26)
            .collect();
        format!("{kind}{text}")
            .parse::<ApiKeyId>()
            .map(ApiKeyId::uuid)
    };
    match (edge('0'), edge('Z')) {
        (Ok(first), Ok(last)) => (first, last),
        _ => nothing,
    }
}
