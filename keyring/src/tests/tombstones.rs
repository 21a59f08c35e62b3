//! Keys that were stopped: why is kept, and a revoked one is seen and never changed again.

use std::time::Duration;

use contract::audit::Action;
use contract::page::PageRequest;
use contract::request::{GraceChange, KeyChanges, ListKeys, Rotate};
use contract::resource::{ApiKey, KeyState, WorkspaceStatus};
use contract::text::{KeyName, Reason};
use contract::{ApiKeyId, Kind};

use super::{Bench, issue_request, on_both};
use crate::{Caller, Origin, audit, callers, grants, keys, usage, workspaces};

on_both!(
    why_a_key_is_disabled_is_kept_while_it_is,
    a_revoked_key_is_seen_where_it_is_asked_for,
    nothing_of_a_revoked_key_can_be_changed,
    a_tombstone_is_seen_by_who_saw_the_key,
    a_key_in_use_is_revoked_by_its_name,
    a_tombstone_tells_what_the_key_reached_and_did,
);

const LOST: &str = "The laptop was stolen";

fn why() -> Reason {
    Reason::parse(LOST).unwrap()
}

async fn revoked(bench: &Bench, caller: &Caller, query: Option<&str>) -> Vec<ApiKey> {
    let list = ListKeys {
        state: Some(KeyState::Revoked),
        include_info: true,
        query: query.map(str::to_owned),
        ..ListKeys::default()
    };
    keys::list(&bench.keyring, caller, list)
        .await
        .unwrap()
        .items
}

async fn why_a_key_is_disabled_is_kept_while_it_is(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let (key, _) = bench.key("ci", &[], &[]).await;
    let id = key.metadata.id;
    let disabled = keys::disable(k, owner, id, Some(why())).await.unwrap();
    let told = disabled.info.unwrap().disabled.unwrap();
    assert_eq!(told.reason.as_deref(), Some(LOST));
    assert_eq!(told.by.metadata.id, owner.profile());
    assert_eq!(told.at, k.clock().now());
    // Who disables it again changes nothing of that.
    let again = keys::disable(k, owner, id, None).await.unwrap();
    assert_eq!(again.info.unwrap().disabled.unwrap(), told);
    let events = audit::history(k, owner, id).await.unwrap();
    assert_eq!(events[0].action, Action::KeyDisabled);
    assert_eq!(events[0].details["reason"], LOST);
    let enabled = keys::enable(k, owner, id).await.unwrap();
    assert!(enabled.info.unwrap().disabled.is_none());
}

async fn a_revoked_key_is_seen_where_it_is_asked_for(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let (kept, _) = bench.key("kept", &[], &[]).await;
    let (gone, token) = bench.key("gone", &["tools:read"], &[]).await;
    bench.key("also gone", &[], &[]).await;
    let id = gone.metadata.id;
    let also = keys::list(k, owner, ListKeys::default()).await.unwrap();
    let also = also
        .items
        .iter()
        .find(|key| key.metadata.name == "also gone");
    keys::disable(k, owner, id, None).await.unwrap();
    keys::revoke(k, owner, id, Some(why())).await.unwrap();
    keys::revoke(k, owner, also.unwrap().metadata.id, None)
        .await
        .unwrap();

    assert_eq!(bench.key_names().await, ["kept"]);
    assert!(bench.bearer(&token).await.is_err());
    let names = |keys: Vec<ApiKey>| -> Vec<String> {
        keys.into_iter().map(|key| key.metadata.name).collect()
    };
    let all = names(revoked(&bench, owner, None).await);
    assert_eq!(all, ["also gone", "gone"]);
    let found = names(revoked(&bench, owner, Some("LSO")).await);
    assert_eq!(found, ["also gone"], "a search looks among them");
    let info = revoked(&bench, owner, Some(&token.hint()[1..])).await;
    let told = info[0].info.as_ref().unwrap();
    assert_eq!(told.token_hint, token.hint(), "by which it is recognised");
    let ended = told.revoked.as_ref().unwrap();
    assert_eq!(ended.reason.as_deref(), Some(LOST));
    assert_eq!(ended.by.metadata.id, owner.profile());
    assert!(told.retiring_token.is_none());

    let seen = keys::get_ever(k, owner, id).await.unwrap();
    assert_eq!(
        (seen.state, seen.info.as_ref()),
        (KeyState::Revoked, Some(told))
    );
    let events = audit::history(k, owner, id).await.unwrap();
    let actions: Vec<_> = events.iter().map(|event| event.action).collect();
    let expected = [Action::KeyRevoked, Action::KeyDisabled, Action::KeyIssued];
    assert_eq!(actions, expected);
    let there = keys::get_ever(k, owner, kept.metadata.id).await.unwrap();
    assert_eq!(there.state, KeyState::Enabled);
}

