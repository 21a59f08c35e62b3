//! Changesets of the matrix: all of it or nothing, and back again.

use contract::audit::AuditQuery;
use contract::request::{Cell, Changeset};
use contract::{ApiKeyId, BatchId, Kind, WorkspaceId};
use uuid::Uuid;

use super::{Bench, on_both};
use crate::access::{EVERYTHING, apply, matrix, revert};
use crate::{audit, grants};

on_both!(
    a_changeset_is_applied_and_reverted_as_one_batch,
    a_conflict_names_every_cell_and_applies_none,
    nobody_applies_more_than_they_hold,
    disjoint_changesets_at_once_both_arrive,
    five_thousand_cells_go_in_one_transaction,
    the_log_needs_as_many_statements_for_many_batches_as_for_one,
);

pub(super) fn cell(
    key: ApiKeyId,
    workspace: WorkspaceId,
    want: bool,
    expected: Option<bool>,
) -> Cell {
    Cell {
        key,
        workspace,
        want,
        expected,
    }
}

fn changes(cells: impl IntoIterator<Item = Cell>) -> Changeset {
    Changeset::new(cells.into_iter().collect(), Vec::new(), None).unwrap()
}

/// The names of what a key reaches.
pub(super) async fn reach(bench: &Bench, key: ApiKeyId) -> Vec<String> {
    let page = grants::list(
        &bench.keyring,
        &bench.owner,
        key,
        contract::Labels::default(),
        contract::page::PageRequest::default(),
    );
    let items = page.await.unwrap().items;
    items
        .into_iter()
        .rev()
        .map(|workspace| workspace.metadata.name)
        .collect()
}

async fn a_changeset_is_applied_and_reverted_as_one_batch(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (one, _) = bench.key("one", &[], &[a]).await;
    let (two, _) = bench.key("two", &[], &[]).await;
    let (one, two) = (one.metadata.id, two.metadata.id);
    let wanted = changes([
        cell(one, a, false, Some(true)),
        cell(one, b, true, None),
        cell(two, a, true, Some(false)),
        cell(two, b, false, None),
    ]);
    let done = apply(&bench.keyring, &bench.owner, &wanted).await.unwrap();
    assert_eq!((done.granted, done.revoked, done.unchanged), (2, 1, 1));
    assert_eq!(
        (reach(&bench, one).await, reach(&bench, two).await),
        (vec!["b".into()], vec!["a".into()])
    );

    let batch = done.batch_id.unwrap();
    let history = crate::audit::history(&bench.keyring, &bench.owner, one)
        .await
        .unwrap();
    let of_batch = history.iter().filter(|event| event.batch_id == Some(batch));
    assert_eq!(of_batch.count(), 2);

    let back = revert(&bench.keyring, &bench.owner, batch).await.unwrap();
    assert_eq!((back.granted, back.revoked, back.unchanged), (1, 2, 0));
    assert_eq!(reach(&bench, one).await, ["a"]);
    assert!(reach(&bench, two).await.is_empty());
    let forth = revert(&bench.keyring, &bench.owner, back.batch_id.unwrap())
        .await
        .unwrap();
    assert_eq!((forth.granted, forth.revoked), (2, 1));

    let again = changes([cell(one, b, true, None)]);
    let nothing = apply(&bench.keyring, &bench.owner, &again).await.unwrap();
    assert_eq!((nothing.batch_id, nothing.unchanged), (None, 1));
    let unknown = BatchId::from_uuid(Uuid::from_u128(7));
    let error = revert(&bench.keyring, &bench.owner, unknown)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::NotFound);
}

async fn a_conflict_names_every_cell_and_applies_none(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (one, _) = bench.key("one", &[], &[a]).await;
    let one = one.metadata.id;
    let wanted = changes([
        cell(one, b, true, Some(true)),
        cell(one, a, false, Some(false)),
    ]);
    let error = apply(&bench.keyring, &bench.owner, &wanted)
        .await
        .unwrap_err();
    let public = error.public();
    assert_eq!(public.kind, Kind::Aborted);
    assert!(public.hopeless);
    assert!(public.field("cells[0]").unwrap().contains("any more"));
    assert!(public.field("cells[1]").unwrap().contains("by now"));
    assert_eq!(reach(&bench, one).await, ["a"]);

    // What was changed since is not reverted.
    let done = apply(
        &bench.keyring,
        &bench.owner,
        &changes([cell(one, b, true, None)]),
    )
    .await
    .unwrap();
    grants::revoke(&bench.keyring, &bench.owner, one, b)
        .await
        .unwrap();
    let error = revert(&bench.keyring, &bench.owner, done.batch_id.unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::Aborted);
}

