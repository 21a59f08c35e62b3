//! A foreign account's thing is answered as one that does not exist.

use contract::page::PageRequest;
use contract::request::{KeyChanges, ListKeys, ListWorkspaces, Rotate, WorkspaceChanges};
use contract::{ApiKeyId, Labels, WorkspaceId};
use uuid::Uuid;

use super::bench::{account, person};
use super::{Bench, issue_request, on_both};
use crate::{audit, grants, keys, workspaces};

on_both!(
    foreign_ids_are_answered_like_missing_ones,
    lists_hold_only_the_own_account
);

async fn foreign_ids_are_answered_like_missing_ones(bench: Bench) {
    account(&bench.keyring, "Globex", "hank@globex.example").await;
    let hank = person(&bench.keyring, "hank@globex.example").await;
    let workspace = bench.workspace("prod-eu").await;
    let (key, _) = bench.key("ci", &[], &[workspace]).await;
    let (own, _) = keys::issue(&bench.keyring, &hank, issue_request("own", &[], &[]))
        .await
        .unwrap();

    let nothing = Uuid::from_u128(7);
    let mut answers = Vec::new();
    for (key, workspace) in [
        (key.metadata.id, workspace),
        (
            ApiKeyId::from_uuid(nothing),
            WorkspaceId::from_uuid(nothing),
        ),
    ] {
        let k = &bench.keyring;
        let own = own.metadata.id;
        answers.push([
            keys::get(k, &hank, key).await.unwrap_err(),
            keys::update(k, &hank, key, KeyChanges::default())
                .await
                .unwrap_err(),
            keys::rotate(k, &hank, key, Rotate::default())
                .await
                .unwrap_err(),
            keys::revoke(k, &hank, key, None).await.unwrap_err(),
            keys::disable(k, &hank, key, None).await.unwrap_err(),
            keys::enable(k, &hank, key).await.unwrap_err(),
            audit::history(k, &hank, key).await.unwrap_err(),
            grants::list(k, &hank, key, Labels::default(), PageRequest::default())
                .await
                .unwrap_err(),
            grants::grant(k, &hank, own, workspace).await.unwrap_err(),
            grants::revoke(k, &hank, own, workspace).await.unwrap_err(),
            grants::grant(k, &hank, key, workspace).await.unwrap_err(),
            keys::issue(k, &hank, issue_request("x", &[], &[workspace]))
                .await
                .unwrap_err(),
            workspaces::get(k, &hank, workspace).await.unwrap_err(),
            workspaces::update(k, &hank, workspace, WorkspaceChanges::default())
                .await
                .unwrap_err(),
            workspaces::archive(k, &hank, workspace).await.unwrap_err(),
            workspaces::restore(k, &hank, workspace).await.unwrap_err(),
        ]);
    }
    for (foreign, missing) in answers[0].iter().zip(&answers[1]) {
        assert_eq!(foreign.public(), missing.public());
        assert_eq!(foreign.public().kind, contract::Kind::NotFound);
    }
}

async fn lists_hold_only_the_own_account(bench: Bench) {
    account(&bench.keyring, "Globex", "hank@globex.example").await;
    let hank = person(&bench.keyring, "hank@globex.example").await;
    let workspace = bench.workspace("prod-eu").await;
    bench.key("ci", &[], &[workspace]).await;
    let keys = keys::list(&bench.keyring, &hank, ListKeys::default())
        .await
        .unwrap()
        .items;
    assert!(
        keys.iter()
            .all(|key| key.spec.system && key.metadata.account_id == hank.account())
    );
    assert!(
        workspaces::list(&bench.keyring, &hank, ListWorkspaces::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let matrix = crate::access::matrix(&bench.keyring, &hank, crate::access::SHOWN)
        .await
        .unwrap();
    assert!(matrix.workspaces.is_empty() && matrix.keys.len() == 1);
}
