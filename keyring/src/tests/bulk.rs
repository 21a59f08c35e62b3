//! Many keys changed together: told before, all or none, one batch.

use std::collections::BTreeSet;

use contract::attention::Attention;
use contract::audit::{Action, AuditQuery};
use contract::bulk::{MAX_TOGETHER, Outcome, Together};
use contract::request::{Change, ChangeKeys, ListKeys, Which};
use contract::resource::KeyState;
use contract::text::Reason;
use contract::{ApiKeyId, Kind, Labels};

use super::{Bench, issue_request, on_both};
use crate::audit::Trail;
use crate::{Caller, Result, access, audit, keys, store};

on_both!(
    a_dry_run_tells_what_would_happen_and_does_nothing,
    what_is_done_together_is_one_batch_with_its_reason,
    what_cannot_be_done_to_one_is_done_to_none,
    a_filter_means_all_its_pages_up_to_a_limit,
    labels_are_added_and_taken_away,
    a_grant_to_many_can_be_reverted,
    revoking_many_ends_every_token,
    nobody_changes_more_than_they_hold,
);

fn these(ids: &[ApiKeyId], change: Change) -> ChangeKeys {
    ChangeKeys {
        which: Which::These(ids.iter().copied().collect()),
        change,
        reason: None,
        dry_run: false,
    }
}

fn dry(request: &ChangeKeys) -> ChangeKeys {
    ChangeKeys {
        dry_run: true,
        ..request.clone()
    }
}

async fn change(bench: &Bench, request: &ChangeKeys) -> Result<Together> {
    keys::change_all(&bench.keyring, &bench.owner, request).await
}

fn names(told: &Together, outcome: Outcome) -> Vec<&str> {
    told.with(outcome).map(|key| key.name.as_str()).collect()
}

async fn disabled(bench: &Bench) -> u64 {
    let list = ListKeys {
        state: Some(KeyState::Disabled),
        ..ListKeys::default()
    };
    let page = keys::list(&bench.keyring, &bench.owner, list).await;
    page.unwrap().items.len() as u64
}

async fn global(bench: &Bench) -> ApiKeyId {
    let key = store::keys::system(bench.keyring.reader(), bench.account).await;
    key.unwrap().unwrap().typed_id()
}

async fn a_dry_run_tells_what_would_happen_and_does_nothing(bench: Bench) {
    let (ids, _) = bench.rack(3, 0).await;
    keys::disable(&bench.keyring, &bench.owner, ids[1], None)
        .await
        .unwrap();
    let head = audit::head(&bench.keyring, &bench.owner).await.unwrap();
    let told = change(&bench, &dry(&these(&ids, Change::Disable)))
        .await
        .unwrap();
    assert!(told.dry_run && told.batch_id.is_none());
    assert_eq!(names(&told, Outcome::Changed), ["k2", "k0"]);
    assert_eq!(names(&told, Outcome::Unchanged), ["k1"]);

    let all = [&ids[..], &[global(&bench).await]].concat();
    let told = change(&bench, &dry(&these(&all, Change::Revoke)))
        .await
        .unwrap();
    assert_eq!(names(&told, Outcome::Changed), ["k2", "k1", "k0"]);
    let refused: Vec<_> = told.with(Outcome::Refused).collect();
    assert_eq!(refused.len(), 1);
    let reason = refused[0].reason.as_deref().unwrap();
    assert!(reason.contains("cannot be deleted"), "{reason}");

    assert_eq!(disabled(&bench).await, 1);
    assert_eq!(
        audit::head(&bench.keyring, &bench.owner).await.unwrap(),
        head
    );
}

