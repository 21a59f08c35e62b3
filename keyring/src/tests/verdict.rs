//! The verdict: its checks have one order, and it never speaks of what was.

use std::time::Duration;

use contract::request::{Cell, Changeset, Expiry, KeyChanges, Rotate, Verify, VerifyToken};
use contract::resource::ApiKey;
use contract::verdict::{Denial, ValidToken, Verdict};
use contract::{Kind, Permissions, WorkspaceId};
use serde_json::json;
use uuid::Uuid;

use super::bench::{account, person};
use super::{Bench, issue_request, on_both};
use crate::caller::Caller;
use crate::{Origin, PlainToken, access, grants, keys, verification, workspaces};

on_both!(
    the_first_check_that_fails_is_the_answer,
    what_was_taken_away_is_refused_from_then_on,
    what_comes_back_counts_again,
    a_grace_is_good_until_it_ends,
    another_accounts_token_and_workspace_are_unknown,
);

const HOUR: Duration = Duration::from_hours(1);
const WANTED: &str = "tools:manage";

fn question(token: &str, workspace: WorkspaceId) -> Verify {
    let wire = json!({"token": token, "workspaceId": workspace, "permission": WANTED});
    let wire: VerifyToken = serde_json::from_value(wire).unwrap();
    wire.try_into().unwrap()
}

fn denial(verdict: &Verdict) -> Option<Denial> {
    match verdict {
        Verdict::Valid(_) => None,
        Verdict::Invalid(refused) => Some(refused.code),
    }
}

/// Whether a token may manage tools in a workspace: what whoever asks is told, and with it what a proxy
/// and the token's own requests are told.
async fn asked(
    bench: &Bench,
    caller: &Caller,
    token: &str,
    workspace: WorkspaceId,
) -> Option<Denial> {
    let asked = question(token, workspace);
    let verdict = verification::verify(&bench.keyring, caller, &asked).await;
    let denial = denial(&verdict.unwrap());
    let proxy =
        verification::authorize(&bench.keyring, token, &asked.question, &Origin::default()).await;
    let told = proxy.err().map(|error| error.public().kind);
    let expected = denial.map(|denial| match denial {
        denial if denial.is_of_token() => Kind::Unauthenticated,
        _ => Kind::PermissionDenied,
    });
    assert_eq!(told, expected, "a proxy is told otherwise: {denial:?}");
    denial
}

/// Issues a key that may manage tools in these workspaces for an hour.
async fn issue(
    bench: &Bench,
    caller: &Caller,
    permissions: &[&str],
    reach: &[WorkspaceId],
) -> (ApiKey, PlainToken) {
    let mut request = issue_request("ci", permissions, reach);
    request.expiry = Expiry::At(bench.keyring.clock().now().plus(HOUR));
    keys::issue(&bench.keyring, caller, request).await.unwrap()
}

/// Every case fails every later check as well, as far as they can fail together: what is unknown is
/// neither archived nor granted.
async fn the_first_check_that_fails_is_the_answer(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    account(k, "Globex", "hank@globex.example").await;
    let hank = person(k, "hank@globex.example").await;
    let nowhere = WorkspaceId::from_uuid(Uuid::from_u128(7));
    let archived = bench.workspace("archived").await;
    let (ungranted, granted) = (bench.workspace("a").await, bench.workspace("b").await);
    workspaces::archive(k, owner, archived).await.unwrap();

    let (foreign, unknown) = issue(&bench, &hank, &[], &[]).await;
    keys::disable(k, &hank, foreign.metadata.id, None)
        .await
        .unwrap();
    keys::revoke(k, &hank, foreign.metadata.id, None)
        .await
        .unwrap();
    let (key, revoked) = issue(&bench, owner, &[], &[]).await;
    keys::disable(k, owner, key.metadata.id, None)
        .await
        .unwrap();
    keys::revoke(k, owner, key.metadata.id, None).await.unwrap();
    let (key, rotated) = issue(&bench, owner, &[], &[]).await;
    let (_, disabled) = keys::rotate(k, owner, key.metadata.id, Rotate::default())
        .await
        .unwrap();
    keys::disable(k, owner, key.metadata.id, None)
        .await
        .unwrap();
    let (_, expired) = issue(&bench, owner, &[], &[]).await;
    bench.advance(HOUR);
    let (_, weak) = bench.key("weak", &["tools:read"], &[granted]).await;
    let (_, good) = bench.key("good", &[WANTED], &[granted]).await;

    let cases = [
        ("nonsense", nowhere, Some(Denial::Malformed)),
        (unknown.expose(), nowhere, Some(Denial::Unknown)),
        (revoked.expose(), nowhere, Some(Denial::Revoked)),
        (rotated.expose(), nowhere, Some(Denial::Revoked)),
        (disabled.expose(), nowhere, Some(Denial::Disabled)),
        (expired.expose(), nowhere, Some(Denial::Expired)),
        (weak.expose(), nowhere, Some(Denial::WorkspaceUnknown)),
        (weak.expose(), archived, Some(Denial::WorkspaceArchived)),
        (weak.expose(), ungranted, Some(Denial::WorkspaceNotGranted)),
        (weak.expose(), granted, Some(Denial::PermissionMissing)),
        (good.expose(), granted, None),
    ];
    for (token, workspace, denial) in cases {
        let found = asked(&bench, owner, token, workspace).await;
        assert_eq!(found, denial);
    }
    let mut covered: Vec<_> = cases.iter().filter_map(|(.., denial)| *denial).collect();
    covered.dedup();
    assert_eq!(covered, Denial::ALL);
}

