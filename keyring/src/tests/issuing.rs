//! Issue, change, rotate, disable, revoke.

use std::time::Duration;

use contract::error::Kind;
use contract::request::{Expiry, KeyChanges, Rotate, WorkspaceChanges};
use contract::text::{ExternalId, KeyName};
use contract::{Permissions, Timestamp};

use super::{Bench, issue_request, on_both};
use crate::{keys, profiles, workspaces};

on_both!(
    a_token_works_from_issue_to_revoke,
    what_is_told_of_a_new_key_is_what_is_read_of_it,
    rotating_ends_every_token_before,
    a_key_expires_at_the_instant,
    disabling_stops_and_enabling_resumes,
    details_change_and_say_so,
    an_external_id_is_unique_until_its_key_is_revoked,
    the_global_key_is_rotated_but_never_deleted_or_narrowed,
    a_key_without_workspaces_is_valid,
    unknown_permissions_and_past_expiries_are_refused,
);

async fn a_token_works_from_issue_to_revoke(bench: Bench) {
    let eu = bench.workspace("prod-eu").await;
    let (key, token) = bench
        .key("ci-deploy", &["memory:read", "memory:manage"], &[eu])
        .await;
    assert_eq!(
        key.spec.permissions.to_strings(),
        ["memory:manage"],
        "normalised"
    );
    let info = key.info.unwrap();
    assert_eq!(
        (
            info.workspaces_total,
            info.workspaces_preview[0].name.as_str()
        ),
        (1, "prod-eu")
    );
    assert!(
        token
            .expose()
            .starts_with(info.token_hint.split('…').next().unwrap())
    );
    assert_eq!(
        info.owner.spec.email.as_deref(),
        Some("mira@northwind.example")
    );

    let caller = bench.bearer(&token).await.unwrap();
    assert_eq!(
        profiles::whoami(&bench.keyring, &caller)
            .await
            .unwrap()
            .metadata
            .name,
        "ci-deploy"
    );
    assert!(caller.reach().includes(eu));

    keys::revoke(&bench.keyring, &bench.owner, key.metadata.id, None)
        .await
        .unwrap();
    assert_eq!(
        bench.bearer(&token).await.unwrap_err().public().kind,
        Kind::Unauthenticated
    );
    let gone = keys::get(&bench.keyring, &bench.owner, key.metadata.id)
        .await
        .unwrap_err();
    assert_eq!(gone.public().kind, Kind::NotFound);
    assert!(bench.key_names().await.is_empty());
}

async fn what_is_told_of_a_new_key_is_what_is_read_of_it(bench: Bench) {
    let mut places = Vec::new();
    for index in 0..7 {
        places.push(bench.workspace(&format!("place-{index}")).await);
    }
    // Whatever place its row has now, it was made first.
    let changes = WorkspaceChanges {
        description: Some(Some("moved".to_owned())),
        ..WorkspaceChanges::default()
    };
    workspaces::update(&bench.keyring, &bench.owner, places[0], changes)
        .await
        .unwrap();
    let mut everywhere = issue_request("everywhere", &["memory:read"], &[]);
    everywhere.all_workspaces = true;
    let requests = [
        issue_request("nowhere", &[], &[]),
        issue_request("somewhere", &["memory:read"], &places),
        everywhere,
    ];
    for request in requests {
        let (issued, _) = keys::issue(&bench.keyring, &bench.owner, request)
            .await
            .unwrap();
        let read = keys::get(&bench.keyring, &bench.owner, issued.metadata.id).await;
        assert_eq!(issued, read.unwrap());
    }
}

async fn rotating_ends_every_token_before(bench: Bench) {
    let (key, first) = bench.key("ci", &[], &[]).await;
    let (again, second) = keys::rotate(
        &bench.keyring,
        &bench.owner,
        key.metadata.id,
        Rotate::default(),
    )
    .await
    .unwrap();
    let (_, third) = keys::rotate(
        &bench.keyring,
        &bench.owner,
        key.metadata.id,
        Rotate::default(),
    )
    .await
    .unwrap();
    assert_eq!(again.metadata, key.metadata, "the key keeps its identity");
    assert!(bench.bearer(&first).await.is_err() && bench.bearer(&second).await.is_err());
    assert!(bench.bearer(&third).await.is_ok());
    let shown = keys::get(&bench.keyring, &bench.owner, key.metadata.id)
        .await
        .unwrap()
        .info
        .unwrap()
        .token_hint;
    assert_eq!(shown, third.hint());
}

async fn a_key_expires_at_the_instant(bench: Bench) {
    let now = bench.keyring.clock().now();
    let mut request = issue_request("short", &[], &[]);
    request.expiry = Expiry::At(now.plus(Duration::from_mins(1)));
    let (_, token) = keys::issue(&bench.keyring, &bench.owner, request)
        .await
        .unwrap();
    bench.advance(Duration::from_millis(59_999));
    assert!(bench.bearer(&token).await.is_ok());
    bench.advance(Duration::from_millis(1));
    assert!(bench.bearer(&token).await.is_err());
}

async fn disabling_stops_and_enabling_resumes(bench: Bench) {
    let (key, token) = bench.key("ci", &[], &[]).await;
    keys::disable(&bench.keyring, &bench.owner, key.metadata.id, None)
        .await
        .unwrap();
    assert!(bench.bearer(&token).await.is_err());
    keys::enable(&bench.keyring, &bench.owner, key.metadata.id)
        .await
        .unwrap();
    assert!(bench.bearer(&token).await.is_ok());
}