async fn what_is_done_together_is_one_batch_with_its_reason(bench: Bench) {
    let (ids, _) = bench.rack(3, 0).await;
    let mut request = these(&ids, Change::Disable);
    request.reason = Some(Reason::parse("the laptop was stolen").unwrap());
    let done = change(&bench, &request).await.unwrap();
    assert_eq!(names(&done, Outcome::Changed).len(), 3);
    assert_eq!(disabled(&bench).await, 3);
    let db = bench.keyring.reader();
    let batch = done.batch_id.unwrap();
    let events = store::audit::all_of_batch(db, bench.account, batch)
        .await
        .unwrap();
    let targets: BTreeSet<_> = events.iter().map(|event| event.target.clone()).collect();
    assert_eq!(targets, ids.iter().map(ToString::to_string).collect());
    for event in &events {
        assert_eq!(event.action, Action::KeyDisabled);
        assert_eq!(event.details["reason"], "the laptop was stolen");
        assert!(event.target_name.starts_with('k'));
    }
    let query = AuditQuery::default();
    let page = audit::view(&bench.keyring, &bench.owner, &query);
    let first = page.await.unwrap().entries.remove(0);
    assert_eq!(first.event.batch_id, Some(batch));
    assert_eq!(first.batch.unwrap().size, 3);
    let trail = audit::verify(&bench.keyring, &bench.owner, None).await;
    assert!(matches!(trail.unwrap(), Trail::Whole(_)));

    let again = change(&bench, &these(&ids, Change::Disable)).await.unwrap();
    assert_eq!(again.batch_id, None, "there was nothing to do");
    change(&bench, &these(&ids, Change::Enable)).await.unwrap();
    assert_eq!(disabled(&bench).await, 0);
}

async fn what_cannot_be_done_to_one_is_done_to_none(bench: Bench) {
    let (mut ids, _) = bench.rack(2, 0).await;
    ids.push(global(&bench).await);
    let refused = change(&bench, &these(&ids, Change::Revoke))
        .await
        .unwrap_err();
    let refused = refused.public();
    assert_eq!(refused.kind, Kind::FailedPrecondition);
    assert_eq!(refused.details.len(), 1);
    assert_eq!(refused.details[0].field, ids[2].to_string());
    assert_eq!(bench.key_names().await, ["k1", "k0"]);

    let nobody: ApiKeyId = "apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E".parse().unwrap();
    let missing = these(&[ids[0], nobody], Change::Disable);
    let missing = change(&bench, &missing).await.unwrap_err();
    assert_eq!(missing.public().kind, Kind::NotFound);
    assert_eq!(disabled(&bench).await, 0);
}

async fn a_filter_means_all_its_pages_up_to_a_limit(bench: Bench) {
    let requests: Vec<_> = (0..=MAX_TOGETHER)
        .map(|index| issue_request(&format!("many-{index}"), &[], &[]))
        .collect();
    bench
        .keyring
        .write(&bench.owner, |unit| {
            let requests = &requests;
            async move { keys::issue_all_in(&unit, requests).await.map(drop) }
        })
        .await
        .unwrap();
    let listed = |query: &str| ChangeKeys {
        which: Which::Listed(Box::new(ListKeys {
            query: Some(query.to_owned()),
            attention: Some(Attention::NeverUsed),
            ..ListKeys::default()
        })),
        change: Change::Disable,
        reason: None,
        dry_run: false,
    };
    for request in [listed("many"), dry(&listed("many"))] {
        let refused = change(&bench, &request).await.unwrap_err();
        let refused = refused.public();
        assert_eq!(refused.kind, Kind::InvalidArgument);
        assert!(refused.message.contains("501 keys match"), "{refused}");
        assert!(refused.message.contains("at most 500"), "{refused}");
    }
    let done = change(&bench, &listed("many-1")).await.unwrap();
    assert_eq!(done.keys.len(), 111);
    let again = change(&bench, &listed("many-1")).await.unwrap();
    assert!(again.keys.is_empty(), "disabled keys deserve no look");
}

async fn labels_are_added_and_taken_away(bench: Bench) {
    let mut request = issue_request("labelled", &[], &[]);
    request.labels = Labels::parse_pairs("labels", "env=dev,team=core").unwrap();
    let (labelled, _) = keys::issue(&bench.keyring, &bench.owner, request)
        .await
        .unwrap();
    let (plain, _) = bench.key("plain", &[], &[]).await;
    let ids = [labelled.metadata.id, plain.metadata.id];
    let set = Labels::parse_pairs("labels", "env=prod").unwrap();
    let removed = BTreeSet::from(["team".to_owned()]);
    let request = these(&ids, Change::Label(set, removed));
    let done = change(&bench, &request).await.unwrap();
    assert_eq!(names(&done, Outcome::Changed), ["plain", "labelled"]);
    for id in ids {
        let key = keys::get(&bench.keyring, &bench.owner, id).await.unwrap();
        assert_eq!(key.metadata.labels.to_pairs(), "env=prod");
    }
    let again = change(&bench, &request).await.unwrap();
    assert_eq!(names(&again, Outcome::Unchanged).len(), 2);

    let many: Vec<_> = (0..64).map(|index| format!("l{index}=x")).collect();
    let many = Labels::parse_pairs("labels", &many.join(",")).unwrap();
    let request = dry(&these(&ids, Change::Label(many, BTreeSet::new())));
    let told = change(&bench, &request).await.unwrap();
    let refused = told.with(Outcome::Refused).next().unwrap();
    let reason = refused.reason.as_deref().unwrap();
    assert!(reason.contains("at most 64 labels"), "{reason}");
}