#[derive(Clone, Copy, Debug)]
enum Change {
    Revoke,
    Disable,
    Rotate,
    EndGrace,
    Ungrant,
    UngrantByMatrix,
    Archive,
    NarrowPermissions,
    NarrowReach,
    MoveExpiry,
    Expire,
}

async fn make(bench: &Bench, change: Change, key: &ApiKey, workspace: WorkspaceId) {
    let (k, owner, id) = (&bench.keyring, &bench.owner, key.metadata.id);
    let update = async |changes| keys::update(k, owner, id, changes).await.map(|_| ());
    let rotate = async |grace| {
        let how = Rotate::new(grace, None).unwrap();
        let rotated = keys::rotate(k, owner, id, how).await;
        rotated.map(|_| ())
    };
    let soon = bench.keyring.clock().now().plus(HOUR / 2);
    let done = match change {
        Change::Revoke => keys::revoke(k, owner, id, None).await,
        Change::Disable => keys::disable(k, owner, id, None).await.map(|_| ()),
        Change::Rotate => rotate(Duration::ZERO).await,
        Change::EndGrace => {
            let rotated = rotate(HOUR / 2).await;
            bench.advance(HOUR / 2);
            rotated
        }
        Change::Ungrant => grants::revoke(k, owner, id, workspace).await.map(|_| ()),
        Change::UngrantByMatrix => {
            let cell = Cell {
                key: id,
                workspace,
                want: false,
                expected: Some(true),
            };
            let cells = Changeset::new(vec![cell], Vec::new(), None).unwrap();
            access::apply(k, owner, &cells).await.map(|_| ())
        }
        Change::Archive => workspaces::archive(k, owner, workspace).await,
        Change::NarrowPermissions => {
            let permissions = Permissions::parse("permissions", &["tools:read"]).unwrap();
            update(KeyChanges {
                permissions: Some(permissions),
                ..KeyChanges::default()
            })
            .await
        }
        Change::NarrowReach => {
            update(KeyChanges {
                all_workspaces: Some(false),
                ..KeyChanges::default()
            })
            .await
        }
        Change::MoveExpiry => {
            let moved = update(KeyChanges {
                expires_at: Some(Some(soon)),
                ..KeyChanges::default()
            });
            let moved = moved.await;
            bench.advance(HOUR / 2);
            moved
        }
        Change::Expire => {
            bench.advance(HOUR);
            Ok(())
        }
    };
    done.unwrap_or_else(|error| panic!("{change:?}: {error:?}"));
}

