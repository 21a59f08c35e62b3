//! What people may be, and whether they may come in: there is always an owner.

use std::sync::Arc;

use contract::console::Role;
use contract::people::PersonState;
use contract::{Kind, ProfileId};

use super::{Bench, issue_request, on_both};
use crate::{Caller, callers, keys, people};

on_both!(
    a_role_counts_at_once,
    the_last_owner_stays,
    two_owners_who_are_demoted_at_once_leave_one,
    ownership_is_handed_over,
    who_is_disabled_is_out_at_once_and_their_keys_go_on,
    nobody_issues_after_they_were_disabled,
);

async fn now(bench: &Bench, caller: &Caller) -> crate::Result<Caller> {
    callers::refresh(bench.keyring.reader(), caller, bench.keyring.clock().now()).await
}

async fn role(bench: &Bench, id: ProfileId) -> Role {
    let view = people::get(&bench.keyring, &bench.owner, id).await;
    view.unwrap().person.role
}

async fn a_role_counts_at_once(bench: Bench) {
    let k = &bench.keyring;
    let anna = bench.somebody("Anna", Role::Member).await;
    let (key, _) = bench.key("root", &["*"], &[]).await;
    assert!(keys::get(k, &anna, key.metadata.id).await.is_err());
    people::set_role(k, &bench.owner, anna.profile, Role::Admin)
        .await
        .unwrap();
    let admin = now(&bench, &anna).await.unwrap();
    keys::get(k, &admin, key.metadata.id).await.unwrap();
    people::set_role(k, &bench.owner, anna.profile, Role::Member)
        .await
        .unwrap();
    // What they were told when their request came in counts no more.
    let late = keys::disable(k, &admin, key.metadata.id, None).await;
    assert_eq!(late.unwrap_err().public().kind, Kind::NotFound);
}

async fn the_last_owner_stays(bench: Bench) {
    let k = &bench.keyring;
    let mira = bench.owner.profile;
    let refused = async |kind| {
        let demoted = people::set_role(k, &bench.owner, mira, Role::Admin).await;
        assert_eq!(demoted.unwrap_err().public().kind, kind);
    };
    refused(Kind::FailedPrecondition).await;
    // Neither somebody disabled nor somebody who has not come owns anything.
    let other = bench.somebody("Other", Role::Owner).await;
    people::disable(k, &bench.owner, other.profile)
        .await
        .unwrap();
    refused(Kind::FailedPrecondition).await;
    people::enable(k, &bench.owner, other.profile)
        .await
        .unwrap();
    people::set_role(k, &bench.owner, mira, Role::Member)
        .await
        .unwrap();
    let operator = callers::operator(k, Some(bench.account), crate::Origin::default())
        .await
        .unwrap();
    let revoke = contract::people::Legacy::Revoke;
    for gone in [
        people::disable(k, &operator, other.profile).await,
        people::remove(k, &operator, other.profile, revoke).await,
        people::set_role(k, &operator, other.profile, Role::Member).await,
    ] {
        assert_eq!(gone.unwrap_err().public().kind, Kind::FailedPrecondition);
    }
}

/// Each the other, and each themselves.
async fn two_owners_who_are_demoted_at_once_leave_one(bench: Bench) {
    let mut one = bench.owner.clone();
    for round in 0..8 {
        let other = bench.somebody("Other", Role::Owner).await;
        let demote = |by: &Caller, whom: &Caller| {
            let (keyring, by, whom) = (bench.keyring.clone(), by.clone(), whom.profile);
            tokio::spawn(async move { people::set_role(&keyring, &by, whom, Role::Member).await })
        };
        let (first, second) = if round % 2 == 0 {
            (demote(&one, &other), demote(&other, &one))
        } else {
            (demote(&one, &one), demote(&other, &other))
        };
        let outcomes = [first.await.unwrap(), second.await.unwrap()];
        let demoted = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(demoted, 1, "in round {round}: {outcomes:?}");
        let stays = now(&bench, &one).await.unwrap().role() == Some(Role::Owner);
        let (left, gone) = if stays { (one, other) } else { (other, one) };
        let gone = now(&bench, &gone).await.unwrap();
        assert_eq!(gone.role(), Some(Role::Member));
        one = now(&bench, &left).await.unwrap();
        assert_eq!(one.role(), Some(Role::Owner));
    }
}

