//! Saved views: each person's own, counted as they are listed.

use contract::Kind;
use contract::console::{KeysQuery, KeysView};
use contract::text::ViewName;

use super::{Bench, on_both};
use crate::{Caller, Result, keys, views};

on_both!(
    a_view_counts_what_it_lists,
    views_are_each_persons_own,
    a_view_that_cannot_be_is_refused,
);

fn query(q: &str, show: &str) -> KeysQuery {
    KeysQuery {
        q: q.to_owned(),
        show: show.to_owned(),
        ..KeysQuery::default()
    }
}

async fn save(bench: &Bench, caller: &Caller, name: &str, query: &KeysQuery) -> Result<()> {
    let name = ViewName::parse(name).unwrap();
    views::save(&bench.keyring, caller, &name, query).await
}

async fn shown(bench: &Bench, caller: &Caller, query: &KeysQuery) -> KeysView {
    let list = query.list().unwrap();
    keys::view(&bench.keyring, caller, list).await.unwrap()
}

async fn saved(bench: &Bench, caller: &Caller) -> Vec<(String, u64)> {
    let view = shown(bench, caller, &KeysQuery::default()).await;
    let saved = view.saved.into_iter();
    saved.map(|view| (view.name, view.keys)).collect()
}

async fn a_view_counts_what_it_lists(bench: Bench) {
    bench.key("prod-one", &["*"], &[]).await;
    let (two, _) = bench.key("prod-two", &["*"], &[]).await;
    bench.key("other", &["*"], &[]).await;
    let prod = query("prod", "full_access");
    save(&bench, &bench.owner, "Prod", &prod).await.unwrap();
    assert_eq!(saved(&bench, &bench.owner).await, [("Prod".to_owned(), 2)]);
    keys::disable(&bench.keyring, &bench.owner, two.metadata.id, None)
        .await
        .unwrap();
    let view = shown(&bench, &bench.owner, &prod).await;
    assert_eq!(view.rows.len(), 1);
    assert_eq!((view.matching, view.saved[0].keys), (1, 1));
    assert_eq!(view.saved[0].query, prod);

    let off = query("", KeysQuery::DISABLED);
    save(&bench, &bench.owner, "Prod", &off).await.unwrap();
    assert_eq!(shown(&bench, &bench.owner, &off).await.saved[0].query, off);
    views::remove(&bench.keyring, &bench.owner, "Prod")
        .await
        .unwrap();
    assert!(saved(&bench, &bench.owner).await.is_empty());
    let again = views::remove(&bench.keyring, &bench.owner, "Prod").await;
    assert_eq!(again.unwrap_err().public().kind, Kind::NotFound);
}

async fn views_are_each_persons_own(bench: Bench) {
    let member = bench.member("jo@northwind.example", &[]).await;
    bench.key("prod", &[], &[]).await;
    let prod = query("prod", "");
    save(&bench, &bench.owner, "Prod", &prod).await.unwrap();
    assert!(saved(&bench, &member).await.is_empty());
    save(&bench, &member, "Prod", &prod).await.unwrap();
    assert_eq!(
        saved(&bench, &member).await,
        [("Prod".to_owned(), 0)],
        "of the keys that they see"
    );
    views::remove(&bench.keyring, &member, "Prod")
        .await
        .unwrap();
    assert_eq!(saved(&bench, &bench.owner).await, [("Prod".to_owned(), 1)]);
    let (_, token) = bench.key("program", &["*"], &[]).await;
    let program = bench.bearer(&token).await.unwrap();
    let refused = save(&bench, &program, "Prod", &prod).await.unwrap_err();
    assert_eq!(refused.public().kind, Kind::FailedPrecondition);
}

async fn a_view_that_cannot_be_is_refused(bench: Bench) {
    for (query, field) in [
        (query(" ", ""), "q"),
        (query("", "urgent"), "show"),
        (query("\0", ""), "q"),
    ] {
        let refused = save(&bench, &bench.owner, "View", &query).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.public().details[0].field, field);
    }
    let all = query("e", "");
    for index in 0..12 {
        let name = format!("View {index}");
        save(&bench, &bench.owner, &name, &all).await.unwrap();
    }
    let more = save(&bench, &bench.owner, "View 12", &all).await;
    assert_eq!(more.unwrap_err().public().details[0].field, "name");
    save(&bench, &bench.owner, "View 1", &all).await.unwrap();
}