async fn a_grant_to_many_can_be_reverted(bench: Bench) {
    let (ids, workspaces) = bench.rack(3, 1).await;
    crate::grants::grant(&bench.keyring, &bench.owner, ids[0], workspaces[0])
        .await
        .unwrap();
    let done = change(&bench, &these(&ids, Change::Grant(workspaces[0])))
        .await
        .unwrap();
    assert_eq!(names(&done, Outcome::Changed), ["k2", "k1"]);
    assert_eq!(names(&done, Outcome::Unchanged), ["k0"]);
    let reached = async |id| {
        let db = bench.keyring.reader();
        store::grants::of_key(db, id).await.unwrap().len()
    };
    assert_eq!(reached(ids[2]).await, 1);
    access::revert(&bench.keyring, &bench.owner, done.batch_id.unwrap())
        .await
        .unwrap();
    assert_eq!((reached(ids[0]).await, reached(ids[2]).await), (1, 0));

    bench.workspace("another").await;
    crate::workspaces::archive(&bench.keyring, &bench.owner, workspaces[0])
        .await
        .unwrap();
    let request = dry(&these(&ids, Change::Grant(workspaces[0])));
    let refused = change(&bench, &request).await.unwrap_err();
    assert_eq!(refused.public().kind, Kind::FailedPrecondition);
}

async fn revoking_many_ends_every_token(bench: Bench) {
    let (one, first) = bench.key("one", &[], &[]).await;
    let (two, second) = bench.key("two", &[], &[]).await;
    bench.bearer(&first).await.unwrap();
    let ids = [one.metadata.id, two.metadata.id];
    change(&bench, &these(&ids, Change::Revoke)).await.unwrap();
    for token in [&first, &second] {
        assert!(bench.bearer(token).await.is_err());
    }
    assert!(bench.key_names().await.is_empty());
}

async fn nobody_changes_more_than_they_hold(bench: Bench) {
    let (eu, us) = (bench.workspace("eu").await, bench.workspace("us").await);
    let (strong, _) = bench.key("strong", &["secrets:manage"], &[eu]).await;
    let (far, _) = bench.key("far", &[], &[us]).await;
    let (near, _) = bench.key("near", &[], &[eu]).await;
    let (_, token) = bench.key("admin", &["api_keys:manage"], &[eu]).await;
    let admin: Caller = bench.bearer(&token).await.unwrap();
    let ids = [strong.metadata.id, far.metadata.id, near.metadata.id];
    let request = these(&ids, Change::Disable);
    let told = keys::change_all(&bench.keyring, &admin, &dry(&request)).await;
    let told = told.unwrap();
    assert_eq!(names(&told, Outcome::Changed), ["near"]);
    let refused: Vec<_> = told.with(Outcome::Refused).map(|key| &*key.name).collect();
    assert_eq!(refused, ["far", "strong"]);
    let refused = keys::change_all(&bench.keyring, &admin, &request).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.public().kind, Kind::PermissionDenied);
    assert!(refused.denial().is_some(), "the audit log is told");
    assert_eq!(disabled(&bench).await, 0);

    let member = bench.member("jo@northwind.example", &[eu]).await;
    let foreign = keys::change_all(&bench.keyring, &member, &request).await;
    assert_eq!(foreign.unwrap_err().public().kind, Kind::NotFound);
    let (_, reader) = bench.key("reader", &["api_keys:read"], &[]).await;
    let reader = bench.bearer(&reader).await.unwrap();
    let blind = keys::change_all(&bench.keyring, &reader, &dry(&request)).await;
    assert_eq!(blind.unwrap_err().public().kind, Kind::PermissionDenied);
}
