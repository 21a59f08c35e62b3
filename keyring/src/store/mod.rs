//! The queries, a file per table. Functions take `&impl ConnectionTrait`, so that the same one
//! serves a reader and a transaction; they answer `Option` and leave "not found" to the use case.

use std::collections::BTreeMap;

use contract::page::{PageRequest, SortOrder};
use contract::{Labels, Timestamp};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable,
    JsonValue, Order, QueryFilter, QueryOrder, QuerySelect, Select,
};
use uuid::Uuid;

use crate::cursor::{Place, Way};

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod factors;
pub(crate) mod grants;
pub(crate) mod idempotency;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod members;
pub(crate) mod people;
pub(crate) mod profiles;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod tokens;
pub(crate) mod usage;
pub(crate) mod views;
pub(crate) mod workspaces;

/// How many values one statement carries. SQLite takes 32,766 parameters, PostgreSQL 65,535; longer
/// statements would only take longer to prepare.
const VALUES_AT_ONCE: usize = 8_000;

/// Inserts rows of one shape, many in a statement.
async fn insert_all<E, A>(db: &impl ConnectionTrait, rows: Vec<A>) -> Result<(), DbErr>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
{
    let at_once = VALUES_AT_ONCE / E::Column::iter().count().max(1);
    let mut rows = rows.into_iter();
    while rows.len() > 0 {
        E::insert_many(rows.by_ref().take(at_once))
            .exec_without_returning(db)
            .await?;
    }
    Ok(())
}

/// The one row that a unique key names. Without the `LIMIT` that `one` adds: SQLite plans by the value that
/// is bound to it, so it compiles the statement anew each time (SQLite, "Query Planner Stability Guarantee").
async fn only<E: EntityTrait>(
    db: &impl ConnectionTrait,
    select: Select<E>,
) -> Result<Option<E::Model>, DbErr> {
    Ok(select.all(db).await?.pop())
}

/// Labels as they are stored: a JSON object of strings.
fn labels_to_json(labels: &Labels) -> JsonValue {
    labels
        .iter()
        .map(|(key, value)| (key.to_owned(), JsonValue::from(value)))
        .collect()
}

/// Labels were checked when they were stored; a row that was altered since shows none.
pub(crate) fn labels_from_json(json: &JsonValue) -> Labels {
    let pairs: BTreeMap<String, String> = serde_json::from_value(json.clone()).unwrap_or_default();
    Labels::parse("labels", pairs).unwrap_or_default()
}

/// Those that have every one of the labels.
fn labelled<E: EntityTrait>(
    select: Select<E>,
    db: &impl ConnectionTrait,
    column: E::Column,
    labels: &Labels,
) -> Select<E> {
    if labels.is_empty() {
        return select;
    }
    select.filter(has_labels(db, Expr::col(column), labels))
}

/// Every pair is among the labels in `column`.
fn has_labels(db: &impl ConnectionTrait, column: SimpleExpr, labels: &Labels) -> SimpleExpr {
    if db.get_database_backend() == DbBackend::Postgres {
        let wanted = Expr::val(labels_to_json(labels)).cast_as("jsonb");
        return Expr::cust_with_exprs("$1 @> $2", [column, wanted]);
    }
    labels.iter().fold(Expr::val(1).eq(1), |all, (key, value)| {
        let path = format!("$.\"{key}\"");
        all.and(Expr::cust_with_exprs(
            "json_extract(?, ?) = ?",
            [column.clone(), path.into(), value.into()],
        ))
    })
}

/// One page of a list by creation, and one row more, which says that there is more: read away from
/// the place, so a page before it comes in reverse.
fn stretch<E: EntityTrait>(
    select: Select<E>,
    id: E::Column,
    order: SortOrder,
    page: &PageRequest,
    place: Option<Place>,
) -> Select<E> {
    let onward = place.is_none_or(|place| place.way == Way::Onward);
    let order = if (order == SortOrder::Asc) == onward {
        Order::Asc
    } else {
        Order::Desc
    };
    let select = match place {
        None => select,
        Some(place) if order == Order::Asc => select.filter(id.gt(place.id)),
        Some(place) => select.filter(id.lt(place.id)),
    };
    select
        .order_by(id, order)
        .limit(u64::from(page.limit()) + 1)
}

/// What a search is for, folded as the texts are that it looks through; `None` is everything.
pub(crate) fn wanted(query: Option<&str>) -> Option<String> {
    let query = query?.trim();
    (!query.is_empty()).then(|| folded(query))
}

/// A text as searches compare it: without case. Done here and not by the database, because SQLite folds
/// ASCII only. The Greek sigma at the end of a word has a form of its own, but a part of a word may end
/// anywhere.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase().replace('ς', "σ")
}

/// A `LIKE` pattern that finds `part` itself, whatever is in it.
fn containing(part: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", escaped(part))).escape('\\')
}

/// A `LIKE` pattern for texts whose first line is this one.
fn headed(line: &str) -> LikeExpr {
    LikeExpr::new(format!("{}\n%", escaped(line))).escape('\\')
}

fn escaped(part: &str) -> String {
    part.chars()
        .flat_map(|c| {
            matches!(c, '%' | '_' | '\\')
                .then_some('\\')
                .into_iter()
                .chain([c])
        })
        .collect()
}

pub(crate) fn at(millis: i64) -> Timestamp {
    Timestamp::from_unix_millis(millis)
}

/// `Uuid`s of ids, for `IN` lists.
fn uuids<'a, Id: Copy + Into<Uuid> + 'a>(ids: impl IntoIterator<Item = &'a Id>) -> Vec<Uuid> {
    ids.into_iter().map(|id| (*id).into()).collect()
}
