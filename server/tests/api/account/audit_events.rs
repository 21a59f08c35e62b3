//! `GET /v1/account/audit_events`

mod export;

use std::time::Duration;

use serde_json::{Value, json};

use super::api_keys::{KEYS, NOBODY};
use super::{needs, profile_of};
use crate::support::{TestApp, TestKey};

const EVENTS: &str = "/v1/account/audit_events";

/// A list filtered by these pairs.
fn filtered(pairs: &[(&str, &str)]) -> String {
    format!("{EVENTS}?{}", serde_urlencoded::to_string(pairs).unwrap())
}

/// Action and name of the target of each event of a list, in its order.
async fn told(app: &TestApp, reader: &TestKey, pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let body = app.get(&filtered(pairs)).bearer(reader).await;
    let body = body.is(200).json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let items = body["items"].as_array().unwrap().iter();
    let items = items.map(|event| (text(&event["action"]), text(&event["targetName"])));
    items.collect()
}

fn pairs<const N: usize>(pairs: [(&str, &str); N]) -> Vec<(String, String)> {
    pairs
        .map(|(action, name)| (action.to_owned(), name.to_owned()))
        .into()
}

#[tokio::test]
async fn the_newest_comes_first_and_says_who_did_what_from_where() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let key = app.key([]).named("ci-deploy").await;
    let disabled = app.post(&format!("{}:disable", key.path())).bearer(&admin);
    let disabled = disabled.await;
    let body = app.get(EVENTS).bearer(&admin).await.is(200).json();
    let newest = &body["items"][0];
    assert!(newest["id"].as_str().unwrap().starts_with("event_"));
    assert_eq!(newest["createdAt"], app.clock.now().to_string());
    assert_eq!(newest["action"], "api_key.disabled");
    assert_eq!(newest["target"], key.id.to_string());
    assert_eq!(newest["targetName"], "ci-deploy");
    let actor = json!({
        "profileId": profile_of(&app, &admin).await,
        "name": "admin",
        "entrance": "key",
    });
    assert_eq!(newest["actor"], actor);
    assert_eq!(newest["address"], "127.0.0.1");
    let request = disabled.is(200).header("x-request-id").unwrap();
    assert_eq!(newest["requestId"], request);
    assert!(newest.get("batchId").is_none() && newest["details"].is_object());

    let all = told(&app, &admin, &[]).await;
    let expected = pairs([
        ("api_key.disabled", "ci-deploy"),
        ("api_key.issued", "ci-deploy"),
        ("api_key.issued", "admin"),
        ("account.created", "Northwind"),
    ]);
    assert_eq!(all, expected);
}

#[tokio::test]
async fn what_one_profile_did_is_told() {
    let app = TestApp::start().await;
    let (admin, other) = (app.admin().await, app.admin().await);
    let key = app.key([]).named("ci-deploy").await;
    for (verb, caller) in [("disable", &admin), ("enable", &other)] {
        let call = app.post(&format!("{}:{verb}", key.path()));
        call.bearer(caller).await.is(200);
    }
    let by = profile_of(&app, &other).await;
    let events = told(&app, &admin, &[("actor", &by)]).await;
    assert_eq!(events, pairs([("api_key.enabled", "ci-deploy")]));
}

#[tokio::test]
async fn events_of_one_kind_or_about_one_thing_are_told() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let eu = app.workspace("prod-eu").await.to_string();
    let key = app.key([]).named("ci-deploy").await;
    let created = told(&app, &admin, &[("action", "workspace.created")]).await;
    assert_eq!(created, pairs([("workspace.created", "prod-eu")]));
    let about_it = told(&app, &admin, &[("target", &eu)]).await;
    assert_eq!(about_it, created);
    let about_key = told(&app, &admin, &[("target", &key.id.to_string())]).await;
    assert_eq!(about_key, pairs([("api_key.issued", "ci-deploy")]));
    let both = [("target", eu.as_str()), ("action", "api_key.issued")];
    assert!(told(&app, &admin, &both).await.is_empty());
    for nothing in [NOBODY, "nonsense", "prod-eu"] {
        assert!(told(&app, &admin, &[("target", nothing)]).await.is_empty());
    }
}

