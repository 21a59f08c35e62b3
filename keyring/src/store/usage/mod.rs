//! What keys are used for: counts that are added to, what is read of them, and how they age. The nil id
//! stands for no workspace, and empty texts for what is not known of a source.

mod add;
mod age;
pub(crate) mod pending;
mod read;

pub(crate) use add::{Rows, Use, add};
pub(crate) use age::{keys_between, oldest, remove, roll_up};
pub(crate) use read::{
    SourceCalls, Span, TokenUse, denials, last_in, last_use_of, last_uses, last_uses_in, sources,
    spans, used_cells, workspaces,
};

use sea_orm::ColumnTrait;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, SimpleExpr};

use crate::entity::usage_bucket::Column as Bucket;

/// Where there is such a bucket already.
fn same_bucket() -> OnConflict {
    OnConflict::columns([
        Bucket::ApiKeyId,
        Bucket::Hour,
        Bucket::TokenId,
        Bucket::WorkspaceId,
    ])
}

/// PostgreSQL sums whole numbers to decimal ones.
fn total(column: impl ColumnTrait) -> SimpleExpr {
    Expr::col(column).sum().cast_as("bigint")
}