/// Whatever is asked of a key, and how it is answered.
async fn everything(bench: &Bench, id: ApiKeyId) -> Vec<Option<Kind>> {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let workspace = bench.workspace("w").await;
    let renamed = KeyChanges {
        name: Some(KeyName::parse("again").unwrap()),
        ..KeyChanges::default()
    };
    let kind = |error: crate::Error| error.public().kind;
    let change = GraceChange::default();
    vec![
        keys::get(k, owner, id).await.err().map(kind),
        keys::update(k, owner, id, renamed).await.err().map(kind),
        keys::rotate(k, owner, id, Rotate::default())
            .await
            .err()
            .map(kind),
        keys::change_grace(k, owner, id, change)
            .await
            .err()
            .map(kind),
        keys::end_grace(k, owner, id).await.err().map(kind),
        keys::disable(k, owner, id, None).await.err().map(kind),
        keys::enable(k, owner, id).await.err().map(kind),
        keys::revoke(k, owner, id, None).await.err().map(kind),
        grants::grant(k, owner, id, workspace).await.err().map(kind),
        grants::revoke(k, owner, id, workspace)
            .await
            .err()
            .map(kind),
        usage::of_key(k, owner, id).await.err().map(kind),
    ]
}

async fn nothing_of_a_revoked_key_can_be_changed(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let (key, _) = bench.key("gone", &[], &[]).await;
    let id = key.metadata.id;
    keys::revoke(k, owner, id, Some(why())).await.unwrap();
    let before = keys::get_ever(k, owner, id).await.unwrap();
    for answer in everything(&bench, id).await {
        assert_eq!(answer, Some(Kind::NotFound));
    }
    assert_eq!(keys::get_ever(k, owner, id).await.unwrap(), before);
}

async fn a_tombstone_is_seen_by_who_saw_the_key(bench: Bench) {
    let k = &bench.keyring;
    let member = bench.member("noor@northwind.example", &[]).await;
    let other = bench.member("jo@northwind.example", &[]).await;
    let (mine, _) = keys::issue(k, &member, issue_request("mine", &[], &[]))
        .await
        .unwrap();
    let id = mine.metadata.id;
    keys::revoke(k, &bench.owner, id, Some(why()))
        .await
        .unwrap();
    assert_eq!(revoked(&bench, &member, None).await.len(), 1);
    assert!(keys::get_ever(k, &member, id).await.is_ok());
    assert!(revoked(&bench, &other, None).await.is_empty());
    let hidden = keys::get_ever(k, &other, id).await.unwrap_err();
    assert_eq!(hidden.public().kind, Kind::NotFound);
    let (_, weak) = bench.key("weak", &["tools:read"], &[]).await;
    let weak = bench.bearer(&weak).await.unwrap();
    let denied = keys::get_ever(k, &weak, id).await.unwrap_err();
    assert_eq!(denied.public().kind, Kind::PermissionDenied);
}

const DAY: Duration = Duration::from_hours(24);

