//! Rotation with grace: two good tokens at the most, and each ends when it was said to.

use std::time::Duration;

use contract::request::{Expiry, KeyChanges, Rotate};
use contract::{Kind, Permissions};

use super::{Bench, on_both};
use crate::keys;

on_both!(
    the_old_token_ends_with_its_grace,
    a_second_rotation_ends_the_older_token,
    what_ends_a_key_ends_its_grace,
    a_grace_has_its_limit,
    two_rotations_at_once_leave_what_they_promised,
    a_narrowed_key_issues_nothing_it_lost,
    nothing_that_a_key_makes_outlasts_it,
);

const MAX_GRACE: Duration = Duration::from_hours(30 * 24);
const HOUR: Rotate = Rotate {
    grace: Duration::from_hours(1),
    quiet: None,
};

async fn the_old_token_ends_with_its_grace(bench: Bench) {
    let (key, first) = bench.key("ci", &["tools:read"], &[]).await;
    let id = key.metadata.id;
    let (rotated, second) = keys::rotate(&bench.keyring, &bench.owner, id, HOUR)
        .await
        .unwrap();
    let retiring = rotated.info.unwrap().retiring_token.unwrap();
    assert_eq!(retiring.hint, first.hint());
    assert_eq!(
        retiring.expires_at,
        bench.keyring.clock().now().plus(HOUR.grace)
    );
    bench.advance(HOUR.grace.saturating_sub(Duration::from_millis(1)));
    assert!(bench.bearer(&first).await.is_ok() && bench.bearer(&second).await.is_ok());
    bench.advance(Duration::from_millis(1));
    assert!(bench.bearer(&first).await.is_err(), "at the instant itself");
    assert!(bench.bearer(&second).await.is_ok());
    let key = keys::get(&bench.keyring, &bench.owner, id).await.unwrap();
    assert!(key.info.unwrap().retiring_token.is_none());
}

async fn a_second_rotation_ends_the_older_token(bench: Bench) {
    let (key, first) = bench.key("ci", &[], &[]).await;
    let id = key.metadata.id;
    let (_, second) = keys::rotate(&bench.keyring, &bench.owner, id, HOUR)
        .await
        .unwrap();
    let (_, third) = keys::rotate(&bench.keyring, &bench.owner, id, HOUR)
        .await
        .unwrap();
    assert!(bench.bearer(&first).await.is_err());
    assert!(bench.bearer(&second).await.is_ok() && bench.bearer(&third).await.is_ok());
    let (_, fourth) = keys::rotate(&bench.keyring, &bench.owner, id, Rotate::default())
        .await
        .unwrap();
    for old in [&second, &third] {
        assert!(bench.bearer(old).await.is_err());
    }
    assert!(bench.bearer(&fourth).await.is_ok());
}

async fn what_ends_a_key_ends_its_grace(bench: Bench) {
    let (key, first) = bench.key("ci", &[], &[]).await;
    let id = key.metadata.id;
    let (_, second) = keys::rotate(&bench.keyring, &bench.owner, id, HOUR)
        .await
        .unwrap();
    let both = async || {
        [
            bench.bearer(&first).await.is_ok(),
            bench.bearer(&second).await.is_ok(),
        ]
    };
    keys::disable(&bench.keyring, &bench.owner, id, None)
        .await
        .unwrap();
    assert_eq!(both().await, [false, false]);
    keys::enable(&bench.keyring, &bench.owner, id)
        .await
        .unwrap();
    let newest = [false, true];
    assert_eq!(both().await, newest, "the grace is over");
    keys::revoke(&bench.keyring, &bench.owner, id, None)
        .await
        .unwrap();
    assert_eq!(both().await, [false, false]);
}

async fn a_grace_has_its_limit(bench: Bench) {
    let (key, _) = bench.key("ci", &[], &[]).await;
    let with = async |grace| {
        let how = Rotate::new(grace, None).unwrap();
        keys::rotate(&bench.keyring, &bench.owner, key.metadata.id, how).await
    };
    assert!(with(MAX_GRACE).await.is_ok());
    let error = with(MAX_GRACE + Duration::from_millis(1))
        .await
        .unwrap_err();
    assert!(error.public().field("gracePeriod").is_some());
}

