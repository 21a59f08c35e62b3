//! Who goes leaves nothing behind that nobody answers for.

use std::collections::BTreeSet;

use contract::audit::Action;
use contract::console::Role;
use contract::people::{Legacy, NewPerson};
use contract::request::{ListEvents, ListKeys};
use contract::resource::ProfileType;
use contract::text::Email;
use contract::{Kind, ProfileId};

use super::{Bench, issue_request, on_both};
use crate::{Caller, PlainToken, audit, keys, people};

on_both!(
    keys_go_to_an_heir_and_work_on,
    keys_are_revoked_with_who_goes,
    an_heir_who_could_not_have_a_key_is_refused_and_nothing_changes,
    nobody_goes_who_was_given_keys_meanwhile,
);

async fn issued(bench: &Bench, by: &Caller, names: &[&str]) -> Vec<PlainToken> {
    let mut tokens = Vec::new();
    for name in names {
        let request = issue_request(name, &["tools:read"], &[]);
        let (_, token) = keys::issue(&bench.keyring, by, request).await.unwrap();
        tokens.push(token);
    }
    tokens
}

/// Whose the keys are that there are.
async fn owners(bench: &Bench) -> BTreeSet<ProfileId> {
    let list = ListKeys {
        include_info: true,
        ..ListKeys::default()
    };
    let keys = keys::list(&bench.keyring, &bench.owner, list)
        .await
        .unwrap();
    let owners = keys.items.into_iter().map(|key| key.info.unwrap().owner);
    let people = owners.filter(|owner| owner.spec.kind == ProfileType::User);
    people.map(|owner| owner.metadata.id).collect()
}

async fn is_gone(bench: &Bench, who: &Caller) {
    let k = &bench.keyring;
    let gone = people::get(k, &bench.owner, who.profile).await;
    assert_eq!(gone.unwrap_err().public().kind, Kind::NotFound);
    let changed = keys::issue(k, who, issue_request("late", &[], &[])).await;
    assert_eq!(changed.unwrap_err().public().kind, Kind::Unauthenticated);
    assert!(!owners(bench).await.contains(&who.profile), "an orphan");
}

async fn keys_go_to_an_heir_and_work_on(bench: Bench) {
    let k = &bench.keyring;
    let anna = bench.somebody("Anna", Role::Admin).await;
    let tokens = issued(&bench, &anna, &["one", "two"]).await;
    let heir = bench.owner.profile;
    people::remove(k, &bench.owner, anna.profile, Legacy::Transfer(heir))
        .await
        .unwrap();
    is_gone(&bench, &anna).await;
    assert_eq!(owners(&bench).await, BTreeSet::from([heir]));
    for token in &tokens {
        let key = bench.bearer(token).await.unwrap();
        let list = ListKeys::default();
        let listed = keys::list(k, &bench.owner, list).await.unwrap().items;
        let id = listed.iter().find(|one| one.metadata.name == key.name());
        let history = audit::history(k, &bench.owner, id.unwrap().metadata.id)
            .await
            .unwrap();
        let told = history.first().unwrap();
        assert_eq!(told.action.as_str(), "api_key.transferred");
        assert_eq!(told.details["before"]["owner"], "Anna");
        assert_eq!(told.details["after"]["owner"], "Mira Lindqvist");
    }
    // The address is free again, and whoever comes by it is somebody else.
    let email = Email::parse(&format!("{}@northwind.example", anna.profile)).unwrap();
    let again = NewPerson {
        email,
        role: Role::Member,
        workspaces: BTreeSet::new(),
    };
    let again = people::invite(k, &bench.owner, again).await.unwrap();
    assert_ne!(again.person, anna.profile);
}

async fn keys_are_revoked_with_who_goes(bench: Bench) {
    let k = &bench.keyring;
    let anna = bench.somebody("Anna", Role::Admin).await;
    let tokens = issued(&bench, &anna, &["one", "two", "three"]).await;
    let (_, kept) = bench.key("mine", &[], &[]).await;
    people::remove(k, &bench.owner, anna.profile, Legacy::Revoke)
        .await
        .unwrap();
    is_gone(&bench, &anna).await;
    for token in &tokens {
        assert!(bench.bearer(token).await.is_err());
    }
    let list = ListEvents {
        action: Some(Action::KeyRevoked),
        ..ListEvents::default()
    };
    let events = audit::list(k, &bench.owner, list).await.unwrap().items;
    assert_eq!(events.len(), 3);
    for event in events {
        let why = "Anna, whose key it was, was removed";
        assert_eq!(event.details["reason"], why);
    }
    bench.bearer(&kept).await.unwrap();
    assert_eq!(bench.key_names().await, ["mine"]);
}

async fn an_heir_who_could_not_have_a_key_is_refused_and_nothing_changes(bench: Bench) {
    let k = &bench.keyring;
    let place = bench.workspace("prod-eu").await;
    let anna = bench.somebody("Anna", Role::Admin).await;
    let heir = bench.member("ben@northwind.example", &[place]).await;
    let away = bench.somebody("Away", Role::Admin).await;
    people::disable(k, &bench.owner, away.profile)
        .await
        .unwrap();
    let tokens = issued(&bench, &anna, &["small"]).await;
    let wide = issue_request("wide", &["secrets:manage"], &[]);
    keys::issue(k, &anna, wide).await.unwrap();
    let nobody = ProfileId::from_uuid(uuid::Uuid::from_u128(7));
    for (heir, kind) in [
        (heir.profile, Kind::InvalidArgument),
        (anna.profile, Kind::InvalidArgument),
        (away.profile, Kind::InvalidArgument),
        (nobody, Kind::NotFound),
    ] {
        let refused = people::remove(k, &bench.owner, anna.profile, Legacy::Transfer(heir)).await;
        assert_eq!(refused.unwrap_err().public().kind, kind);
    }
    let view = people::get(k, &bench.owner, anna.profile).await.unwrap();
    assert_eq!((view.person.keys, view.sessions.len()), (2, 1));
    bench.bearer(&tokens[0]).await.unwrap();
}

/// Somebody who issues while they are removed leaves nothing behind either, and cannot keep themselves
/// from being removed by it.
async fn nobody_goes_who_was_given_keys_meanwhile(bench: Bench) {
    let bench = std::sync::Arc::new(bench);
    let anna = bench.somebody("Anna", Role::Admin).await;
    let issuing = {
        let (bench, anna) = (bench.clone(), anna.clone());
        tokio::spawn(async move {
            let more = || issue_request("more", &[], &[]);
            loop {
                match keys::issue(&bench.keyring, &anna, more()).await {
                    Err(error) if error.public().kind == Kind::Unauthenticated => return,
                    _ => tokio::task::yield_now().await,
                }
            }
        })
    };
    while bench.key_names().await.len() < 3 {
        tokio::task::yield_now().await;
    }
    let heir = Legacy::Transfer(bench.owner.profile);
    people::remove(&bench.keyring, &bench.owner, anna.profile, heir)
        .await
        .unwrap();
    issuing.await.unwrap();
    is_gone(&bench, &anna).await;
}
