//! Grants, archives, and the rule that nobody hands out more than they hold.

use std::time::Duration;

use contract::error::Kind;
use contract::page::PageRequest;
use contract::request::{KeyChanges, ListKeys, Rotate};
use contract::{Labels, Permissions, WorkspaceId};

use super::{Bench, issue_request, on_both};
use crate::{access, grants, keys, workspaces};

on_both!(
    granting_and_taking_are_idempotent,
    archiving_hides_and_restoring_brings_the_grants_back,
    the_last_enabled_workspace_stays,
    a_key_cannot_issue_a_key_that_reaches_further_than_itself,
    a_key_cannot_touch_a_key_that_holds_more,
    a_member_sees_and_makes_only_their_own,
    what_was_taken_on_the_way_is_taken,
    the_matrix_says_what_the_grants_say,
);

async fn reached(bench: &Bench, key: contract::ApiKeyId) -> Vec<String> {
    let page = grants::list(
        &bench.keyring,
        &bench.owner,
        key,
        Labels::default(),
        PageRequest::default(),
    );
    page.await
        .unwrap()
        .items
        .into_iter()
        .map(|workspace| workspace.metadata.name)
        .collect()
}

async fn granting_and_taking_are_idempotent(bench: Bench) {
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    let (key, token) = bench.key("ci", &[], &[eu]).await;
    let id = key.metadata.id;
    for _ in 0..2 {
        let key = grants::grant(&bench.keyring, &bench.owner, id, us)
            .await
            .unwrap();
        assert_eq!(key.info.unwrap().workspaces_total, 2);
    }
    assert_eq!(reached(&bench, id).await, ["prod-us", "prod-eu"]);
    for _ in 0..2 {
        let key = grants::revoke(&bench.keyring, &bench.owner, id, eu)
            .await
            .unwrap();
        assert_eq!(key.info.unwrap().workspaces_total, 1);
    }
    assert!(!bench.bearer(&token).await.unwrap().reach().includes(eu));
    let history = crate::audit::history(&bench.keyring, &bench.owner, id)
        .await
        .unwrap();
    assert_eq!(
        history.len(),
        3,
        "issued, granted, taken: repeating is no event"
    );
}

async fn archiving_hides_and_restoring_brings_the_grants_back(bench: Bench) {
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    let (key, _) = bench.key("ci", &[], &[eu, us]).await;
    workspaces::archive(&bench.keyring, &bench.owner, eu)
        .await
        .unwrap();
    assert_eq!(reached(&bench, key.metadata.id).await, ["prod-us"]);
    let error = grants::grant(&bench.keyring, &bench.owner, key.metadata.id, eu)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::FailedPrecondition);
    workspaces::restore(&bench.keyring, &bench.owner, eu)
        .await
        .unwrap();
    assert_eq!(
        reached(&bench, key.metadata.id).await,
        ["prod-us", "prod-eu"]
    );
}

async fn the_last_enabled_workspace_stays(bench: Bench) {
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    workspaces::archive(&bench.keyring, &bench.owner, eu)
        .await
        .unwrap();
    let error = workspaces::archive(&bench.keyring, &bench.owner, us)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::FailedPrecondition);
}

async fn a_key_cannot_issue_a_key_that_reaches_further_than_itself(bench: Bench) {
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    let (_, token) = bench.key("narrow", &["api_keys:manage"], &[eu]).await;
    let narrow = bench.bearer(&token).await.unwrap();
    let issue = |request| keys::issue(&bench.keyring, &narrow, request);

    let error = issue(issue_request("wider", &[], &[eu, us]))
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::PermissionDenied);
    assert!(error.public().message.contains("prod-us"));
    let error = issue(issue_request("stronger", &["tools:read"], &[eu]))
        .await
        .unwrap_err();
    assert_eq!(error.public().scope.as_deref(), Some("tools:read"));
    assert!(issue(issue_request("star", &["*"], &[])).await.is_err());
    let mut everywhere = issue_request("everywhere", &[], &[]);
    everywhere.all_workspaces = true;
    assert!(issue(everywhere).await.is_err());
    assert_eq!(bench.key_names().await, ["narrow"], "nothing was issued");

    assert!(
        issue(issue_request("equal", &["api_keys:read"], &[eu]))
            .await
            .is_ok()
    );
}