async fn two_rotations_at_once_leave_what_they_promised(bench: Bench) {
    let (key, first) = bench.key("ci", &[], &[]).await;
    let id = key.metadata.id;
    let rotate = || {
        let (keyring, owner) = (bench.keyring.clone(), bench.owner.clone());
        tokio::spawn(async move { keys::rotate(&keyring, &owner, id, Rotate::default()).await })
    };
    let (one, other) = tokio::join!(rotate(), rotate());
    let made: Vec<_> = [one, other]
        .into_iter()
        .filter_map(|made| made.unwrap().ok())
        .collect();
    assert!(!made.is_empty());
    let mut good = 0;
    for (_, token) in &made {
        good += usize::from(bench.bearer(token).await.is_ok());
    }
    assert_eq!(good, 1, "the last one alone is good");
    assert!(bench.bearer(&first).await.is_err());
}

/// A key that issues others is narrowed meanwhile. Once that has answered, it hands out nothing of
/// what it lost, though it was asked with what it held when its request came in.
async fn a_narrowed_key_issues_nothing_it_lost(bench: Bench) {
    let (issuer, token) = bench
        .key("issuer", &["api_keys:manage", "tools:manage"], &[])
        .await;
    let caller = bench.bearer(&token).await.unwrap();
    let issue_many = || -> Vec<_> {
        let one = |index: usize| {
            let (keyring, caller) = (bench.keyring.clone(), caller.clone());
            let request = super::issue_request(&format!("made {index}"), &["tools:manage"], &[]);
            tokio::spawn(async move {
                let made = keys::issue(&keyring, &caller, request).await;
                made.map(|_| ()).map_err(|error| error.public().kind)
            })
        };
        (0..12).map(one).collect()
    };
    let meanwhile = issue_many();
    let narrowed = KeyChanges {
        permissions: Some(Permissions::parse("permissions", &["api_keys:manage"]).unwrap()),
        ..KeyChanges::default()
    };
    let narrow = async || {
        let id = issuer.metadata.id;
        keys::update(&bench.keyring, &bench.owner, id, narrowed.clone()).await
    };
    // On PostgreSQL so many may call it off; somebody would try again, too.
    let mut tries = 0;
    while let Err(error) = narrow().await {
        tries += 1;
        assert!(
            error.public().kind == Kind::Aborted && tries < 50,
            "{error:?}"
        );
    }
    let afterwards = issue_many();
    let mut made = 0;
    for call in meanwhile {
        match call.await.unwrap() {
            Ok(()) => made += 1,
            Err(kind) => assert!(
                matches!(kind, Kind::PermissionDenied | Kind::Aborted),
                "{kind:?}"
            ),
        }
    }
    for call in afterwards {
        assert_eq!(call.await.unwrap(), Err(Kind::PermissionDenied));
    }
    let names = bench.key_names().await;
    assert_eq!(
        names.iter().filter(|name| name.starts_with("made")).count(),
        made
    );
}

async fn nothing_that_a_key_makes_outlasts_it(bench: Bench) {
    let end = bench.keyring.clock().now().plus(Duration::from_hours(1));
    let mut request = super::issue_request("brief", &["api_keys:manage"], &[]);
    request.expiry = Expiry::At(end);
    let (brief, token) = keys::issue(&bench.keyring, &bench.owner, request.clone())
        .await
        .unwrap();
    let caller = bench.bearer(&token).await.unwrap();
    let denied = |kind: Kind| assert_eq!(kind, Kind::PermissionDenied);
    for late in [None, Some(end.plus(Duration::from_millis(1)))] {
        request.expiry = late.map_or(Expiry::Never, Expiry::At);
        let made = keys::issue(&bench.keyring, &caller, request.clone()).await;
        denied(made.unwrap_err().public().kind);
        let changes = KeyChanges {
            expires_at: Some(late),
            ..KeyChanges::default()
        };
        let own = keys::update(&bench.keyring, &caller, brief.metadata.id, changes).await;
        denied(own.unwrap_err().public().kind);
    }
    let (lasting, _) = bench.key("lasting", &[], &[]).await;
    let rotated = keys::rotate(&bench.keyring, &caller, lasting.metadata.id, HOUR).await;
    denied(rotated.err().unwrap().public().kind);
    request.expiry = Expiry::At(end);
    keys::issue(&bench.keyring, &caller, request).await.unwrap();
    keys::rotate(&bench.keyring, &caller, brief.metadata.id, HOUR)
        .await
        .unwrap();
}