async fn a_key_in_use_is_revoked_by_its_name(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let operator = callers::operator(k, Some(bench.account), Origin::default());
    let operator = operator.await.unwrap();
    let refused = async |key: &ApiKey, typed: &str| {
        let answer = keys::revoke_by_name(k, &operator, key.metadata.id, typed, None).await;
        let error = answer.err()?;
        let details = &error.public().details;
        Some(details[0].field.clone())
    };
    let (unused, _) = bench.key("unused", &[], &[]).await;
    assert_eq!(refused(&unused, "").await, None);

    let (key, token) = bench.key("\u{202e}in use", &[], &[]).await;
    bench.bearer(&token).await.unwrap();
    let name = Some("name".to_owned());
    assert_eq!(
        refused(&key, "").await,
        name,
        "what is not written yet counts"
    );
    usage::flush(k).await.unwrap();
    for typed in ["", "in us", "IN USE", "unused"] {
        assert_eq!(refused(&key, typed).await, name, "{typed}");
    }
    let still = keys::get(k, owner, key.metadata.id).await.unwrap();
    assert_eq!(still.state, KeyState::Enabled);
    assert_eq!(refused(&key, " in use ").await, None);

    // Who names a key by its id means it.
    let (by_id, token) = bench.key("by id", &[], &[]).await;
    bench.bearer(&token).await.unwrap();
    keys::revoke(k, owner, by_id.metadata.id, None)
        .await
        .unwrap();

    // The token before is the key as well.
    let (turned, old) = bench.key("turned", &[], &[]).await;
    let grace = Rotate::new(DAY, None).unwrap();
    keys::rotate(k, owner, turned.metadata.id, grace)
        .await
        .unwrap();
    bench.bearer(&old).await.unwrap();
    assert_eq!(refused(&turned, "").await, name);
    usage::flush(k).await.unwrap();
    bench.advance((DAY * 7).saturating_sub(Duration::from_secs(1)));
    assert_eq!(refused(&turned, "").await, name);
    bench.advance(Duration::from_secs(1));
    assert_eq!(refused(&turned, "").await, None);
}

async fn a_tombstone_tells_what_the_key_reached_and_did(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let (eu, us) = (
        bench.workspace("prod-eu").await,
        bench.workspace("prod-us").await,
    );
    bench.workspace("elsewhere").await;
    let (key, token) = bench.key("gone", &[], &[eu, us]).await;
    let id = key.metadata.id;
    let (there, _) = bench.key("there", &[], &[eu]).await;
    let there = there.metadata.id;
    let other = bench.member("jo@northwind.example", &[]).await;
    bench.bearer(&token).await.unwrap();
    usage::flush(k).await.unwrap();
    let used_at = k.clock().now();
    bench.advance(DAY);
    let operator = callers::operator(k, Some(bench.account), Origin::default());
    let operator = operator.await.unwrap();
    keys::revoke(k, &operator, id, Some(why())).await.unwrap();
    workspaces::archive(k, &operator, us).await.unwrap();
    bench.advance(DAY * 60);

    let reached = grants::list_ever(k, owner, id, PageRequest::default())
        .await
        .unwrap();
    let names: Vec<_> = reached
        .items
        .iter()
        .map(|one| (one.metadata.name.as_str(), one.status))
        .collect();
    let (archived, enabled) = (WorkspaceStatus::Archived, WorkspaceStatus::Enabled);
    assert_eq!(names, [("prod-us", archived), ("prod-eu", enabled)]);
    let used = usage::of_key_ever(k, owner, id).await.unwrap();
    assert_eq!(used.last_uses[0].at, used_at);
    let calls: Vec<_> = used.days.iter().map(|day| day.calls).collect();
    assert_eq!(calls[28..], [1, 0], "the days before its end");

    // A key that is there is told of as ever, and nobody is told of what they did not see.
    let (now, ever) = (
        usage::of_key(k, owner, there).await.unwrap(),
        usage::of_key_ever(k, owner, there).await.unwrap(),
    );
    assert_eq!(now, ever);
    let hidden = usage::of_key_ever(k, &other, id).await.unwrap_err();
    assert_eq!(hidden.public().kind, Kind::NotFound);
    let hidden = grants::list_ever(k, &other, id, PageRequest::default()).await;
    assert_eq!(hidden.unwrap_err().public().kind, Kind::NotFound);
}
