//! Keys that deserve a look: counted and listed by the same condition, exact at its edge.

use std::time::Duration;

use contract::attention::Attention;
use contract::request::{Expiry, ListKeys, Rotate};
use contract::{Permissions, Timestamp};

use super::{Bench, issue_request, on_both};
use crate::{PlainToken, keys, usage};

on_both!(
    a_key_expires_within_its_days_and_not_a_moment_before,
    an_expired_or_disabled_key_deserves_no_look,
    a_key_is_idle_after_ninety_days_and_not_at_them,
    an_old_token_deserves_a_look_while_it_is_good_and_called,
    what_reaches_or_holds_everything_is_found,
    a_member_counts_their_own,
    a_row_says_for_how_many_days_its_key_is_idle,
    a_key_that_is_urgent_twice_is_counted_once,
);

const DAY: Duration = Duration::from_hours(24);
const MOMENT: Duration = Duration::from_millis(1);

/// The names of the keys that deserve a look, newest first; as many as are counted.
async fn listed(bench: &Bench, attention: Attention) -> Vec<String> {
    let list = ListKeys {
        attention: Some(attention),
        ..ListKeys::default()
    };
    let page = keys::list(&bench.keyring, &bench.owner, list)
        .await
        .unwrap();
    let names: Vec<_> = page
        .items
        .into_iter()
        .map(|key| key.metadata.name)
        .collect();
    assert_eq!(count(bench, attention).await, names.len() as u64);
    names
}

async fn count(bench: &Bench, attention: Attention) -> u64 {
    let counts = keys::attention(&bench.keyring, &bench.owner).await;
    counts.unwrap().of(attention)
}

async fn expiring(bench: &Bench, name: &str, at: Timestamp) {
    let mut request = issue_request(name, &[], &[]);
    request.expiry = Expiry::At(at);
    keys::issue(&bench.keyring, &bench.owner, request)
        .await
        .unwrap();
}

async fn used(bench: &Bench, token: &PlainToken) {
    bench.bearer(token).await.unwrap();
    usage::flush(&bench.keyring).await.unwrap();
}

async fn a_key_expires_within_its_days_and_not_a_moment_before(bench: Bench) {
    let start = bench.keyring.clock().now();
    expiring(&bench, "month", start.plus(DAY * 30)).await;
    expiring(&bench, "later", start.plus(DAY * 30 + MOMENT)).await;
    bench.key("never", &[], &[]).await;
    let soon = [
        (Attention::Expiring30d, 0),
        (Attention::Expiring7d, 23),
        (Attention::Expiring1d, 29),
    ];
    for (attention, days) in soon {
        let before = start.plus(DAY * days);
        let now = bench.keyring.clock().now();
        let ahead = before.unix_millis() - now.unix_millis();
        if let Some(ahead) = u64::try_from(ahead).ok().filter(|ahead| *ahead > 0) {
            bench.advance(Duration::from_millis(ahead - 1));
            assert!(listed(&bench, attention).await.is_empty(), "{attention:?}");
            bench.advance(MOMENT);
        }
        assert_eq!(listed(&bench, attention).await, ["month"], "{attention:?}");
    }
    bench.advance(MOMENT);
    assert_eq!(
        listed(&bench, Attention::Expiring1d).await,
        ["later", "month"]
    );
    bench.advance(DAY.saturating_sub(MOMENT));
    assert_eq!(
        listed(&bench, Attention::Expiring1d).await,
        ["later"],
        "what has expired does not expire any more"
    );
}

async fn an_expired_or_disabled_key_deserves_no_look(bench: Bench) {
    let now = bench.keyring.clock().now();
    expiring(&bench, "short", now.plus(DAY)).await;
    let (off, _) = bench.key("off", &["*"], &[]).await;
    assert_eq!(
        listed(&bench, Attention::NeverUsed).await,
        ["off", "short", "global account key"]
    );
    keys::disable(&bench.keyring, &bench.owner, off.metadata.id, None)
        .await
        .unwrap();
    bench.advance(DAY);
    let own = ["global account key"];
    assert_eq!(listed(&bench, Attention::NeverUsed).await, own);
    assert_eq!(listed(&bench, Attention::FullAccess).await, own);
    assert!(listed(&bench, Attention::Expiring30d).await.is_empty());
}

async fn a_key_is_idle_after_ninety_days_and_not_at_them(bench: Bench) {
    let (_, token) = bench.key("etl", &[], &[]).await;
    bench.key("unused", &[], &[]).await;
    let unused = ["unused", "global account key"];
    used(&bench, &token).await;
    assert_eq!(listed(&bench, Attention::NeverUsed).await, unused);
    bench.advance(DAY * 90);
    assert!(listed(&bench, Attention::Idle90d).await.is_empty());
    bench.advance(MOMENT);
    assert_eq!(listed(&bench, Attention::Idle90d).await, ["etl"]);
    assert_eq!(listed(&bench, Attention::NeverUsed).await, unused);
    used(&bench, &token).await;
    assert!(listed(&bench, Attention::Idle90d).await.is_empty());
}

