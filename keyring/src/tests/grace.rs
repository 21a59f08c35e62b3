//! A rotation in progress: its end is moved, hurried, or comes of itself when the token before is quiet.

use std::time::Duration;

use contract::audit::{Action, EntranceKind};
use contract::request::{Expiry, GraceChange, Rotate};
use contract::resource::ApiKey;
use contract::{ApiKeyId, Kind, Period, Timestamp};
use serde_json::json;

use super::{Bench, on_both};
use crate::keys::{self, TOLD_WITHIN};
use crate::{PlainToken, audit, usage};

on_both!(
    a_grace_is_moved_within_its_limit,
    a_grace_ends_when_somebody_says_so,
    a_quiet_token_ends_at_its_instant,
    many_that_are_quiet_end_one_after_the_other,
    what_is_used_is_not_quiet,
    quiet_never_outlasts_the_hard_limit,
    a_rule_is_set_and_taken_back_later,
    what_still_uses_the_token_before_is_told,
    only_who_may_rotate_a_key_changes_its_grace,
    two_rotations_with_grace_at_once_leave_two_tokens,
);

const HOUR: Duration = Duration::from_hours(1);
const MAX_GRACE: Duration = Duration::from_hours(30 * 24);
const MILLI: Duration = Duration::from_millis(1);

/// A key that was rotated, with the token before and the new one.
struct Rotated {
    id: ApiKeyId,
    old: PlainToken,
    new: PlainToken,
}

async fn rotated(bench: &Bench, grace: Duration, quiet: Option<Duration>) -> Rotated {
    let (key, old) = bench.key("ci", &["tools:read"], &[]).await;
    let id = key.metadata.id;
    let how = Rotate::new(grace, quiet).unwrap();
    let rotated = keys::rotate(&bench.keyring, &bench.owner, id, how).await;
    Rotated {
        id,
        old,
        new: rotated.unwrap().1,
    }
}

impl Rotated {
    async fn good(&self, bench: &Bench) -> [bool; 2] {
        [
            bench.bearer(&self.old).await.is_ok(),
            bench.bearer(&self.new).await.is_ok(),
        ]
    }

    /// Whether the old token is good, without using it.
    async fn in_grace(&self, bench: &Bench) -> bool {
        let key = keys::get(&bench.keyring, &bench.owner, self.id).await;
        key.unwrap().info.unwrap().retiring_token.is_some()
    }
}

fn lasting(period: Duration) -> GraceChange {
    GraceChange {
        period: Some(period),
        quiet: None,
    }
}

async fn change(bench: &Bench, id: ApiKeyId, change: GraceChange) -> crate::Result<ApiKey> {
    keys::change_grace(&bench.keyring, &bench.owner, id, change).await
}

fn ends(key: ApiKey) -> Timestamp {
    key.info.unwrap().retiring_token.unwrap().expires_at
}

async fn a_grace_is_moved_within_its_limit(bench: Bench) {
    let key = rotated(&bench, HOUR, None).await;
    let start = bench.keyring.clock().now();
    bench.advance(HOUR / 2);
    let moved = change(&bench, key.id, lasting(HOUR)).await.unwrap();
    assert_eq!(ends(moved), start.plus(HOUR + HOUR / 2));
    bench.advance(HOUR.saturating_sub(MILLI));
    assert_eq!(key.good(&bench).await, [true, true]);
    let sooner = change(&bench, key.id, lasting(Duration::from_millis(2)));
    sooner.await.unwrap();
    bench.advance(MILLI);
    assert_eq!(key.good(&bench).await, [true, true]);
    bench.advance(MILLI);
    assert_eq!(
        key.good(&bench).await,
        [false, true],
        "at the instant itself"
    );
    let over = change(&bench, key.id, lasting(HOUR)).await.unwrap_err();
    assert_eq!(over.public().kind, Kind::FailedPrecondition);

    let key = rotated(&bench, HOUR, None).await;
    bench.advance(HOUR / 2);
    let left = MAX_GRACE.saturating_sub(HOUR / 2);
    let refused = change(&bench, key.id, lasting(left + MILLI))
        .await
        .unwrap_err();
    let said = refused.public().field("gracePeriod").unwrap();
    assert!(said.contains(&Period(left).to_string()), "{said}");
    change(&bench, key.id, lasting(left)).await.unwrap();
}

async fn a_grace_ends_when_somebody_says_so(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let key = rotated(&bench, HOUR, None).await;
    // Both are remembered by now.
    assert_eq!(key.good(&bench).await, [true, true]);
    let ended = keys::end_grace(k, owner, key.id).await.unwrap();
    assert!(ended.info.unwrap().retiring_token.is_none());
    assert_eq!(key.good(&bench).await, [false, true]);
    let events = async || audit::history(k, owner, key.id).await.unwrap();
    let before = events().await;
    assert_eq!(before[0].action, Action::GraceEnded);
    assert_eq!(before[0].details["tokenHint"], key.old.hint());
    keys::end_grace(k, owner, key.id).await.unwrap();
    assert_eq!(events().await, before, "it was over already");
}

