//! Questions about access that name things: what means one is answered, what may mean several is asked back.

use contract::ApiKeyId;
use contract::console::{AskedPlace, Explained};
use contract::request::KeyChanges;
use contract::verdict::Denial;

use super::{Bench, issue_request, on_both};
use crate::access::{Asked, choices, explained};
use crate::{Caller, grants, keys, workspaces};

on_both!(
    a_name_that_means_one_is_answered,
    a_name_that_means_several_is_asked_back,
    a_member_asks_about_their_own,
    names_are_offered_once,
);

/// By the texts for the key, the workspace and the permission.
async fn ask(bench: &Bench, caller: &Caller, texts: [&str; 3]) -> crate::error::Result<Explained> {
    let [key, workspace, permission] = texts;
    let asked = Asked {
        key,
        workspace,
        permission,
    };
    explained(&bench.keyring, caller, asked).await
}

/// The key, the workspace and the code of an answer.
fn told(explained: Explained) -> (String, Option<String>, Option<Denial>) {
    let Explained::Answer(answer) = explained else {
        panic!("it is clear what is meant: {explained:?}");
    };
    (
        answer.key.written(),
        answer.workspace.as_ref().map(AskedPlace::written),
        answer.explanation.code,
    )
}

async fn a_name_that_means_one_is_answered(bench: Bench) {
    let owner = &bench.owner;
    let prod = bench.workspace("prod").await;
    bench.workspace("prod-eu").await;
    let (key, _) = bench.key("ci", &["tools:manage"], &[prod]).await;
    let id = key.metadata.id.to_string();
    bench.key("ci-deploy", &[], &[]).await;
    let ci = |place: &str, code| {
        let place = (!place.is_empty()).then(|| place.to_owned());
        ("ci".to_owned(), place, code)
    };
    // By the whole name, without regard to case or space around it, and by the id.
    for text in ["ci", " CI ", &*id] {
        for (place, permission, wanted) in [
            ("", "", ci("", None)),
            ("prod", "tools:read", ci("prod", None)),
            (
                "PROD",
                "secrets:read",
                ci("prod", Some(Denial::PermissionMissing)),
            ),
            ("-eu", "", ci("prod-eu", Some(Denial::WorkspaceNotGranted))),
            ("nowhere", "", ci("nowhere", Some(Denial::WorkspaceUnknown))),
        ] {
            let answer = ask(&bench, owner, [text, place, permission]).await.unwrap();
            assert_eq!(told(answer), wanted, "{text} {place} {permission}");
        }
    }
    let by_id = ask(&bench, owner, ["ci", &prod.to_string(), ""]).await;
    assert_eq!(told(by_id.unwrap()), ci("prod", None));
    // A part that only one holds.
    let part = ask(&bench, owner, ["dep", "", ""]).await.unwrap();
    assert_eq!(told(part).0, "ci-deploy");

    // An archived one is named as well.
    let gone = bench.workspace("gone").await;
    workspaces::archive(&bench.keyring, owner, gone)
        .await
        .unwrap();
    for place in ["gone", &*gone.to_string()] {
        let answer = ask(&bench, owner, ["ci", place, ""]).await.unwrap();
        assert_eq!(told(answer), ci("gone", Some(Denial::WorkspaceArchived)));
    }

    let refused = async |texts: [&str; 3]| {
        let error = ask(&bench, owner, texts).await.unwrap_err();
        error.public().details[0].clone()
    };
    let nobody = refused(["nobody", "", ""]).await;
    assert_eq!(nobody.field, "key");
    assert!(nobody.message.contains("“nobody”"), "{}", nobody.message);
    let odd = refused(["ci", "", "everything please"]).await;
    assert_eq!(odd.field, "permission");
    assert!(ask(&bench, owner, ["\0", "", ""]).await.is_err());
    let long = "x".repeat(1_001);
    assert!(ask(&bench, owner, ["ci", &long, ""]).await.is_err());
    // A revoked key goes by its id alone.
    let (old, _) = bench.key("old", &[], &[]).await;
    let old = old.metadata.id;
    keys::revoke(&bench.keyring, owner, old, None)
        .await
        .unwrap();
    let answer = ask(&bench, owner, [&old.to_string(), "", ""]).await;
    let of_revoked = told(answer.unwrap());
    assert_eq!(of_revoked, (old.to_string(), None, Some(Denial::Revoked)));
    assert!(ask(&bench, owner, ["old", "", ""]).await.is_err());
    let other = "apikey_01JD8W3X7R5M2T9V6QZ0YHKC4E";
    assert!(ask(&bench, owner, [other, "", ""]).await.is_err());
}

