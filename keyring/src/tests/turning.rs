//! Keys that are let into everything by a changeset, and out again.

use contract::access::Conflict;
use contract::request::{Beneath, Changeset, KeyReach};
use contract::text::Reason;
use contract::{ApiKeyId, Kind};

use super::batches::{cell, reach};
use super::{Bench, on_both};
use crate::access::{apply, revert};
use crate::workspaces;

on_both!(
    a_key_is_let_into_everything_and_out_again_with_what_is_beneath,
    what_is_archived_stays_beneath_and_a_batch_can_be_reverted,
    as_many_cells_as_go_in_one_changeset_and_no_more,
    a_key_that_was_turned_meanwhile_is_a_conflict,
    nobody_turns_a_key_that_reaches_more_than_they_do,
);

fn turn(key: ApiKeyId, all_workspaces: bool, grants: Beneath, expected: Option<bool>) -> Changeset {
    let reach = KeyReach {
        key,
        all_workspaces,
        grants,
        expected,
    };
    let reason = Reason::parse("audit of the third quarter").ok();
    Changeset::new(Vec::new(), vec![reach], reason).unwrap()
}

async fn a_key_is_let_into_everything_and_out_again_with_what_is_beneath(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let (a, _b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (key, _) = bench.key("one", &[], &[a]).await;
    let key = key.metadata.id;
    let mut reverted = Vec::new();
    for (grants, beneath) in [
        (Beneath::Keep, vec!["a"]),
        (Beneath::Today, vec!["a", "b"]),
        (Beneath::None, vec![]),
    ] {
        let on = turn(key, true, Beneath::Keep, Some(false));
        let done = apply(keyring, owner, &on).await.unwrap();
        assert_eq!((done.keys, done.granted, done.revoked), (1, 0, 0));
        let again = apply(keyring, owner, &turn(key, true, Beneath::Keep, None)).await;
        assert_eq!(again.unwrap().batch_id, None, "it is so already");
        assert_eq!(reach(&bench, key).await, ["a", "b"]);
        let off = turn(key, false, grants, Some(true));
        let off = apply(keyring, owner, &off).await.unwrap();
        assert_eq!(reach(&bench, key).await, beneath);
        // And back, with the grants there were.
        let back = revert(keyring, owner, off.batch_id.unwrap()).await.unwrap();
        assert_eq!(back.keys, 1);
        revert(keyring, owner, done.batch_id.unwrap())
            .await
            .unwrap();
        assert_eq!(reach(&bench, key).await, ["a"]);
        reverted.extend([done, off].map(|done| format!("Reverts {}", done.batch_id.unwrap())));
    }
    let history = crate::audit::history(keyring, owner, key).await.unwrap();
    let reasons = history
        .iter()
        .filter_map(|event| event.details.get("reason"));
    let reasons = reasons.filter_map(|reason| reason.as_str());
    let (reverts, given): (Vec<_>, Vec<_>) =
        reasons.partition(|reason| reason.starts_with("Reverts "));
    assert_eq!(given, ["audit of the third quarter"; 8], "{history:?}");
    for batch in reverted {
        assert!(reverts.contains(&batch.as_str()), "{batch} in {history:?}");
    }
}

async fn a_key_that_was_turned_meanwhile_is_a_conflict(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let a = bench.workspace("a").await;
    let (key, _) = bench.key("one", &[], &[]).await;
    let key = key.metadata.id;
    let cells = vec![cell(key, a, true, Some(true))];
    let reach = KeyReach {
        key,
        all_workspaces: false,
        grants: Beneath::None,
        expected: Some(true),
    };
    let both = Changeset::new(cells, vec![reach], None).unwrap();
    let error = apply(keyring, owner, &both).await.unwrap_err();
    assert_eq!(error.public().kind, Kind::Aborted);
    assert!(
        error
            .public()
            .field("keys[0]")
            .unwrap()
            .contains("any more")
    );
    let conflicts = both.conflicts(error.public());
    let expected = [
        Conflict::Cell {
            key,
            workspace: a,
            granted: false,
        },
        Conflict::Key {
            key,
            all_workspaces: false,
        },
    ];
    assert_eq!(conflicts, expected);
    assert!(reach_is_empty(&bench, key).await);
}

async fn reach_is_empty(bench: &Bench, key: ApiKeyId) -> bool {
    reach(bench, key).await.is_empty()
}

async fn nobody_turns_a_key_that_reaches_more_than_they_do(bench: Bench) {
    let a = bench.workspace("a").await;
    let (weak, _) = bench.key("weak", &[], &[a]).await;
    let (_, token) = bench.key("narrow", &["api_keys:manage"], &[a]).await;
    let caller = bench.bearer(&token).await.unwrap();
    let changes = turn(weak.metadata.id, true, Beneath::Keep, None);
    let error = apply(&bench.keyring, &caller, &changes).await.unwrap_err();
    assert_eq!(error.public().kind, Kind::PermissionDenied);
    let global = crate::accounts::get(&bench.keyring, &bench.owner)
        .await
        .unwrap();
    let global = global.info.global_api_key.unwrap().metadata.id;
    let changes = turn(global, false, Beneath::None, None);
    let error = apply(&bench.keyring, &bench.owner, &changes)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::FailedPrecondition);
}

async fn what_is_archived_stays_beneath_and_a_batch_can_be_reverted(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (key, _) = bench.key("one", &[], &[a, b]).await;
    let key = key.metadata.id;
    let on = turn(key, true, Beneath::Keep, None);
    apply(keyring, owner, &on).await.unwrap();
    workspaces::archive(keyring, owner, b).await.unwrap();
    let off = turn(key, false, Beneath::None, None);
    let off = apply(keyring, owner, &off).await.unwrap();
    assert_eq!((off.keys, off.revoked), (1, 1));
    revert(keyring, owner, off.batch_id.unwrap()).await.unwrap();
    let off = turn(key, false, Beneath::None, None);
    apply(keyring, owner, &off).await.unwrap();
    workspaces::restore(keyring, owner, b).await.unwrap();
    assert_eq!(reach(&bench, key).await, ["b"]);
}

async fn as_many_cells_as_go_in_one_changeset_and_no_more(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let mut columns = Vec::new();
    for index in 0..101 {
        columns.push(bench.workspace(&format!("w{index}")).await);
    }
    let mut rows = Vec::new();
    for index in 0..100 {
        let (key, _) = bench.key(&format!("k{index}"), &[], &[]).await;
        rows.push(key.metadata.id);
    }
    let all = |all_workspaces, grants| {
        let turned = rows.iter().map(move |key| KeyReach {
            key: *key,
            all_workspaces,
            grants,
            expected: None,
        });
        turned.collect::<Vec<_>>()
    };
    let on = Changeset::new(Vec::new(), all(true, Beneath::Keep), None).unwrap();
    apply(keyring, owner, &on).await.unwrap();
    let off = Changeset::new(Vec::new(), all(false, Beneath::Today), None).unwrap();
    let error = apply(keyring, owner, &off).await.unwrap_err();
    assert!(error.public().field("keys").unwrap().contains("10,000"));
    // The cells have the last word, about how many it is as well.
    let but = rows.iter().map(|key| cell(*key, columns[0], false, None));
    let off = Changeset::new(but.collect(), all(false, Beneath::Today), None).unwrap();
    let done = apply(keyring, owner, &off).await.unwrap();
    assert_eq!((done.keys, done.granted), (100, 10_000));
}