async fn a_key_cannot_touch_a_key_that_holds_more(bench: Bench) {
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    let (_, token) = bench.key("narrow", &["api_keys:manage"], &[eu]).await;
    let narrow = bench.bearer(&token).await.unwrap();
    let (strong, _) = bench.key("strong", &["tools:manage"], &[eu]).await;
    let (wide, _) = bench.key("wide", &[], &[eu, us]).await;
    let (equal, _) = bench.key("equal", &["api_keys:read"], &[]).await;
    for target in [strong.metadata.id, wide.metadata.id] {
        let k = &bench.keyring;
        let denied = |error: crate::Error| assert_eq!(error.public().kind, Kind::PermissionDenied);
        denied(
            keys::rotate(k, &narrow, target, Rotate::default())
                .await
                .unwrap_err(),
        );
        denied(keys::revoke(k, &narrow, target, None).await.unwrap_err());
        denied(keys::disable(k, &narrow, target, None).await.unwrap_err());
        denied(
            keys::update(k, &narrow, target, KeyChanges::default())
                .await
                .unwrap_err(),
        );
        denied(grants::grant(k, &narrow, target, eu).await.unwrap_err());
        denied(grants::revoke(k, &narrow, target, eu).await.unwrap_err());
    }
    grants::grant(&bench.keyring, &narrow, equal.metadata.id, eu)
        .await
        .unwrap();
    let error = grants::grant(&bench.keyring, &narrow, equal.metadata.id, us)
        .await
        .unwrap_err();
    assert!(error.public().message.contains("prod-us"));
    let stronger = Permissions::parse("p", &["memory:read"]).unwrap();
    let changes = KeyChanges {
        permissions: Some(stronger),
        ..KeyChanges::default()
    };
    assert!(
        keys::update(&bench.keyring, &narrow, equal.metadata.id, changes)
            .await
            .is_err()
    );
}

async fn a_member_sees_and_makes_only_their_own(bench: Bench) {
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    let (others, _) = bench.key("others", &[], &[]).await;
    let jonas = bench.member("jonas@northwind.example", &[eu]).await;
    let (own, _) = keys::issue(
        &bench.keyring,
        &jonas,
        issue_request("own", &["memory:read"], &[eu]),
    )
    .await
    .unwrap();

    let seen = keys::list(&bench.keyring, &jonas, ListKeys::default())
        .await
        .unwrap()
        .items;
    assert_eq!(
        seen.iter()
            .map(|key| key.metadata.name.as_str())
            .collect::<Vec<_>>(),
        ["own"]
    );
    let missing = keys::get(&bench.keyring, &jonas, others.metadata.id)
        .await
        .unwrap_err();
    assert_eq!(missing.public().kind, Kind::NotFound);
    assert!(
        keys::rotate(&bench.keyring, &jonas, own.metadata.id, Rotate::default())
            .await
            .is_ok()
    );
    assert!(
        grants::grant(&bench.keyring, &jonas, own.metadata.id, us)
            .await
            .is_err()
    );
    assert!(
        keys::issue(
            &bench.keyring,
            &jonas,
            issue_request("secrets", &["secrets:manage"], &[])
        )
        .await
        .is_err()
    );
    let new = contract::request::NewWorkspace {
        name: contract::text::WorkspaceName::parse("mine").unwrap(),
        external_id: None,
        labels: Labels::default(),
        description: None,
    };
    assert_eq!(
        workspaces::create(&bench.keyring, &jonas, new)
            .await
            .unwrap_err()
            .public()
            .kind,
        Kind::PermissionDenied
    );
    let unseen = keys::issue(&bench.keyring, &jonas, issue_request("x", &[], &[us])).await;
    assert_eq!(unseen.unwrap_err().public().kind, Kind::NotFound);
    let matrix = access::matrix(&bench.keyring, &jonas, crate::access::SHOWN)
        .await
        .unwrap();
    assert_eq!((matrix.keys.len(), matrix.workspaces.len()), (1, 1));
    let view = keys::view(&bench.keyring, &jonas, ListKeys::default())
        .await
        .unwrap();
    assert_eq!((view.workspaces_total, view.rows[0].rack.len()), (1, 1));
    let columns = keys::options(&bench.keyring, &jonas).await.unwrap();
    assert!(!columns.all_workspaces && !columns.full_access && columns.workspaces.len() == 1);
}

