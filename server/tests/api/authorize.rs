//! `GET /v1/authorize`

use std::time::Duration;

use contract::WorkspaceId;

use crate::account::api_keys::NOWHERE;
use crate::account::profile_of;
use crate::support::{Answer, TestApp, TestKey};

/// Every header that a proxy copies.
const IDENTITY: [&str; 6] = [
    "x-keyrack-key-id",
    "x-keyrack-key-name",
    "x-keyrack-profile",
    "x-keyrack-account",
    "x-keyrack-workspace",
    "x-keyrack-permissions",
];

async fn authorize(app: &TestApp, key: &TestKey, query: &str) -> Answer {
    app.get(&format!("/v1/authorize{query}")).bearer(key).await
}

fn to_manage_tools(workspace: impl std::fmt::Display) -> String {
    format!("?workspace={workspace}&permission=tools:manage")
}

/// Each header once, with this value.
#[track_caller]
fn identifies(answer: &Answer, values: [&str; 6]) {
    answer.is(200);
    for (name, value) in IDENTITY.into_iter().zip(values) {
        assert_eq!(answer.headers(name), [value], "{name}");
    }
}

#[track_caller]
fn identifies_nobody(answer: &Answer) {
    for name in IDENTITY {
        assert!(answer.header(name).is_none(), "{name}: {}", answer.text());
    }
}

#[tokio::test]
async fn who_is_let_through_is_told_in_every_header() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let key = app
        .key(["tools:manage", "agents:read"])
        .named("Zoë's key, 100%\u{1f511}");
    let key = key.reaching([eu]).await;
    let (id, profile) = (key.id.to_string(), profile_of(&app, &key).await);
    let (account, workspace) = (app.owner().id.to_string(), eu.to_string());
    let name = "Zo%C3%AB%27s%20key%2C%20100%25%F0%9F%94%91";
    let held = "agents:read tools:manage";
    let scoped = authorize(&app, &key, &to_manage_tools(eu)).await;
    identifies(&scoped, [&id, name, &profile, &account, &workspace, held]);
    let unscoped = authorize(&app, &key, "").await;
    identifies(&unscoped, [&id, name, &profile, &account, "", held]);

    let bare = app.key([]).named("bare-key_1.0~").await;
    let (id, profile) = (bare.id.to_string(), profile_of(&app, &bare).await);
    let answer = authorize(&app, &bare, "").await;
    identifies(&answer, [&id, "bare-key_1.0~", &profile, &account, "", ""]);
}

#[tokio::test]
async fn forged_headers_change_nothing() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let bare = app.key([]).await;
    for query in [String::new(), to_manage_tools(eu)] {
        let call = app.get(&format!("/v1/authorize{query}")).bearer(&bare);
        let honest = call.clone().await;
        let forge = |call: crate::support::Call, name: &&str| call.header(name, "forged");
        let forged = IDENTITY.iter().fold(call, forge).await;
        assert_eq!(forged.without_request_id(), honest.without_request_id());
    }
}

#[tokio::test]
async fn manage_lets_read_through_and_reaching_all_every_workspace() {
    let app = TestApp::start().await;
    let key = app.key(["tools:manage"]).reaching_all().await;
    let later = app.workspace("later").await;
    let query = format!("?permission=tools:read&workspace={later}");
    let answer = authorize(&app, &key, &query).await;
    answer
        .is(200)
        .has("x-keyrack-workspace", &later.to_string());
}

#[tokio::test]
async fn who_shows_no_token_is_challenged() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    for query in [String::new(), to_manage_tools(eu)] {
        let answer = app.get(&format!("/v1/authorize{query}")).await;
        answer.is(401).code("UNAUTHENTICATED");
        answer.has("www-authenticate", "Bearer");
        identifies_nobody(&answer);
    }
}

#[tokio::test]
async fn two_tokens_let_nobody_through() {
    let app = TestApp::start().await;
    let (one, other) = (app.key([]).await, app.key([]).await);
    for second in [&one, &other] {
        let call = app.get("/v1/authorize").bearer(&one);
        let answer = call
            .header("authorization", format!("Bearer {}", second.token))
            .await;
        answer.is(401).code("UNAUTHENTICATED");
        identifies_nobody(&answer);
    }
}