async fn ownership_is_handed_over(bench: Bench) {
    let k = &bench.keyring;
    let anna = bench.somebody("Anna", Role::Member).await;
    people::transfer_ownership(k, &bench.owner, anna.profile)
        .await
        .unwrap();
    assert_eq!(role(&bench, anna.profile).await, Role::Owner);
    assert_eq!(role(&bench, bench.owner.profile).await, Role::Admin);
    let again = people::transfer_ownership(k, &bench.owner, anna.profile).await;
    assert_eq!(again.unwrap_err().public().kind, Kind::PermissionDenied);
    people::disable(k, &anna, bench.owner.profile)
        .await
        .unwrap();
    let away = people::transfer_ownership(k, &anna, bench.owner.profile).await;
    assert_eq!(away.unwrap_err().public().kind, Kind::FailedPrecondition);
}

async fn who_is_disabled_is_out_at_once_and_their_keys_go_on(bench: Bench) {
    let k = &bench.keyring;
    let anna = bench.somebody("Anna", Role::Admin).await;
    let (key, token) = keys::issue(k, &anna, issue_request("ci", &[], &[]))
        .await
        .unwrap();
    people::disable(k, &bench.owner, anna.profile)
        .await
        .unwrap();
    assert_eq!(
        now(&bench, &anna).await.unwrap_err().public().kind,
        Kind::Unauthenticated
    );
    bench.bearer(&token).await.unwrap();
    let owner = async || {
        let key = keys::get(k, &bench.owner, key.metadata.id).await.unwrap();
        key.info.unwrap().owner
    };
    assert!(owner().await.spec.disabled, "it is marked");
    let view = people::get(k, &bench.owner, anna.profile).await.unwrap();
    assert_eq!(
        (view.person.state, view.person.keys, view.sessions.len()),
        (PersonState::Disabled, 1, 0)
    );
    people::enable(k, &bench.owner, anna.profile).await.unwrap();
    assert!(!owner().await.spec.disabled);
    assert!(now(&bench, &anna).await.is_err(), "the session stays ended");
}

/// Once the answer is there, whatever was under way comes to nothing.
async fn nobody_issues_after_they_were_disabled(bench: Bench) {
    let bench = Arc::new(bench);
    let anna = bench.somebody("Anna", Role::Admin).await;
    let issuing: Vec<_> = (0..3)
        .map(|_| {
            let (bench, anna) = (bench.clone(), anna.clone());
            tokio::spawn(async move {
                for _ in 0..200 {
                    let request = issue_request("one more", &[], &[]);
                    match keys::issue(&bench.keyring, &anna, request).await {
                        Ok(_) => {}
                        Err(error) if error.public().kind == Kind::Aborted => {}
                        Err(error) => return error.public().kind,
                    }
                }
                panic!("nothing stopped them");
            })
        })
        .collect();
    let keys = async || {
        let view = people::get(&bench.keyring, &bench.owner, anna.profile).await;
        view.unwrap().person.keys
    };
    while keys().await == 0 {
        tokio::task::yield_now().await;
    }
    loop {
        match people::disable(&bench.keyring, &bench.owner, anna.profile).await {
            Err(error) if error.public().kind == Kind::Aborted => {}
            outcome => break outcome.unwrap(),
        }
    }
    let issued = keys().await;
    for stopped in issuing {
        assert_eq!(stopped.await.unwrap(), Kind::Unauthenticated);
    }
    assert_eq!(keys().await, issued);
}