async fn what_was_taken_on_the_way_is_taken(bench: Bench) {
    let eu = bench.workspace("prod-eu").await;
    let (key, token) = bench
        .key("issuer", &["api_keys:manage", "tools:manage"], &[eu])
        .await;
    let stale = bench.bearer(&token).await.unwrap();
    let (_, rotated) = keys::rotate(
        &bench.keyring,
        &bench.owner,
        key.metadata.id,
        Rotate::default(),
    )
    .await
    .unwrap();
    let error = keys::rotate(&bench.keyring, &stale, key.metadata.id, Rotate::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.public().kind,
        Kind::Unauthenticated,
        "a token that was rotated away gets no new one"
    );
    let stale = bench.bearer(&rotated).await.unwrap();
    let narrower = Permissions::parse("p", &["api_keys:manage"]).unwrap();
    let changes = KeyChanges {
        permissions: Some(narrower),
        ..KeyChanges::default()
    };
    keys::update(&bench.keyring, &bench.owner, key.metadata.id, changes)
        .await
        .unwrap();
    let error = keys::issue(
        &bench.keyring,
        &stale,
        issue_request("x", &["tools:read"], &[]),
    )
    .await
    .unwrap_err();
    assert_eq!(
        error.public().kind,
        Kind::PermissionDenied,
        "the transaction sees the narrowed caller"
    );
    keys::revoke(&bench.keyring, &bench.owner, key.metadata.id, None)
        .await
        .unwrap();
    let error = keys::issue(&bench.keyring, &stale, issue_request("x", &[], &[]))
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::Unauthenticated);

    let jonas = bench.member("jonas@northwind.example", &[eu]).await;
    bench.advance(Duration::from_hours(24 * 8));
    let error = keys::issue(&bench.keyring, &jonas, issue_request("x", &[], &[]))
        .await
        .unwrap_err();
    assert_eq!(
        error.public().kind,
        Kind::Unauthenticated,
        "the session ended meanwhile"
    );
}

async fn the_matrix_says_what_the_grants_say(bench: Bench) {
    let ids: Vec<WorkspaceId> = [
        bench.workspace("a").await,
        bench.workspace("b").await,
        bench.workspace("c").await,
    ]
    .into();
    let (key, _) = bench.key("ci", &[], &[ids[0], ids[2]]).await;
    let (_, narrow) = bench.key("narrow", &["api_keys:manage"], &[ids[0]]).await;
    workspaces::archive(&bench.keyring, &bench.owner, ids[1])
        .await
        .unwrap();

    let matrix = access::matrix(&bench.keyring, &bench.owner, crate::access::SHOWN)
        .await
        .unwrap();
    let columns: Vec<_> = matrix
        .workspaces
        .iter()
        .map(|column| column.name.as_str())
        .collect();
    assert_eq!(columns, ["a", "c"]);
    let row = matrix
        .keys
        .iter()
        .find(|row| row.id == key.metadata.id)
        .unwrap();
    assert_eq!(
        (row.grants.as_slice(), row.locked.is_none()),
        ([0, 1].as_slice(), true)
    );
    let system = matrix.keys.iter().find(|row| row.system).unwrap();
    assert!(system.all_workspaces && system.grants.is_empty());

    let narrow = bench.bearer(&narrow).await.unwrap();
    let matrix = access::matrix(&bench.keyring, &narrow, crate::access::SHOWN)
        .await
        .unwrap();
    let row = matrix
        .keys
        .iter()
        .find(|row| row.id == key.metadata.id)
        .unwrap();
    assert!(row.locked.as_deref().unwrap().contains("do not reach"));
    assert!(matrix.workspaces[0].held && !matrix.workspaces[1].held);
}