#[tokio::test]
async fn a_part_of_what_an_event_says_finds_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.workspace("prod-eu").await;
    let key = app.key([]).named("ci-deploy").await;
    let issued = pairs([("api_key.issued", "ci-deploy")]);
    for part in [
        "CI-Dep",
        "i-d",
        &key.id.to_string(),
        &key.id.to_string().to_lowercase(),
    ] {
        assert_eq!(
            told(&app, &admin, &[("query", part)]).await,
            issued,
            "{part}"
        );
    }
    let by_action = told(&app, &admin, &[("query", "workspace.cr")]).await;
    assert_eq!(by_action, pairs([("workspace.created", "prod-eu")]));
    let body = app
        .get(&filtered(&[("query", "ci-dep")]))
        .bearer(&admin)
        .await;
    let id = body.is(200).json()["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(told(&app, &admin, &[("query", &id)]).await, issued);
    for part in ["%", "_i-d", "nothing like it"] {
        assert!(
            told(&app, &admin, &[("query", part)]).await.is_empty(),
            "{part}"
        );
    }
    let keys = told(&app, &admin, &[("target", "apikey")]).await;
    assert_eq!(
        keys,
        pairs([("api_key.issued", "ci-deploy"), ("api_key.issued", "admin")])
    );
    let by_operator = told(&app, &admin, &[("entrance", "key")]).await;
    assert!(
        by_operator.is_empty(),
        "everything here was done at the command line"
    );
}

#[tokio::test]
async fn who_was_refused_is_told_with_what_was_missing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let reader = app.key(["api_keys:read"]).named("reader").await;
    let body = json!({"metadata": {"name": "x"}});
    let refused = app.post(KEYS).bearer(&reader).json(body).await;
    for path in ["/v1/authorize?permission=tools:read", EVENTS] {
        app.get(path).bearer(&reader).await.is(403);
    }
    let verified = app.post("/v1/tokens:verify").bearer(&app.key([]).await);
    verified.json(json!({"token": reader.token})).await.is(403);
    keyring::audit::flush(&app.keyring).await.unwrap();
    let body = app
        .get(&filtered(&[("refused", "true")]))
        .bearer(&admin)
        .await;
    let body = body.is(200).json();
    let told: Vec<_> = body["items"].as_array().unwrap().iter().rev().collect();
    let said = |at: usize| (told[at]["target"].as_str(), told[at]["targetName"].as_str());
    assert_eq!(
        said(0),
        (Some("api_keys:manage"), Some("POST /v1/account/api_keys"))
    );
    assert_eq!(
        said(1),
        (Some("account:manage"), Some("GET /v1/account/audit_events"))
    );
    assert_eq!(
        said(2),
        (Some("api_keys:read"), Some("POST /v1/tokens:verify"))
    );
    assert_eq!(
        told.len(),
        3,
        "a verdict that denies is an answer and no refusal"
    );
    assert_eq!(told[0]["actor"]["name"], "reader");
    assert_eq!(
        told[0]["requestId"],
        refused.is(403).header("x-request-id").unwrap()
    );
}

#[tokio::test]
async fn the_hashes_can_be_computed_by_somebody_else() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.workspace("prod–eü \"quoted\" \\").await;
    let mut events = app.walk(&admin, EVENTS, 2).await;
    events.reverse();
    let mut before = "0".repeat(64);
    for (place, event) in (1..).zip(&events) {
        assert_eq!(event["sequence"], place);
        assert_eq!(event["previousHash"], before.as_str());
        let mut event = event.clone();
        let hash = event.as_object_mut().unwrap().remove("hash").unwrap();
        assert_eq!(hash, sha256(&event.to_string()));
        before = hash.as_str().unwrap().to_owned();
    }
    assert_eq!(events.len(), 3);
}

/// By a program that is none of ours.
fn sha256(text: &str) -> String {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let mut program = Command::new("sha256sum");
    let program = program.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut program = program.spawn().unwrap();
    program
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    let output = program.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()[..64].to_owned()
}