#[tokio::test]
async fn the_four_ways_a_token_can_be_bad_look_alike() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let issue = || app.key(["tools:manage"]).reaching([eu]);
    let (revoked, disabled) = (issue().await, issue().await);
    let soon = app.clock.now().plus(Duration::from_hours(1));
    let expired = issue().expiring(soon).await;
    app.delete(&revoked.path()).bearer(&admin).await.is(204);
    let disable = app.post(&format!("{}:disable", disabled.path()));
    disable.bearer(&admin).await.is(200);
    app.clock.advance(Duration::from_hours(1));
    let strange = TestApp::start().await.key([]).await;
    for query in ["", &to_manage_tools(eu), &to_manage_tools(NOWHERE)] {
        let unknown = authorize(&app, &strange, query).await;
        unknown.is(401).code("UNAUTHENTICATED");
        unknown.has("www-authenticate", r#"Bearer error="invalid_token""#);
        identifies_nobody(&unknown);
        for key in [&revoked, &disabled, &expired] {
            let answer = authorize(&app, key, query).await;
            assert_eq!(answer.without_request_id(), unknown.without_request_id());
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let app = TestApp::start().await;
    let [eu, us, old] = app.workspaces(["prod-eu", "prod-us", "old"]).await;
    let admin = app.admin().await;
    let key = app.key(["tools:read"]).reaching([eu, old]).await;
    let archive = app.delete(&format!("/v1/account/workspaces/{old}"));
    archive.bearer(&admin).await.is(204);
    let (us, old) = (us.to_string(), old.to_string());
    for (query, missing) in [
        (to_manage_tools(eu), "tools:manage"),
        ("?permission=tools:manage".to_owned(), "tools:manage"),
        (to_manage_tools(&us), us.as_str()),
        (to_manage_tools(&old), old.as_str()),
        (to_manage_tools(NOWHERE), NOWHERE),
    ] {
        let answer = authorize(&app, &key, &query).await;
        answer.is(403).code("PERMISSION_DENIED");
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{missing}""#);
        answer.has("www-authenticate", &challenge);
        identifies_nobody(&answer);
    }
    let nonsense = authorize(&app, &key, "?workspace=nonsense").await;
    nonsense.is(403).code("PERMISSION_DENIED");
    let challenge = r#"Bearer error="insufficient_scope""#;
    nonsense.has("www-authenticate", challenge);
}

#[tokio::test]
async fn what_was_taken_away_is_refused_from_then_on() {
    let app = TestApp::start().await;
    let eu = app.workspace("prod-eu").await;
    let admin = app.admin().await;
    let ungrant = format!("/workspaces/{eu}");
    for (method, how, status) in [
        ("DELETE", "", 401),
        ("POST", ":rotate", 401),
        ("POST", ":disable", 401),
        ("DELETE", &ungrant, 403),
    ] {
        let key = app.key(["tools:manage"]).reaching([eu]).await;
        authorize(&app, &key, &to_manage_tools(eu)).await.is(200);
        let path = format!("{}{how}", key.path());
        let change = app.call(method, &path).bearer(&admin).await;
        assert!(change.status() < 300, "{how}: {}", change.text());
        let answer = authorize(&app, &key, &to_manage_tools(eu)).await;
        answer.is(status);
    }
}

#[tokio::test]
async fn a_rotated_token_is_let_through_until_its_grace_ends() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let old = app.key([]).await;
    let rotate = app.post(&format!("{}:rotate", old.path())).bearer(&admin);
    let grace = serde_json::json!({"gracePeriod": "60s"});
    rotate.json(grace).await.is(200);
    authorize(&app, &old, "").await.is(200);
    app.clock.advance(Duration::from_mins(1));
    authorize(&app, &old, "").await.is(401);
}

#[tokio::test]
async fn a_bad_permission_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = authorize(&app, &admin, "?permission=nonsense").await;
    answer.is(400).code("INVALID_ARGUMENT").field("permission");
    identifies_nobody(&answer);
}

#[tokio::test]
async fn somebody_elses_workspace_is_answered_like_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.workspace_of(&stranger, "theirs").await;
    let nowhere: WorkspaceId = NOWHERE.parse().unwrap();
    for key in [app.admin().await, app.key([]).await] {
        let told = async |id: WorkspaceId| {
            let answer = authorize(&app, &key, &to_manage_tools(id)).await;
            let (status, headers, text) = answer.is(403).without_request_id();
            // What was sent is no news.
            format!("{status} {headers:?} {text}").replace(&id.to_string(), "ID")
        };
        assert_eq!(told(theirs).await, told(nowhere).await);
    }
}

#[tokio::test]
async fn a_question_that_was_filled_with_nothing_lets_nobody_through() {
    let app = TestApp::start().await;
    let key = app.key(["*"]).reaching_all().await;
    let ask = |query: &str| app.get(&format!("/v1/authorize{query}")).bearer(&key);
    ask("").await.is(200);
    for misspelt in ["?workspaceId=x", "?Workspace=x", "?permissions=tools:read"] {
        let refused = ask(misspelt).await;
        refused.is(400).code("INVALID_ARGUMENT").field("query");
    }
    ask("?permission=tools:read&permission=tools:manage")
        .await
        .is(400)
        .field("permission");
    ask("?workspace=").await.is(403).code("PERMISSION_DENIED");
    ask("?permission=")
        .await
        .is(400)
        .code("INVALID_ARGUMENT")
        .field("permission");
}
