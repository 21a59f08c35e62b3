//! Members: who belongs to a workspace reaches it, and nobody makes others reach more than they do.

use contract::console::Role;
use contract::page::PageRequest;
use contract::people::PersonState;
use contract::request::{ListProfiles, NewMember};
use contract::text::Email;
use contract::{Kind, WorkspaceId};

use super::bench::account;
use super::{Bench, on_both};
use crate::{members, people, profiles, workspaces};

on_both!(
    members_come_and_go,
    an_unknown_address_is_invited_once,
    a_caller_adds_people_only_where_it_reaches,
    profiles_are_found_by_name_and_address,
    who_and_what_reaches_a_workspace_is_told,
);

fn email(text: &str) -> NewMember {
    NewMember::Email(Email::parse(text).unwrap())
}

async fn names(bench: &Bench, workspace: WorkspaceId) -> Vec<String> {
    let page = members::list(
        &bench.keyring,
        &bench.owner,
        workspace,
        PageRequest::default(),
    );
    let items = page.await.unwrap().items;
    items
        .into_iter()
        .filter_map(|member| member.email)
        .collect()
}

async fn members_come_and_go(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let jonas = bench.member("jonas@northwind.example", &[a]).await;
    let add = |who| members::add(&bench.keyring, &bench.owner, b, who);
    let first = add(NewMember::Profile(jonas.profile)).await.unwrap();
    let again = add(email("jonas@northwind.example")).await.unwrap();
    assert_eq!(first, again, "adding who is there changes nothing");
    assert_eq!(names(&bench, b).await, ["jonas@northwind.example"]);
    let sees = async || {
        let caller =
            crate::callers::refresh(bench.keyring.reader(), &jonas, bench.keyring.clock().now());
        caller.await.unwrap().reach.includes(b)
    };
    assert!(sees().await);
    for _ in 0..2 {
        members::remove(&bench.keyring, &bench.owner, b, jonas.profile)
            .await
            .unwrap();
        assert!(!sees().await, "at once");
    }
    assert!(names(&bench, b).await.is_empty());
    let back = add(NewMember::Profile(jonas.profile)).await.unwrap();
    assert_ne!(back.actor_id, first.actor_id);
}

async fn an_unknown_address_is_invited_once(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let one = members::add(
        &bench.keyring,
        &bench.owner,
        a,
        email("new@northwind.example"),
    );
    let one = one.await.unwrap();
    let other = members::add(
        &bench.keyring,
        &bench.owner,
        b,
        email("New@Northwind.example"),
    );
    assert_eq!(other.await.unwrap().profile_id, one.profile_id);

    // Nobody signs in as somebody who never chose a passphrase.
    let refused = super::bench::sign_in(&bench.keyring, "new@northwind.example", "");
    assert_eq!(
        refused.await.err().unwrap().public().kind,
        Kind::Unauthenticated
    );

    // Who has the address in another account is nobody here.
    account(&bench.keyring, "Globex", "hank@globex.example").await;
    let hank = email("hank@globex.example");
    let hank = members::add(&bench.keyring, &bench.owner, a, hank).await;
    let found = people::get(&bench.keyring, &bench.owner, hank.unwrap().profile_id).await;
    assert_eq!(found.unwrap().person.state, PersonState::Invited);
}

async fn a_caller_adds_people_only_where_it_reaches(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (key, token) = bench.key("hr", &["workspaces:manage"], &[a]).await;
    let hr = bench.bearer(&token).await.unwrap();
    members::add(
        &bench.keyring,
        &bench.owner,
        b,
        email("new@northwind.example"),
    )
    .await
    .unwrap();
    members::add(&bench.keyring, &hr, a, email("new@northwind.example"))
        .await
        .unwrap();
    // Who is invited holds what members hold, and that is more than this key does.
    let invited = members::add(&bench.keyring, &hr, a, email("other@northwind.example")).await;
    assert_eq!(invited.unwrap_err().public().kind, Kind::PermissionDenied);
    let beyond = members::add(&bench.keyring, &hr, b, email("new@northwind.example")).await;
    assert_eq!(beyond.unwrap_err().public().kind, Kind::PermissionDenied);
    let kind = async |who| {
        let refused = members::add(&bench.keyring, &bench.owner, a, who).await;
        refused.unwrap_err().public().kind
    };
    assert_eq!(
        kind(NewMember::Profile(hr.profile)).await,
        Kind::InvalidArgument
    );
    let nobody = contract::ProfileId::from_uuid(key.metadata.id.uuid());
    assert_eq!(kind(NewMember::Profile(nobody)).await, Kind::NotFound);
    crate::workspaces::archive(&bench.keyring, &bench.owner, a)
        .await
        .unwrap();
    assert_eq!(
        kind(email("new@northwind.example")).await,
        Kind::FailedPrecondition
    );
}

async fn profiles_are_found_by_name_and_address(bench: Bench) {
    let a = bench.workspace("a").await;
    members::add(
        &bench.keyring,
        &bench.owner,
        a,
        email("anna@northwind.example"),
    )
    .await
    .unwrap();
    bench.key("ÄRMEL-ci", &[], &[]).await;
    let found = async |query: &str| {
        let list = ListProfiles {
            query: Some(query.to_owned()),
            ..ListProfiles::default()
        };
        let page = profiles::list(&bench.keyring, &bench.owner, list)
            .await
            .unwrap();
        page.items
            .into_iter()
            .map(|profile| profile.metadata.name)
            .collect::<Vec<_>>()
    };
    assert_eq!(found("ANNA@north").await, ["anna"]);
    assert_eq!(found("ärmel").await, ["ÄRMEL-ci"]);
    assert_eq!(found("northwind.example").await.len(), 2);
    assert!(found("%").await.is_empty());
    let labelled = ListProfiles {
        labels: contract::Labels::parse_pairs("labels", "env=prod").unwrap(),
        ..ListProfiles::default()
    };
    assert!(
        profiles::list(&bench.keyring, &bench.owner, labelled)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

async fn who_and_what_reaches_a_workspace_is_told(bench: Bench) {
    let k = &bench.keyring;
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let jonas = bench.member("jonas@northwind.example", &[a]).await;
    bench.member("elsewhere@northwind.example", &[b]).await;
    let admin = bench.somebody("Admin", Role::Admin).await;
    bench.key("granted", &[], &[a]).await;
    bench.key("elsewhere", &[], &[b]).await;
    let told = workspaces::reach(k, &admin, a).await.unwrap();
    let people: Vec<_> = told
        .people
        .iter()
        .map(|person| (person.name.as_str(), person.belongs))
        .collect();
    assert_eq!(
        people,
        [
            ("Admin", false),
            ("Mira Lindqvist", false),
            ("jonas@northwind.example", true)
        ]
    );
    let keys: Vec<_> = told
        .keys
        .iter()
        .map(|key| (key.name.as_str(), key.all_workspaces))
        .collect();
    assert_eq!(keys, [("granted", false), ("global account key", true)]);
    assert!(told.may_change && told.may_see_people && !told.more_keys);
    // A member is told who belongs to it, and which of their own keys reach it.
    let theirs = workspaces::reach(k, &jonas, a).await.unwrap();
    assert_eq!(theirs.people.len(), 1);
    assert!(theirs.keys.is_empty() && !theirs.may_change && !theirs.may_see_people);
    let other = workspaces::reach(k, &jonas, b).await;
    assert_eq!(other.unwrap_err().public().kind, Kind::NotFound);
}