#[tokio::test]
async fn since_is_within_and_until_is_beyond() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut times = Vec::new();
    for name in ["one", "two", "three"] {
        app.clock.advance(Duration::from_secs(1));
        times.push(app.clock.now());
        app.workspace(name).await;
    }
    let names = async |pairs: &[(&str, &str)]| -> Vec<String> {
        let only = [&[("action", "workspace.created")], pairs].concat();
        let events = told(&app, &admin, &only).await;
        events.into_iter().map(|(_, name)| name).collect()
    };
    let [one, two, three] = [0, 1, 2].map(|at| times[at].to_string());
    assert_eq!(names(&[("since", &two)]).await, ["three", "two"]);
    assert_eq!(names(&[("until", &two)]).await, ["one"]);
    let between = [("since", one.as_str()), ("until", three.as_str())];
    assert_eq!(names(&between).await, ["two", "one"]);
    let nothing = [("since", two.as_str()), ("until", two.as_str())];
    assert!(names(&nothing).await.is_empty());
    assert_eq!(two, "2026-11-18T11:06:42.000Z");
    let elsewhere = [("until", "2026-11-18T13:06:42+02:00")];
    assert_eq!(names(&elsewhere).await, ["one"], "the same instant");
}

#[tokio::test]
async fn a_page_leads_to_the_next_whatever_happens_meanwhile() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for name in ["a", "b", "c", "d", "e"] {
        app.workspace(name).await;
    }
    let created = filtered(&[("action", "workspace.created")]);
    let names = |events: &[Value]| -> Vec<String> {
        let names = events.iter().map(|event| event["targetName"].as_str());
        names.map(|name| name.unwrap().to_owned()).collect()
    };
    let all = app.walk(&admin, &created, 2).await;
    assert_eq!(names(&all), ["e", "d", "c", "b", "a"]);

    let first = app.get(&format!("{created}&limit=2")).bearer(&admin).await;
    app.workspace("f").await;
    let cursor = first.next_cursor().expect("there is more");
    let next = app.get(&format!("{created}&limit=2&cursor={cursor}"));
    let next = next.bearer(&admin).await.is(200).json();
    assert_eq!(names(next["items"].as_array().unwrap()), ["c", "b"]);

    let other = filtered(&[("action", "api_key.issued"), ("cursor", &cursor)]);
    let answer = app.get(&other).bearer(&admin).await;
    answer.is(400).code("INVALID_ARGUMENT").field("cursor");
}

#[tokio::test]
async fn bad_values_are_named() {
    let app = TestApp::start().await;
    let reader = app.key(["account:manage"]).await;
    for (name, value) in [
        ("actor", "mira"),
        ("actor", NOBODY),
        ("action", "nonsense"),
        ("action", "API_KEY.ISSUED"),
        ("entrance", "window"),
        ("refused", "maybe"),
        ("batchId", NOBODY),
        ("since", "yesterday"),
        ("since", "2026-11-18"),
        ("until", "2026-11-18T10:40:00"),
        ("limit", "0"),
        ("cursor", "nonsense"),
    ] {
        let answer = app.get(&filtered(&[(name, value)])).bearer(&reader).await;
        answer.is(400).code("INVALID_ARGUMENT").field(name);
    }
    let two = filtered(&[("actor", "mira"), ("since", "yesterday")]);
    let answer = app.get(&two).bearer(&reader).await;
    answer.is(400).field("actor").field("since");
}

#[tokio::test]
async fn no_token_is_in_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({"metadata": {"name": "ci-deploy"}});
    let issued = app.post(KEYS).bearer(&admin).json(body).await;
    let issued = issued.is(200).json();
    let id = issued["metadata"]["id"].as_str().unwrap();
    let grace = json!({"gracePeriod": "60s"});
    let rotate = app.post(&format!("{KEYS}/{id}:rotate")).json(grace);
    let rotated = rotate.bearer(&admin).await.is(200).json();
    let events = app.get(EVENTS).bearer(&admin).await.is(200).text();
    assert!(events.contains("api_key.rotated") && events.contains(id));
    for answer in [issued, rotated] {
        let token = answer["spec"]["token"].as_str().unwrap();
        assert!(!events.contains(&token[3..]));
    }
}

#[tokio::test]
async fn what_happened_elsewhere_is_not_told() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let theirs = app.key_of(&stranger).await;
    let admin = app.admin().await;
    let by = profile_of(&app, &theirs).await;
    for pair in [("target", theirs.id.to_string()), ("actor", by)] {
        let events = told(&app, &admin, &[(pair.0, &pair.1)]).await;
        assert!(events.is_empty(), "{events:?}");
    }
    assert_eq!(told(&app, &theirs, &[]).await.len(), 2);
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    needs(&app, "account:manage", || app.get(EVENTS)).await;
}
