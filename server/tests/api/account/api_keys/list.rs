//! `GET /v1/account/api_keys`

use super::{KEYS, NOWHERE};
use crate::support::{TestApp, TestKey};

async fn names(app: &TestApp, caller: &TestKey, query: &str) -> Vec<String> {
    app.get(&format!("{KEYS}{query}"))
        .bearer(caller)
        .await
        .is(200)
        .item_names()
}

/// Three keys, the oldest first, and one that may read them.
async fn three_keys(app: &TestApp) -> TestKey {
    for (name, labels) in [
        ("one", "env=prod"),
        ("two", "env=prod,team=billing"),
        ("three", ""),
    ] {
        app.key([]).named(name).labelled(labels).await;
        app.clock.advance(std::time::Duration::from_secs(1));
    }
    app.key(["api_keys:read"]).named("reader").await
}

#[tokio::test]
async fn keys_come_newest_first_or_the_other_way() {
    let app = TestApp::start().await;
    let reader = three_keys(&app).await;
    let newest_first = names(&app, &reader, "").await;
    assert_eq!(newest_first[..4], ["reader", "three", "two", "one"]);
    let mut oldest_first = names(&app, &reader, "?sortOrder=asc").await;
    oldest_first.reverse();
    assert_eq!(oldest_first, newest_first);
}

#[tokio::test]
async fn a_list_is_filtered() {
    let app = TestApp::start().await;
    let reader = three_keys(&app).await;
    assert_eq!(names(&app, &reader, "?query=THR").await, ["three"]);
    assert_eq!(
        names(&app, &reader, "?labels=env%3Dprod").await,
        ["two", "one"]
    );
    assert_eq!(
        names(&app, &reader, "?labels=env%3Dprod,team%3Dbilling").await,
        ["two"]
    );
    let prefix = format!("?prefix={}", reader.id);
    assert_eq!(names(&app, &reader, &prefix).await, ["reader"]);
    assert!(
        names(&app, &reader, "?query=%25").await.is_empty(),
        "a wildcard is a letter"
    );
    let unknown = names(&app, &reader, "?colour=green&workspaceId=").await;
    assert!(unknown.len() >= 4, "unknown parameters are ignored");
}

#[tokio::test]
async fn keys_in_one_state_are_listed() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let off = app.key([]).named("off").await;
    let disable = app.post(&format!("{}:disable", off.path()));
    disable.bearer(&admin).await.is(200);
    let disabled = "?state=STATE_DISABLED";
    assert_eq!(names(&app, &admin, disabled).await, ["off"]);
    let enabled = names(&app, &admin, "?state=STATE_ENABLED").await;
    assert_eq!(enabled, ["admin", "global account key"]);
    let enable = app.post(&format!("{}:enable", off.path()));
    enable.bearer(&admin).await.is(200);
    assert!(names(&app, &admin, disabled).await.is_empty());
}

#[tokio::test]
async fn keys_that_reach_one_workspace_are_listed() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let admin = app.admin().await;
    let narrow = app.key([]).named("narrow").reaching([eu]).await;
    app.key([]).named("both").reaching([eu, us]).await;
    app.key([]).named("none").await;
    let of = async |id| names(&app, &admin, &format!("?workspaceId={id}")).await;
    let everywhere = ["admin", "global account key"];
    assert_eq!(
        of(eu).await,
        [&["both", "narrow"][..], &everywhere].concat()
    );
    assert_eq!(of(us).await, [&["both"][..], &everywhere].concat());
    let ungrant = format!("{}/workspaces/{eu}", narrow.path());
    app.delete(&ungrant).bearer(&admin).await.is(204);
    assert_eq!(of(eu).await, [&["both"][..], &everywhere].concat());
    let searched = format!("?workspaceId={us}&query=both&state=STATE_ENABLED");
    assert_eq!(names(&app, &admin, &searched).await, ["both"]);
    let path = format!("{KEYS}?workspaceId={eu}");
    assert_eq!(app.walk(&admin, &path, 2).await.len(), 3);
}

#[tokio::test]
async fn no_key_reaches_an_unknown_workspace_or_somebody_elses() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await.to_string();
    let admin = app.admin().await;
    for id in [theirs.as_str(), NOWHERE] {
        let found = names(&app, &admin, &format!("?workspaceId={id}")).await;
        assert!(found.is_empty(), "{found:?}");
    }
}