async fn a_quiet_token_ends_at_its_instant(bench: Bench) {
    let k = &bench.keyring;
    let key = rotated(&bench, HOUR * 24, Some(HOUR * 6)).await;
    bench.advance(HOUR);
    assert_eq!(key.good(&bench).await, [true, true], "its last use");
    // Another server may tell of a use a little later.
    bench.advance((HOUR * 6 + TOLD_WITHIN).saturating_sub(MILLI));
    assert_eq!(keys::end_quiet(k).await.unwrap(), 0);
    assert!(key.in_grace(&bench).await);
    bench.advance(MILLI);
    assert_eq!(keys::end_quiet(k).await.unwrap(), 1);
    assert_eq!(keys::end_quiet(k).await.unwrap(), 0);
    assert_eq!(
        key.good(&bench).await,
        [false, true],
        "though it was remembered"
    );
    let events = audit::history(k, &bench.owner, key.id).await.unwrap();
    assert_eq!(events[0].action, Action::GraceEnded);
    assert_eq!(events[0].actor.entrance, EntranceKind::System);
    assert_eq!(events[0].actor.name, "Keyrack");
    assert_eq!(
        json!(events[0].details),
        json!({"tokenHint": key.old.hint(), "endWhenQuietFor": "21600s"})
    );
}

async fn many_that_are_quiet_end_one_after_the_other(bench: Bench) {
    let k = &bench.keyring;
    for _ in 0..102 {
        rotated(&bench, HOUR * 24, Some(HOUR)).await;
    }
    bench.advance(HOUR + TOLD_WITHIN);
    assert_eq!(keys::end_quiet(k).await.unwrap(), 100);
    // Those that ended lately are not in the way of the others.
    bench.advance(Duration::from_secs(4));
    assert_eq!(keys::end_quiet(k).await.unwrap(), 2);
}

async fn what_is_used_is_not_quiet(bench: Bench) {
    let k = &bench.keyring;
    let key = rotated(&bench, HOUR * 24, Some(HOUR)).await;
    // Whether the use is written already makes no difference.
    for written in [false, true, false] {
        bench.advance((HOUR + TOLD_WITHIN).saturating_sub(MILLI));
        assert!(bench.bearer(&key.old).await.is_ok());
        if written {
            usage::flush(k).await.unwrap();
        }
        bench.advance(MILLI);
        assert_eq!(keys::end_quiet(k).await.unwrap(), 0);
    }
    // A call that was denied is no use; one of the new token is none of the old one.
    assert!(bench.bearer(&key.new).await.is_ok());
    bench.advance(HOUR + TOLD_WITHIN);
    assert_eq!(keys::end_quiet(k).await.unwrap(), 1);
}

async fn quiet_never_outlasts_the_hard_limit(bench: Bench) {
    let key = rotated(&bench, HOUR * 2, Some(HOUR)).await;
    for _ in 0..3 {
        bench.advance(HOUR / 2);
        assert_eq!(key.good(&bench).await, [true, true]);
        assert_eq!(keys::end_quiet(&bench.keyring).await.unwrap(), 0);
    }
    bench.advance(HOUR / 2);
    assert_eq!(key.good(&bench).await, [false, true]);
    bench.advance(HOUR * 2);
    assert_eq!(keys::end_quiet(&bench.keyring).await.unwrap(), 0);
}

async fn a_rule_is_set_and_taken_back_later(bench: Bench) {
    let k = &bench.keyring;
    let key = rotated(&bench, HOUR * 24, None).await;
    bench.advance(HOUR * 5);
    let quiet = |quiet| GraceChange {
        period: None,
        quiet: Some(quiet),
    };
    let told = change(&bench, key.id, quiet(Some(HOUR))).await.unwrap();
    let told = told.info.unwrap().retiring_token.unwrap();
    assert_eq!(told.end_when_quiet_for, Some(Period(HOUR)));
    assert_eq!(told.rotated_by.metadata.id, bench.owner.profile());
    assert_eq!(keys::end_quiet(k).await.unwrap(), 0, "it counts from now");
    bench.advance(HOUR / 2);
    // The same again begins nothing anew, and is no change.
    let events = async || audit::history(k, &bench.owner, key.id).await.unwrap().len();
    let before = events().await;
    change(&bench, key.id, quiet(Some(HOUR))).await.unwrap();
    assert_eq!(events().await, before);
    bench.advance((HOUR / 2 + TOLD_WITHIN).saturating_sub(MILLI));
    assert_eq!(keys::end_quiet(k).await.unwrap(), 0);
    change(&bench, key.id, quiet(None)).await.unwrap();
    bench.advance(HOUR * 5);
    assert_eq!(keys::end_quiet(k).await.unwrap(), 0);
    assert!(key.in_grace(&bench).await);
}