async fn what_was_taken_away_is_refused_from_then_on(bench: Bench) {
    bench.workspace("the last one stays").await;
    for (change, denial) in [
        (Change::Revoke, Denial::Revoked),
        (Change::Disable, Denial::Disabled),
        (Change::Rotate, Denial::Revoked),
        (Change::EndGrace, Denial::Revoked),
        (Change::Ungrant, Denial::WorkspaceNotGranted),
        (Change::UngrantByMatrix, Denial::WorkspaceNotGranted),
        (Change::Archive, Denial::WorkspaceArchived),
        (Change::NarrowPermissions, Denial::PermissionMissing),
        (Change::NarrowReach, Denial::WorkspaceNotGranted),
        (Change::MoveExpiry, Denial::Expired),
        (Change::Expire, Denial::Expired),
    ] {
        let workspace = bench.workspace("prod").await;
        let all = matches!(change, Change::NarrowReach);
        let reach = if all { &[][..] } else { &[workspace] };
        let (key, token) = issue(&bench, &bench.owner, &[WANTED], reach).await;
        if all {
            let everywhere = KeyChanges {
                all_workspaces: Some(true),
                ..KeyChanges::default()
            };
            keys::update(&bench.keyring, &bench.owner, key.metadata.id, everywhere)
                .await
                .unwrap();
        }
        let ask = async || asked(&bench, &bench.owner, token.expose(), workspace).await;
        assert_eq!(ask().await, None, "before {change:?}");
        make(&bench, change, &key, workspace).await;
        assert_eq!(ask().await, Some(denial), "after {change:?}");
        let own = bench.bearer(&token).await;
        assert_eq!(own.is_err(), denial.is_of_token(), "{change:?}");
    }
}

async fn what_comes_back_counts_again(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    bench.workspace("the last one stays").await;
    let workspace = bench.workspace("prod").await;
    let (key, token) = bench.key("ci", &[WANTED], &[workspace]).await;
    let id = key.metadata.id;
    let ask = async || asked(&bench, owner, token.expose(), workspace).await;
    keys::disable(k, owner, id, None).await.unwrap();
    assert_eq!(ask().await, Some(Denial::Disabled));
    keys::enable(k, owner, id).await.unwrap();
    assert_eq!(ask().await, None);
    workspaces::archive(k, owner, workspace).await.unwrap();
    assert_eq!(ask().await, Some(Denial::WorkspaceArchived));
    workspaces::restore(k, owner, workspace).await.unwrap();
    assert_eq!(ask().await, None);
}

async fn a_grace_is_good_until_it_ends(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    let workspace = bench.workspace("prod").await;
    let (key, old) = bench.key("ci", &[WANTED], &[workspace]).await;
    let how = Rotate::new(HOUR, None).unwrap();
    let (_, new) = keys::rotate(k, owner, key.metadata.id, how).await.unwrap();
    let retiring = async |token: &PlainToken| {
        let asked = question(token.expose(), workspace);
        match verification::verify(k, owner, &asked).await.unwrap() {
            Verdict::Valid(told) => {
                let valid: ValidToken = serde_json::from_str(told.text()).unwrap();
                Ok(valid.retiring)
            }
            Verdict::Invalid(refused) => Err(refused.code),
        }
    };
    bench.advance(HOUR.saturating_sub(Duration::from_millis(1)));
    assert_eq!(retiring(&old).await, Ok(true));
    assert_eq!(retiring(&new).await, Ok(false));
    bench.advance(Duration::from_millis(1));
    assert_eq!(retiring(&old).await, Err(Denial::Revoked));
    assert_eq!(retiring(&new).await, Ok(false));
}

async fn another_accounts_token_and_workspace_are_unknown(bench: Bench) {
    let (k, owner) = (&bench.keyring, &bench.owner);
    account(k, "Globex", "hank@globex.example").await;
    let hank = person(k, "hank@globex.example").await;
    let workspace = bench.workspace("prod").await;
    let (_, ours) = bench.key("ci", &[WANTED], &[workspace]).await;
    let asked = question(ours.expose(), workspace);
    let verdict = verification::verify(k, &hank, &asked).await.unwrap();
    assert_eq!(denial(&verdict), Some(Denial::Unknown));
    let verdict = verification::verify(k, owner, &asked).await.unwrap();
    assert_eq!(denial(&verdict), None);

    let mut everywhere = issue_request("theirs", &["*"], &[]);
    everywhere.all_workspaces = true;
    let (_, theirs) = keys::issue(k, &hank, everywhere).await.unwrap();
    let asked = question(theirs.expose(), workspace);
    let verdict = verification::verify(k, &hank, &asked).await.unwrap();
    assert_eq!(denial(&verdict), Some(Denial::WorkspaceUnknown));
    let proxy =
        verification::authorize(k, theirs.expose(), &asked.question, &Origin::default()).await;
    let refused = proxy.err().unwrap();
    assert_eq!(refused.public().kind, Kind::PermissionDenied);
}