async fn a_name_that_means_several_is_asked_back(bench: Bench) {
    let owner = &bench.owner;
    let mut ids: Vec<ApiKeyId> = Vec::new();
    for name in ["ci", "ci", "Ci", "ci-deploy", "ci-docs"] {
        ids.push(bench.key(name, &[], &[]).await.0.metadata.id);
    }
    let which = async |text: &str| match ask(&bench, owner, [text, "", ""]).await.unwrap() {
        Explained::WhichKey(keys) => keys.into_iter().map(|key| key.id).collect::<Vec<_>>(),
        other => panic!("{text} may mean several: {other:?}"),
    };
    assert_eq!(which("ci").await, [ids[1], ids[0]]);
    assert_eq!(which("CI").await.len(), 3);
    assert_eq!(which("ci-d").await, [ids[4], ids[3]]);
    // By its id it is clear, and its name would not do for asking again.
    let first = ids[0].to_string();
    let answer = ask(&bench, owner, [&first, "", ""]).await.unwrap();
    assert_eq!(told(answer).0, first);
    let answer = ask(&bench, owner, ["Ci", "", ""]).await.unwrap();
    assert_eq!(told(answer).0, "Ci");

    // What has the text elsewhere is not called so, and is not answered for unasked.
    let described = KeyChanges {
        description: Some(Some("every night".to_owned())),
        ..KeyChanges::default()
    };
    keys::update(&bench.keyring, owner, ids[3], described)
        .await
        .unwrap();
    assert_eq!(which("night").await, [ids[3]]);

    for _ in 0..25 {
        bench.workspace("same").await;
    }
    let places = match ask(&bench, owner, [&first, "same", ""]).await.unwrap() {
        Explained::WhichWorkspace(places) => places,
        other => panic!("there are many: {other:?}"),
    };
    assert_eq!(places.len(), 20);
    let place = places[0].id.to_string();
    let answer = ask(&bench, owner, [&first, &place, ""]).await.unwrap();
    assert_eq!(told(answer).1.as_ref(), Some(&place));
}

async fn a_member_asks_about_their_own(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    bench.key("theirs", &[], &[a, b]).await;
    let member = bench.member("jo@northwind.example", &[a]).await;
    let mine = issue_request("mine", &["tools:manage"], &[a]);
    let (mine, _) = keys::issue(&bench.keyring, &member, mine).await.unwrap();
    // Beyond what they know of, though it was granted.
    grants::grant(&bench.keyring, &bench.owner, mine.metadata.id, b)
        .await
        .unwrap();
    let theirs = ask(&bench, &member, ["theirs", "", ""]).await;
    assert!(theirs.is_err());
    // One that they do not know is as if there were none, by name and by id.
    for place in ["b", &*b.to_string()] {
        let answer = ask(&bench, &member, ["mine", place, ""]).await.unwrap();
        let Explained::Answer(answer) = answer else {
            panic!("it is clear what is meant");
        };
        assert_eq!(
            answer.workspace,
            Some(AskedPlace::Unknown(place.to_owned()))
        );
        let code = answer.explanation.code;
        assert_eq!(code, Some(Denial::WorkspaceUnknown));
    }
    let offered = choices(&bench.keyring, &member).await.unwrap();
    assert_eq!(
        (offered.keys, offered.workspaces),
        (vec!["mine".to_owned()], vec!["a".to_owned()])
    );
    let (_, token) = bench.key("blind", &["tools:manage"], &[a]).await;
    let blind = bench.bearer(&token).await.unwrap();
    assert!(choices(&bench.keyring, &blind).await.is_err());
    assert!(ask(&bench, &blind, ["mine", "", ""]).await.is_err());
}

async fn names_are_offered_once(bench: Bench) {
    for name in ["b", "a", "b"] {
        bench.key(name, &[], &[]).await;
        bench.workspace(name).await;
    }
    let archived = bench.workspace("gone").await;
    workspaces::archive(&bench.keyring, &bench.owner, archived)
        .await
        .unwrap();
    let offered = choices(&bench.keyring, &bench.owner).await.unwrap();
    assert_eq!(offered.workspaces, ["a", "b"]);
    assert_eq!(offered.keys.iter().filter(|name| *name == "b").count(), 1);
    assert!(offered.permissions.contains(&"tools:read".to_owned()));
}