async fn nobody_applies_more_than_they_hold(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (narrow, token) = bench.key("narrow", &["api_keys:manage"], &[a]).await;
    let (strong, _) = bench.key("strong", &["tools:manage"], &[]).await;
    let (weak, _) = bench.key("weak", &[], &[]).await;
    let (wide, _) = bench.key("wide", &[], &[a, b]).await;
    let caller = bench.bearer(&token).await.unwrap();
    for (key, workspace) in [
        (strong.metadata.id, a),
        (weak.metadata.id, b),
        (wide.metadata.id, a),
    ] {
        let wanted = changes([cell(key, workspace, false, None)]);
        let error = apply(&bench.keyring, &caller, &wanted).await.unwrap_err();
        assert_eq!(error.public().kind, Kind::PermissionDenied);
    }
    let own = changes([
        cell(weak.metadata.id, a, true, None),
        cell(narrow.metadata.id, a, true, None),
    ]);
    let done = apply(&bench.keyring, &caller, &own).await.unwrap();
    assert_eq!((done.granted, done.unchanged), (1, 1));

    // Without the permission, nothing at all.
    let (_, token) = bench.key("reader", &["api_keys:read"], &[a, b]).await;
    let reader = bench.bearer(&token).await.unwrap();
    let error = apply(&bench.keyring, &reader, &own).await.unwrap_err();
    assert_eq!(error.public().kind, Kind::PermissionDenied);
    let error = revert(&bench.keyring, &reader, done.batch_id.unwrap())
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::PermissionDenied);
}

async fn disjoint_changesets_at_once_both_arrive(bench: Bench) {
    let mut workspaces = Vec::new();
    for index in 0..6 {
        workspaces.push(bench.workspace(&format!("w{index}")).await);
    }
    let (key, _) = bench.key("one", &[], &[]).await;
    let key = key.metadata.id;
    let of = |workspace: WorkspaceId| {
        let (keyring, owner) = (bench.keyring.clone(), bench.owner.clone());
        tokio::spawn(async move {
            let wanted = changes([cell(key, workspace, true, Some(false))]);
            apply(&keyring, &owner, &wanted).await
        })
    };
    let calls: Vec<_> = workspaces.iter().map(|workspace| of(*workspace)).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(reach(&bench, key).await.len(), workspaces.len());
}

async fn five_thousand_cells_go_in_one_transaction(bench: Bench) {
    let (issued, workspaces) = bench.rack(100, 50).await;
    let cells = |want| {
        let pairs = issued
            .iter()
            .flat_map(|key| workspaces.iter().map(move |workspace| (*key, *workspace)));
        changes(pairs.map(|(key, workspace)| cell(key, workspace, want, Some(!want))))
    };
    let done = apply(&bench.keyring, &bench.owner, &cells(true))
        .await
        .unwrap();
    assert_eq!(done.granted, 5_000);
    let whole = matrix(&bench.keyring, &bench.owner, EVERYTHING)
        .await
        .unwrap();
    let granted: usize = whole.keys.iter().map(|row| row.grants.len()).sum();
    assert_eq!(granted, 5_000);
    let back = revert(&bench.keyring, &bench.owner, done.batch_id.unwrap())
        .await
        .unwrap();
    assert_eq!(back.revoked, 5_000);
}

async fn the_log_needs_as_many_statements_for_many_batches_as_for_one(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (one, _) = bench.key("one", &[], &[]).await;
    let (two, _) = bench.key("two", &[], &[]).await;
    let (one, two) = (one.metadata.id, two.metadata.id);
    let turn = async |want: bool| {
        let cells = [(one, a), (one, b), (two, a)];
        let cells = cells.map(|(key, place)| cell(key, place, want, None));
        apply(&bench.keyring, &bench.owner, &changes(cells))
            .await
            .unwrap();
    };
    let look = async || {
        let before = bench.keyring.0.database.statements();
        let query = AuditQuery::default();
        let view = audit::view(&bench.keyring, &bench.owner, &query).await;
        let statements = bench.keyring.0.database.statements() - before;
        (view.unwrap().entries, statements)
    };
    turn(true).await;
    let (entries, few) = look().await;
    let batch = entries[0].batch.unwrap();
    assert_eq!(
        (batch.size, batch.keys, batch.workspaces),
        (3, Some(2), Some(2))
    );
    let opened = audit::entry(&bench.keyring, &bench.owner, entries[0].event.id)
        .await
        .unwrap();
    assert_eq!((opened.batch, opened.events.len()), (Some(batch), 3));
    for round in 0..12 {
        turn(round % 2 == 1).await;
    }
    let (entries, many) = look().await;
    let told = entries.iter().filter_map(|entry| entry.batch.as_ref());
    assert_eq!(told.filter(|batch| batch.size == 3).count(), 13);
    assert_eq!(many, few, "13 batches and 1");
}
