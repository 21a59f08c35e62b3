//! What a list of keys is searched by.
//!
//! A search is for any part of a text, and both databases keep an index of every three characters for
//! it. PostgreSQL's planner decides by itself whether to use it (`pg_trgm`). SQLite's is a table of its
//! own (FTS5) that [`candidates`] asks first: a part that few keys hold is found by it, one that many
//! hold is soon met by reading keys in the order of the list.

use contract::{AccountId, ApiKeyId};
use sea_orm::sea_query::{Expr, SimpleExpr};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use crate::error::Result;

/// What the index takes at least.
const SHORTEST: usize = 3;
/// More keys than these are not worth asking the index for.
const FEW: i64 = 1_000;

/// The keys that hold `part` as the index finds them, where it is better to look at these alone.
pub(super) async fn candidates(
    db: &impl ConnectionTrait,
    account: AccountId,
    part: &str,
) -> Result<Option<SimpleExpr>> {
    if db.get_database_backend() != DbBackend::Sqlite || part.chars().count() < SHORTEST {
        return Ok(None);
    }
    let phrase = format!("\"{}\"", part.replace('"', "\"\""));
    // CROSS JOIN, so that it reads from the index on and never asks the index once for each key.
    let found = "SELECT api_key_id FROM api_key_trigram \
                 CROSS JOIN api_key_number ON number = api_key_trigram.rowid \
                 CROSS JOIN api_key ON api_key.id = api_key_id \
                 WHERE api_key_trigram MATCH ? AND account_id = ?";
    let values: [Value; 2] = [phrase.into(), account.uuid().into()];
    let most = format!("SELECT COUNT(*) FROM ({found} LIMIT {})", FEW + 1);
    let query = Statement::from_sql_and_values(DbBackend::Sqlite, most, values.clone());
    let row = db.query_one_raw(query).await?;
    let count: i64 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    if count > FEW {
        return Ok(None);
    }
    Ok(Some(Expr::cust_with_values(
        format!("api_key.id IN ({found})"),
        values,
    )))
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