async fn an_old_token_deserves_a_look_while_it_is_good_and_called(bench: Bench) {
    let (key, old) = bench.key("billing", &[], &[]).await;
    let calls = async || listed(&bench, Attention::OldTokenCalled).await;
    used(&bench, &old).await;
    bench.advance(MOMENT);
    let how = Rotate {
        grace: DAY,
        ..Rotate::default()
    };
    let (_, new) = keys::rotate(&bench.keyring, &bench.owner, key.metadata.id, how)
        .await
        .unwrap();
    bench.advance(MOMENT);
    used(&bench, &new).await;
    assert!(calls().await.is_empty(), "it was called before only");
    used(&bench, &old).await;
    assert_eq!(calls().await, ["billing"]);
    bench.advance(DAY.saturating_sub(MOMENT * 2));
    assert_eq!(calls().await, ["billing"]);
    bench.advance(MOMENT);
    assert!(calls().await.is_empty(), "the grace is over");
}

async fn what_reaches_or_holds_everything_is_found(bench: Bench) {
    let workspace = bench.workspace("prod").await;
    bench.key("narrow", &["tools:manage"], &[workspace]).await;
    bench.key("full", &["*"], &[]).await;
    let mut wide = issue_request("wide", &[], &[]);
    wide.all_workspaces = true;
    keys::issue(&bench.keyring, &bench.owner, wide)
        .await
        .unwrap();
    let own = "global account key";
    assert_eq!(listed(&bench, Attention::FullAccess).await, ["full", own]);
    assert_eq!(
        listed(&bench, Attention::AllWorkspaces).await,
        ["wide", own]
    );
    assert_eq!(
        Permissions::all().to_strings(),
        ["*"],
        "as it is written into the condition"
    );
}

async fn a_member_counts_their_own(bench: Bench) {
    let member = bench.member("jo@northwind.example", &[]).await;
    bench.key("somebody's", &[], &[]).await;
    let counts = keys::attention(&bench.keyring, &member).await.unwrap();
    assert_eq!(counts.of(Attention::NeverUsed), 0);
    keys::issue(&bench.keyring, &member, issue_request("mine", &[], &[]))
        .await
        .unwrap();
    let counts = keys::attention(&bench.keyring, &member).await.unwrap();
    assert_eq!(counts.of(Attention::NeverUsed), 1);
}

async fn a_row_says_for_how_many_days_its_key_is_idle(bench: Bench) {
    let (_, token) = bench.key("etl", &[], &[]).await;
    bench.key("unused", &[], &[]).await;
    used(&bench, &token).await;
    let idle = async || -> Vec<(String, Option<u64>)> {
        let view = keys::view(&bench.keyring, &bench.owner, ListKeys::default()).await;
        let rows = view.unwrap().rows.into_iter();
        rows.map(|row| (row.key.metadata.name, row.idle_days))
            .filter(|(name, _)| name == "etl" || name == "unused")
            .collect()
    };
    let told = |days| vec![("unused".to_owned(), None), ("etl".to_owned(), days)];
    bench.advance(DAY * 90);
    assert_eq!(idle().await, told(None), "as the view counts");
    bench.advance(MOMENT);
    assert_eq!(idle().await, told(Some(90)));
    bench.advance(DAY * 4);
    assert_eq!(idle().await, told(Some(94)));
}

async fn a_key_that_is_urgent_twice_is_counted_once(bench: Bench) {
    let need = async || {
        let view = keys::view(&bench.keyring, &bench.owner, ListKeys::default()).await;
        view.unwrap().need_attention
    };
    bench.key("calm", &["*"], &[]).await;
    assert_eq!(
        need().await,
        0,
        "what holds everything does not end by itself"
    );
    let now = bench.keyring.clock().now();
    let mut request = issue_request("twice", &[], &[]);
    request.expiry = Expiry::At(now.plus(DAY * 7));
    let (key, old) = keys::issue(&bench.keyring, &bench.owner, request)
        .await
        .unwrap();
    assert_eq!(need().await, 1);
    let how = Rotate {
        grace: DAY,
        ..Rotate::default()
    };
    keys::rotate(&bench.keyring, &bench.owner, key.metadata.id, how)
        .await
        .unwrap();
    bench.advance(MOMENT);
    used(&bench, &old).await;
    assert_eq!(need().await, 1);
    expiring(&bench, "once", now.plus(DAY * 3)).await;
    assert_eq!(need().await, 2);
}
