//! What a list of keys is searched by.
//!
//! A search is for any part of a text, and both databases keep an index of every three characters for
//! it. PostgreSQL's planner decides by itself whether to use it (`pg_trgm`). SQLite's is a table of its
//! own (FTS5) that [`candidates`] asks first: a part that few keys hold is found by it, one that many
//! hold is soon met by reading keys in the order of the list.

use contract::{AccountId, ApiKeyId};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::error::Result;

/// What the index takes at least.
const SHORTEST: usize = 3;
/// More keys than these are not worth asking the index for.
const FEW: usize = 1_000;

/// The keys that hold `part`, where it is better to look at these alone.
pub(super) async fn candidates(
    db: &impl ConnectionTrait,
    account: AccountId,
    part: &str,
) -> Result<Option<Vec<Uuid>>> {
    if db.get_database_backend() != DbBackend::Sqlite || part.chars().count() < SHORTEST {
        return Ok(None);
    }
    let phrase = format!("\"{}\"", part.replace('"', "\"\""));
    // CROSS JOIN, so that it reads from the index on and never asks the index once for each key.
    let query = Statement::from_sql_and_values(
        DbBackend::Sqlite,
        "SELECT api_key_id FROM api_key_trigram \
         CROSS JOIN api_key_number ON number = api_key_trigram.rowid \
         CROSS JOIN api_key ON api_key.id = api_key_id \
         WHERE api_key_trigram MATCH ? AND account_id = ? LIMIT ?",
        [
            phrase.into(),
            account.uuid().into(),
            i64::try_from(FEW + 1).unwrap_or(i64::MAX).into(),
        ],
    );
    let rows = db.query_all_raw(query).await?;
    if rows.len() > FEW {
        return Ok(None);
    }
    let ids = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(Some(ids.collect::<Result<_, _>>()?))
}

/// What a search looks through.
pub(super) fn search_text(
    name: &str,
    description: Option<&str>,
    external_id: Option<&str>,
    hint: &str,
) -> String {
    let texts = [
        name,
        description.unwrap_or_default(),
        external_id.unwrap_or_default(),
        hint,
    ];
    crate::store::folded(&texts.join("\n"))
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
