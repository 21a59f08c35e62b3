//! What members hold is for the account to decide.

use contract::settings::SettingsChanges;
use contract::{Kind, Permission, Permissions};

use super::{Bench, issue_request, on_both};
use crate::{Caller, callers, keys, settings};

on_both!(
    what_members_hold_counts_from_the_next_request_on,
    keys_go_on_that_hold_more_than_their_owner,
    what_nobody_named_is_refused,
);

async fn decide(bench: &Bench, held: &[&str]) -> crate::Result<()> {
    let changes = SettingsChanges {
        member_permissions: Some(Some(Permissions::parse("p", held).unwrap())),
        ..SettingsChanges::default()
    };
    let decided = settings::update(&bench.keyring, &bench.owner, changes);
    decided.await.map(drop)
}

async fn now(bench: &Bench, caller: &Caller) -> Caller {
    let now = bench.keyring.clock().now();
    let caller = callers::refresh(bench.keyring.reader(), caller, now);
    caller.await.unwrap()
}

async fn what_members_hold_counts_from_the_next_request_on(bench: Bench) {
    let k = &bench.keyring;
    let place = bench.workspace("production").await;
    let noor = bench.member("noor@northwind.example", &[place]).await;
    assert!(noor.holds(&Permission::manage("tools")));
    decide(&bench, &["api_keys:manage", "tools:read"])
        .await
        .unwrap();
    let issue = async |permission| {
        let request = issue_request("ci", &[permission], &[place]);
        keys::issue(k, &noor, request).await
    };
    // What they were told when their request came in counts no more.
    let denied = issue("tools:manage").await.err().unwrap();
    assert_eq!(denied.public().scope.as_deref(), Some("tools:manage"));
    issue("tools:read").await.unwrap();
    let present = now(&bench, &noor).await;
    let expected = Permissions::parse("p", &["api_keys:manage", "tools:read"]).unwrap();
    assert_eq!(*present.permissions(), expected);
    decide(&bench, &["api_keys:read"]).await.unwrap();
    let denied = issue("tools:read").await.err().unwrap();
    assert_eq!(denied.public().scope.as_deref(), Some("api_keys:manage"));
    decide(&bench, &["api_keys:manage", "secrets:manage"])
        .await
        .unwrap();
    issue("secrets:manage").await.unwrap();
    assert!(bench.owner.holds(&Permission::All), "others are not asked");
}

async fn keys_go_on_that_hold_more_than_their_owner(bench: Bench) {
    let k = &bench.keyring;
    let noor = bench.member("noor@northwind.example", &[]).await;
    let (key, token) = keys::issue(k, &noor, issue_request("ci", &["tools:manage"], &[]))
        .await
        .unwrap();
    decide(&bench, &["api_keys:manage", "tools:read"])
        .await
        .unwrap();
    let bearer = bench.bearer(&token).await.unwrap();
    assert!(
        bearer.holds(&Permission::manage("tools")),
        "services rely on it"
    );
    keys::get(k, &noor, key.metadata.id).await.unwrap();
    let denied = keys::disable(k, &noor, key.metadata.id, None).await;
    assert_eq!(denied.unwrap_err().public().kind, Kind::PermissionDenied);
    keys::disable(k, &bench.owner, key.metadata.id, None)
        .await
        .unwrap();
}

async fn what_nobody_named_is_refused(bench: Bench) {
    let refused = decide(&bench, &["rockets:read"]).await.unwrap_err();
    assert!(refused.public().field("people.memberPermissions").is_some());
}
