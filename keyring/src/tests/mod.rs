//! The domain on real databases: every test here runs on SQLite and on PostgreSQL.

mod again;
mod asked;
mod at_once;
mod attention;
mod authorisation;
mod batches;
mod bench;
mod bulk;
mod chain;
mod factor;
mod full_disk;
mod grace;
mod invitations;
mod issuing;
mod leaving;
mod lifecycle;
mod lists;
mod live;
mod member_permissions;
mod members;
mod news;
mod nodes;
mod opening;
mod palette;
mod past;
mod people;
mod reach;
mod refusals;
mod roles;
mod rotation;
mod search;
mod sessions;
mod settings;
mod snapshot;
mod tenants;
mod tombstones;
mod trail;
mod turning;
mod upgrade;
mod usage;
mod verdict;
mod views;

pub(crate) use bench::{Bench, fields, issue_request};

/// Makes a test of each function, on each database.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::tests::Bench::sqlite().await).await })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { super::$name(crate::tests::Bench::postgres().await).await })*
        }
    };
}
pub(crate) use on_both;
