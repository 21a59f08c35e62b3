//! What an account decides for itself, and that it is obeyed.

use std::time::Duration;

use contract::audit::Action;
use contract::request::{Expiry, GraceChange, KeyChanges, Rotate};
use contract::resource::ApiKey;
use contract::settings::{AccountSettings, SettingsChanges};
use contract::{Kind, Period, Timestamp};
use serde_json::json;

use super::bench::{account, person};
use super::{Bench, issue_request, on_both};
use crate::store::audit::read;
use crate::{Caller, accounts, entity, keys, settings};

on_both!(
    settings_are_for_who_manages_the_account,
    a_change_is_written_down_before_and_after,
    a_key_of_which_nothing_is_said_lasts_as_usual,
    no_key_lasts_longer_than_allowed,
    a_grace_is_limited_from_its_rotation_on,
    what_an_account_decides_is_its_own,
);

const DAY: Duration = Duration::from_hours(24);

fn lifetimes(usual: Duration, most: Option<Duration>) -> SettingsChanges {
    SettingsChanges {
        default_lifetime: Some(Some(Period(usual))),
        max_lifetime: Some(most.map(Period)),
        ..SettingsChanges::default()
    }
}

async fn decide(bench: &Bench, changes: SettingsChanges) -> AccountSettings {
    settings::update(&bench.keyring, &bench.owner, changes)
        .await
        .unwrap()
}

async fn issue(bench: &Bench, by: &Caller, expiry: Expiry) -> crate::Result<ApiKey> {
    let mut request = issue_request("ci", &[], &[]);
    request.expiry = expiry;
    let issued = keys::issue(&bench.keyring, by, request).await;
    issued.map(|(key, _)| key)
}

async fn settings_are_for_who_manages_the_account(bench: Bench) {
    let k = &bench.keyring;
    let member = bench.member("noor@northwind.example", &[]).await;
    let (_, strong) = bench.key("strong", &["account:manage"], &[]).await;
    let (_, weak) = bench.key("weak", &["api_keys:manage"], &[]).await;
    let (strong, weak) = (
        bench.bearer(&strong).await.unwrap(),
        bench.bearer(&weak).await.unwrap(),
    );
    for caller in [&member, &weak] {
        let denied = settings::get(k, caller).await.unwrap_err();
        assert_eq!(denied.public().kind, Kind::PermissionDenied);
        let denied = settings::update(k, caller, lifetimes(DAY, None)).await;
        assert_eq!(denied.unwrap_err().public().kind, Kind::PermissionDenied);
    }
    let untouched = settings::get(k, &bench.owner).await.unwrap();
    assert_eq!(untouched, AccountSettings::default());
    let changed = settings::update(k, &strong, lifetimes(DAY, None)).await;
    assert_eq!(settings::get(k, &strong).await.unwrap(), changed.unwrap());
}

async fn a_change_is_written_down_before_and_after(bench: Bench) {
    use sea_orm::{EntityTrait, QueryOrder};
    let events = async || {
        let all = entity::audit_event::Entity::find()
            .order_by_asc(entity::audit_event::Column::Sequence)
            .all(bench.keyring.reader())
            .await
            .unwrap();
        let events: Vec<_> = all.into_iter().map(|row| read(row).unwrap()).collect();
        let changed = |event: &contract::audit::AuditEvent| event.action == Action::SettingsChanged;
        events.into_iter().filter(changed).collect::<Vec<_>>()
    };
    decide(&bench, lifetimes(DAY * 90, Some(DAY * 365))).await;
    decide(&bench, lifetimes(DAY * 90, None)).await;
    decide(&bench, lifetimes(DAY * 90, None)).await;
    let events = events().await;
    assert_eq!(events.len(), 2, "what changes nothing leaves nothing");
    assert_eq!(events[0].target, bench.account.to_string());
    assert_eq!(
        json!(events[0].details),
        json!({
            "before": {"keys.defaultLifetime": null, "keys.maxLifetime": null},
            "after": {"keys.defaultLifetime": "7776000s", "keys.maxLifetime": "31536000s"},
        })
    );
    assert_eq!(
        json!(events[1].details),
        json!({
            "before": {"keys.maxLifetime": "31536000s"},
            "after": {"keys.maxLifetime": null},
        })
    );
}