async fn what_still_uses_the_token_before_is_told(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let (key, old) = bench.key("ci", &["tools:read"], &[]).await;
    let id = key.metadata.id;
    let from = async |token: &PlainToken, address: &str| {
        let origin = crate::Origin {
            address: Some(address.parse().unwrap()),
            ..crate::Origin::default()
        };
        let caller = crate::callers::by_token(k, token.expose(), origin).await;
        caller.unwrap();
    };
    let usage = async || {
        usage::flush(k).await.unwrap();
        usage::of_key(k, owner, id).await.unwrap()
    };
    from(&old, "192.0.2.1").await;
    from(&old, "192.0.2.2").await;
    assert_eq!(usage().await.retiring, None);
    bench.advance(HOUR);
    let how = Rotate::new(HOUR * 24, None).unwrap();
    let (_, new) = keys::rotate(k, owner, id, how).await.unwrap();
    from(&new, "192.0.2.1").await;
    from(&old, "192.0.2.2").await;
    from(&new, "192.0.2.2").await;
    let told = usage().await;
    let retiring = told.retiring.unwrap();
    let calls = |hours: &[contract::usage::Calls]| [hours[46].calls, hours[47].calls];
    assert_eq!(calls(&told.hours), [2, 3]);
    assert_eq!(calls(&retiring.hours), [2, 1]);
    let sources = |sources: &[contract::usage::UsageSource]| -> Vec<(String, u64)> {
        let mut told: Vec<_> = sources
            .iter()
            .map(|source| (source.address.clone().unwrap(), source.calls))
            .collect();
        told.sort();
        told
    };
    let (one, two) = ("192.0.2.1".to_owned(), "192.0.2.2".to_owned());
    assert_eq!(sources(&told.sources), [(one, 2), (two.clone(), 3)]);
    assert_eq!(retiring.sources.len(), 1, "of those since the rotation");
    assert_eq!(retiring.sources[0].address, Some(two));
    bench.advance(HOUR * 24);
    assert_eq!(usage().await.retiring, None);
}

async fn only_who_may_rotate_a_key_changes_its_grace(bench: Bench) {
    let k = &bench.keyring;
    let key = rotated(&bench, HOUR, None).await;
    let (_, weak) = bench.key("weak", &["api_keys:read"], &[]).await;
    let (_, other) = bench.key("other", &["api_keys:manage"], &[]).await;
    for token in [weak, other] {
        let caller = bench.bearer(&token).await.unwrap();
        let moved = keys::change_grace(k, &caller, key.id, lasting(HOUR)).await;
        assert_eq!(moved.unwrap_err().public().kind, Kind::PermissionDenied);
        let ended = keys::end_grace(k, &caller, key.id).await;
        assert_eq!(ended.unwrap_err().public().kind, Kind::PermissionDenied);
    }
    assert!(key.in_grace(&bench).await);

    // A key that expires extends no grace beyond its own end.
    let mut request = super::issue_request("brief", &["api_keys:manage", "tools:read"], &[]);
    request.expiry = Expiry::At(k.clock().now().plus(HOUR));
    let (_, brief) = keys::issue(k, &bench.owner, request).await.unwrap();
    let brief = bench.bearer(&brief).await.unwrap();
    let later = keys::change_grace(k, &brief, key.id, lasting(HOUR + MILLI)).await;
    assert_eq!(later.unwrap_err().public().kind, Kind::PermissionDenied);
    let ended = keys::end_grace(k, &brief, key.id).await.unwrap();
    assert!(ended.info.unwrap().retiring_token.is_none());
}

async fn two_rotations_with_grace_at_once_leave_two_tokens(bench: Bench) {
    let (key, first) = bench.key("ci", &[], &[]).await;
    let id = key.metadata.id;
    let rotate = || {
        let (keyring, owner) = (bench.keyring.clone(), bench.owner.clone());
        let how = Rotate::new(HOUR, None).unwrap();
        tokio::spawn(async move { keys::rotate(&keyring, &owner, id, how).await })
    };
    let (one, other) = tokio::join!(rotate(), rotate());
    let made: Vec<PlainToken> = [one, other]
        .into_iter()
        .filter_map(|made| made.unwrap().ok())
        .map(|(_, token)| token)
        .collect();
    let key = keys::get(&bench.keyring, &bench.owner, id).await.unwrap();
    let info = key.info.unwrap();
    let (current, retiring) = (info.token_hint, info.retiring_token.unwrap().hint);
    let mut good = Vec::new();
    for token in std::iter::once(&first).chain(&made) {
        if bench.bearer(token).await.is_ok() {
            good.push(token.hint());
        }
    }
    good.sort();
    let mut promised = [current, retiring];
    promised.sort();
    assert_eq!(good, promised, "of {} tokens", made.len() + 1);
}