#[tokio::test]
async fn info_comes_only_when_asked_for() {
    let app = TestApp::start().await;
    let reader = three_keys(&app).await;
    let without = app.get(KEYS).bearer(&reader).await.json();
    assert!(without["items"][0].get("info").is_none());
    let with = app
        .get(&format!("{KEYS}?includeInfo=true"))
        .bearer(&reader)
        .await
        .json();
    assert_eq!(with["items"][0]["info"]["workspacesTotal"], 0);
}

#[tokio::test]
async fn a_list_is_cut_by_limit_and_cursor() {
    let app = TestApp::start().await;
    let reader = three_keys(&app).await;
    let all = names(&app, &reader, "?limit=1000").await;
    let mut seen = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let answer = app.get(&format!("{KEYS}{query}")).bearer(&reader).await;
        let page = answer.is(200).item_names();
        assert!(page.len() <= 2);
        seen.extend(page);
        let Some(cursor) = answer.next_cursor() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    for (query, field) in [
        ("?cursor=nonsense", "cursor"),
        ("?limit=0", "limit"),
        ("?limit=ten", "limit"),
        ("?sortOrder=up", "sortOrder"),
        ("?includeInfo=maybe", "includeInfo"),
        ("?labels=env", "labels"),
        ("?state=on", "state"),
        ("?state=state_enabled", "state"),
        ("?workspaceId=prod", "workspaceId"),
    ] {
        let answer = app.get(&format!("{KEYS}{query}")).bearer(&reader).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
}

#[tokio::test]
async fn a_cursor_that_was_changed_is_broken() {
    let app = TestApp::start().await;
    let reader = three_keys(&app).await;
    let answer = app.get(&format!("{KEYS}?limit=1")).bearer(&reader).await;
    let cursor = answer.next_cursor().expect("there is more");
    for at in 0..cursor.len() {
        let mut bytes = cursor.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let broken = String::from_utf8(bytes).unwrap();
        let answer = app
            .get(&format!("{KEYS}?cursor={broken}"))
            .bearer(&reader)
            .await;
        answer.is(400).code("INVALID_ARGUMENT").field("cursor");
    }
}

#[tokio::test]
async fn only_the_accounts_own_keys_are_listed() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.key_of(&stranger).named("theirs").await;
    app.key([]).named("ours").await;
    let listed = names(&app, &theirs, "").await;
    assert!(listed.contains(&"theirs".to_owned()) && !listed.contains(&"ours".to_owned()));
}

#[tokio::test]
async fn without_credentials_or_with_too_little_nothing_is_listed() {
    let app = TestApp::start().await;
    app.get(KEYS)
        .await
        .is(401)
        .code("UNAUTHENTICATED")
        .has("www-authenticate", "Bearer");
    let other = app.key(["workspaces:read"]).await;
    let answer = app.get(KEYS).bearer(&other).await;
    answer
        .is(403)
        .code("PERMISSION_DENIED")
        .names("api_keys:read");
}

#[tokio::test]
async fn keys_that_deserve_a_look_are_listed_and_counted_alike() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let soon = app.clock.now().plus(std::time::Duration::from_hours(24));
    app.key([]).named("soon").expiring(soon).await;
    app.key([]).named("unused").await;
    let counts = app.get("/v1/account/attention").bearer(&admin).await;
    let counts = counts.is(200).json();
    for count in counts["items"].as_array().unwrap() {
        let which = count["attention"].as_str().unwrap();
        let listed = names(&app, &admin, &format!("?attention={which}")).await;
        assert_eq!(count["keys"], listed.len(), "{which}");
        match which {
            "expiring_1d" => assert_eq!(listed, ["soon"]),
            "full_access" => assert_eq!(listed, ["admin", "global account key"]),
            "never_used" => assert!(listed.contains(&"unused".to_owned())),
            _ => {}
        }
    }
    let unknown = app.get(&format!("{KEYS}?attention=urgent")).bearer(&admin);
    let unknown = unknown.await;
    unknown.is(400).field("attention").names("never_used");
    let blind = app.key(["workspaces:manage"]).await;
    let refused = app.get("/v1/account/attention").bearer(&blind).await;
    refused.is(403).names("api_keys:read");
    app.get("/v1/account/attention").await.is(401);
}