async fn a_key_of_which_nothing_is_said_lasts_as_usual(bench: Bench) {
    let owner = &bench.owner;
    let ends = async |expiry| issue(&bench, owner, expiry).await.unwrap().spec.expires_at;
    assert_eq!(ends(Expiry::Usual).await, None, "nothing was decided");
    decide(&bench, lifetimes(DAY * 90, None)).await;
    let now = bench.keyring.clock().now();
    assert_eq!(ends(Expiry::Usual).await, Some(now.plus(DAY * 90)));
    assert_eq!(ends(Expiry::Never).await, None, "that was a choice");
    let system = accounts::get(&bench.keyring, owner).await.unwrap();
    assert!(
        system
            .info
            .global_api_key
            .unwrap()
            .spec
            .expires_at
            .is_none()
    );
}

async fn no_key_lasts_longer_than_allowed(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let old = issue(&bench, owner, Expiry::Never).await.unwrap();
    decide(&bench, lifetimes(DAY, Some(DAY * 30))).await;
    let latest = k.clock().now().plus(DAY * 30);
    let beyond = latest.plus(Duration::from_millis(1));
    let key = issue(&bench, owner, Expiry::At(latest)).await.unwrap();
    for late in [Expiry::Never, Expiry::At(beyond)] {
        let refused = issue(&bench, owner, late).await.unwrap_err();
        let said = refused.public().field("spec.expiresAt").unwrap();
        assert!(said.contains(&latest.to_string()), "the remedy: {said}");
    }
    let update = async |key: &ApiKey, expires_at: Option<Option<Timestamp>>| {
        let changes = KeyChanges {
            expires_at,
            description: Some(Some("changed".to_owned())),
            ..KeyChanges::default()
        };
        keys::update(k, owner, key.metadata.id, changes).await
    };
    for late in [None, Some(beyond)] {
        let refused = update(&key, Some(late)).await.unwrap_err();
        assert!(refused.public().field("spec.expiresAt").is_some());
    }
    // What was issued before keeps its end, and everything else of it can be changed.
    update(&old, None).await.unwrap();
    update(&old, Some(None)).await.unwrap();
    assert!(update(&old, Some(Some(beyond))).await.is_err());
    update(&old, Some(Some(latest))).await.unwrap();
    keys::rotate(k, owner, old.metadata.id, Rotate::default())
        .await
        .unwrap();
    // It counts from when it is decided.
    bench.advance(DAY / 3);
    update(&key, Some(Some(latest.plus(DAY / 3))))
        .await
        .unwrap();
}

async fn a_grace_is_limited_from_its_rotation_on(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let limit = |period| SettingsChanges {
        max_grace_period: Some(Some(Period(period))),
        ..SettingsChanges::default()
    };
    // A person's session would not last a day.
    let most = DAY / 3;
    let (key, _) = bench.key("ci", &[], &[]).await;
    let id = key.metadata.id;
    decide(&bench, limit(most)).await;
    let rotate = async |grace| {
        let how = Rotate::new(grace, None).unwrap();
        keys::rotate(k, owner, id, how).await
    };
    let refused = rotate(most + Duration::from_secs(1)).await.err().unwrap();
    let said = refused.public().field("gracePeriod").unwrap();
    assert!(said.contains("use at most 8 hours (28800s)"), "{said}");
    rotate(most).await.unwrap();
    bench.advance(most / 2);
    let change = async |period| {
        let change = GraceChange {
            period: Some(period),
            quiet: None,
        };
        keys::change_grace(k, owner, id, change).await
    };
    let refused = change(most).await.unwrap_err();
    let said = refused.public().field("gracePeriod").unwrap();
    assert!(said.contains("use at most 4 hours (14400s)"), "{said}");
    // Made shorter it can be whatever the limit is by now.
    decide(&bench, limit(Duration::ZERO)).await;
    change(most / 4).await.unwrap();
    assert!(change(most / 3).await.is_err());
    assert!(rotate(Duration::from_secs(1)).await.is_err());
    rotate(Duration::ZERO).await.unwrap();
}

async fn what_an_account_decides_is_its_own(bench: Bench) {
    let k = &bench.keyring;
    account(k, "Globex", "hank@globex.example").await;
    let hank = person(k, "hank@globex.example").await;
    decide(&bench, lifetimes(DAY, Some(DAY))).await;
    let theirs = settings::get(k, &hank).await.unwrap();
    assert_eq!(theirs, AccountSettings::default());
    let key = issue(&bench, &hank, Expiry::Usual).await.unwrap();
    assert_eq!(key.spec.expires_at, None);
}