async fn details_change_and_say_so(bench: Bench) {
    let (key, token) = bench.key("ci", &["tools:read"], &[]).await;
    let changes = KeyChanges {
        name: Some(KeyName::parse("ci-deploy").unwrap()),
        description: Some(Some("Deploys".to_owned())),
        permissions: Some(Permissions::parse("p", &["tools:manage"]).unwrap()),
        ..KeyChanges::default()
    };
    let after = keys::update(
        &bench.keyring,
        &bench.owner,
        key.metadata.id,
        changes.clone(),
    )
    .await
    .unwrap();
    assert_eq!(after.metadata.name, "ci-deploy");
    assert_eq!(after.spec.description.as_deref(), Some("Deploys"));
    let caller = bench.bearer(&token).await.unwrap();
    assert!(
        caller
            .permissions()
            .first_missing(&Permissions::parse("p", &["tools:manage"]).unwrap())
            .is_none()
    );
    assert_eq!(
        profiles::whoami(&bench.keyring, &caller)
            .await
            .unwrap()
            .metadata
            .name,
        "ci-deploy"
    );

    let before = crate::audit::history(&bench.keyring, &bench.owner, key.metadata.id)
        .await
        .unwrap();
    assert_eq!(before[0].details["before"]["name"], "ci");
    assert_eq!(
        before[0].details["after"]["permissions"],
        serde_json::json!(["tools:manage"])
    );
    keys::update(&bench.keyring, &bench.owner, key.metadata.id, changes)
        .await
        .unwrap();
    let after = crate::audit::history(&bench.keyring, &bench.owner, key.metadata.id)
        .await
        .unwrap();
    assert_eq!(
        after.len(),
        before.len(),
        "what changes nothing is no event"
    );
}

async fn an_external_id_is_unique_until_its_key_is_revoked(bench: Bench) {
    let mut request = issue_request("one", &[], &[]);
    request.external_id = Some(ExternalId::parse("job-4471").unwrap());
    let (first, _) = keys::issue(&bench.keyring, &bench.owner, request.clone())
        .await
        .unwrap();
    let error = keys::issue(&bench.keyring, &bench.owner, request.clone())
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::AlreadyExists);
    assert!(error.public().field("metadata.externalId").is_some());
    assert_eq!(bench.key_names().await.len(), 1, "nothing was issued");
    keys::revoke(&bench.keyring, &bench.owner, first.metadata.id, None)
        .await
        .unwrap();
    assert!(
        keys::issue(&bench.keyring, &bench.owner, request)
            .await
            .is_ok()
    );
}

async fn the_global_key_is_rotated_but_never_deleted_or_narrowed(bench: Bench) {
    let page = keys::list(
        &bench.keyring,
        &bench.owner,
        contract::request::ListKeys::default(),
    )
    .await
    .unwrap();
    let system = page
        .items
        .into_iter()
        .find(|key| key.spec.system)
        .expect("every account has one");
    let id = system.metadata.id;
    assert!(system.spec.all_workspaces && system.spec.permissions == Permissions::all());
    let error = keys::revoke(&bench.keyring, &bench.owner, id, None)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::FailedPrecondition);
    for changes in [
        KeyChanges {
            permissions: Some(Permissions::default()),
            ..KeyChanges::default()
        },
        KeyChanges {
            all_workspaces: Some(false),
            ..KeyChanges::default()
        },
        KeyChanges {
            expires_at: Some(Some(Timestamp::parse("2099-01-01T00:00:00Z").unwrap())),
            ..KeyChanges::default()
        },
    ] {
        let error = keys::update(&bench.keyring, &bench.owner, id, changes)
            .await
            .unwrap_err();
        assert_eq!(error.public().kind, Kind::FailedPrecondition);
    }
    let (_, token) = keys::rotate(&bench.keyring, &bench.owner, id, Rotate::default())
        .await
        .unwrap();
    assert_eq!(
        bench.bearer(&token).await.unwrap().permissions(),
        &Permissions::all()
    );
}

async fn a_key_without_workspaces_is_valid(bench: Bench) {
    let reachable = async |caller: &crate::Caller| {
        let all = contract::request::ListWorkspaces::default();
        crate::workspaces::reachable(&bench.keyring, caller, all).await
    };
    let (_, token) = bench.key("whoami only", &[], &[]).await;
    let caller = bench.bearer(&token).await.unwrap();
    assert!(profiles::whoami(&bench.keyring, &caller).await.is_ok());
    let denied = reachable(&caller).await.unwrap_err();
    assert_eq!(
        denied.public().kind,
        Kind::PermissionDenied,
        "no permission, nothing but whoami"
    );
    let (_, token) = bench.key("somewhere later", &["memory:read"], &[]).await;
    let caller = bench.bearer(&token).await.unwrap();
    assert!(reachable(&caller).await.unwrap().items.is_empty());
}

async fn unknown_permissions_and_past_expiries_are_refused(bench: Bench) {
    let unknown = issue_request("x", &["rockets:manage"], &[]);
    let error = keys::issue(&bench.keyring, &bench.owner, unknown)
        .await
        .unwrap_err();
    assert!(
        error
            .public()
            .field("spec.permissions")
            .unwrap()
            .contains("rockets:manage")
    );
    let mut past = issue_request("x", &[], &[]);
    past.expiry = Expiry::At(bench.keyring.clock().now());
    let error = keys::issue(&bench.keyring, &bench.owner, past)
        .await
        .unwrap_err();
    assert!(error.public().field("spec.expiresAt").is_some());
    assert!(bench.key_names().await.is_empty());
}
