//! Every change leaves an event, in the same transaction.

use contract::audit::Action;
use contract::request::{KeyChanges, Rotate, WorkspaceChanges};
use contract::text::{KeyName, WorkspaceName};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

use super::{Bench, issue_request, on_both};
use crate::entity::audit_event;
use crate::{grants, keys, sessions, workspaces};

on_both!(
    every_change_leaves_its_event,
    no_event_no_change,
    no_event_holds_a_token
);

async fn actions(bench: &Bench) -> Vec<String> {
    let events = audit_event::Entity::find().order_by_asc(audit_event::Column::CreatedAt);
    events
        .all(bench.keyring.reader())
        .await
        .unwrap()
        .into_iter()
        .map(|event| event.action)
        .collect()
}

async fn every_change_leaves_its_event(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (key, _) = bench.key("ci", &[], &[a]).await;
    let id = key.metadata.id;
    let renamed = KeyChanges {
        name: Some(KeyName::parse("cd").unwrap()),
        ..KeyChanges::default()
    };
    keys::update(k, owner, id, renamed).await.unwrap();
    grants::grant(k, owner, id, b).await.unwrap();
    grants::revoke(k, owner, id, a).await.unwrap();
    keys::rotate(k, owner, id, Rotate::default()).await.unwrap();
    keys::disable(k, owner, id, None).await.unwrap();
    keys::enable(k, owner, id).await.unwrap();
    keys::revoke(k, owner, id, None).await.unwrap();
    let renamed = WorkspaceChanges {
        name: Some(WorkspaceName::parse("c").unwrap()),
        ..WorkspaceChanges::default()
    };
    workspaces::update(k, owner, a, renamed).await.unwrap();
    workspaces::archive(k, owner, a).await.unwrap();
    workspaces::restore(k, owner, a).await.unwrap();
    sessions::sign_out(k, owner).await.unwrap();

    let mut written = actions(&bench).await;
    written.sort();
    let mut wanted = [
        Action::AccountCreated,
        Action::SignedIn,
        Action::WorkspaceCreated,
        Action::WorkspaceCreated,
        Action::KeyIssued,
        Action::KeyUpdated,
        Action::WorkspaceGranted,
        Action::WorkspaceUngranted,
        Action::KeyRotated,
        Action::KeyDisabled,
        Action::KeyEnabled,
        Action::KeyRevoked,
        Action::WorkspaceUpdated,
        Action::WorkspaceArchived,
        Action::WorkspaceRestored,
        Action::SignedOut,
    ]
    .map(Action::as_str);
    wanted.sort_unstable();
    assert_eq!(written, wanted);
}

async fn no_event_no_change(bench: Bench) {
    let (key, token) = bench.key("ci", &[], &[]).await;
    let txn = bench.keyring.0.database.writer_for_tests();
    txn.execute_unprepared("ALTER TABLE audit_event RENAME TO elsewhere")
        .await
        .unwrap();
    let issued = keys::issue(&bench.keyring, &bench.owner, issue_request("x", &[], &[])).await;
    assert_eq!(issued.unwrap_err().public().kind, contract::Kind::Internal);
    assert!(
        keys::revoke(&bench.keyring, &bench.owner, key.metadata.id, None)
            .await
            .is_err()
    );
    txn.execute_unprepared("ALTER TABLE elsewhere RENAME TO audit_event")
        .await
        .unwrap();
    assert_eq!(bench.key_names().await, ["ci"]);
    assert!(
        bench.bearer(&token).await.is_ok(),
        "a revocation that was not written down did not happen"
    );
}

async fn no_event_holds_a_token(bench: Bench) {
    let (key, first) = bench.key("ci", &["tools:read"], &[]).await;
    let (_, second) = keys::rotate(
        &bench.keyring,
        &bench.owner,
        key.metadata.id,
        Rotate::default(),
    )
    .await
    .unwrap();
    let events = audit_event::Entity::find()
        .all(bench.keyring.reader())
        .await
        .unwrap();
    assert!(events.len() > 3);
    for token in [first, second] {
        let secret = token.expose().trim_start_matches("kr_");
        assert!(
            events
                .iter()
                .all(|event| !format!("{event:?}").contains(secret))
        );
        assert!(
            events
                .iter()
                .all(|event| !format!("{event:?}").contains(&secret[..12]))
        );
    }
}
