//! `GET /v1/account/profiles`

use serde_json::{Value, json};

use super::workspaces::WORKSPACES;
use super::{needs, profile_of};
use crate::support::{TestApp, TestKey};

pub(super) const PROFILES: &str = "/v1/account/profiles";

/// The names of the profiles that a search finds.
async fn found(app: &TestApp, reader: &TestKey, query: &str) -> Vec<String> {
    let query = serde_urlencoded::to_string([("query", query)]).unwrap();
    let answer = app.get(&format!("{PROFILES}?{query}")).bearer(reader);
    answer.await.is(200).item_names()
}

#[tokio::test]
async fn people_keys_and_the_system_are_listed_newest_first() {
    let app = TestApp::start().await;
    app.key([]).named("ci-deploy").await;
    let reader = app.key(["account:manage"]).named("reader").await;
    let body = app.get(PROFILES).bearer(&reader).await.is(200).json();
    let items = body["items"].as_array().unwrap();
    let kinds: Vec<_> = items.iter().map(|item| &item["spec"]["type"]).collect();
    let count = |kind: &str| kinds.iter().filter(|it| **it == kind).count();
    assert_eq!(count("PROFILE_TYPE_SYSTEM"), 1);
    assert_eq!(count("PROFILE_TYPE_USER"), 1);
    assert_eq!(count("PROFILE_TYPE_API_KEY"), 3, "the global key is one");
    assert_eq!(items[0]["metadata"]["name"], "reader");
    assert_eq!(items[1]["metadata"]["name"], "ci-deploy");
    assert_eq!(items[0]["metadata"]["id"], profile_of(&app, &reader).await);
    assert!(items[0]["spec"].get("email").is_none(), "a key has none");
    let has_email = |item: &&Value| item["spec"]["email"] == "mira@northwind.example";
    let mira = items.iter().find(has_email).expect("the owner");
    assert_eq!(mira["spec"]["name"], "Mira Novak");
}

#[tokio::test]
async fn a_name_is_found_in_any_case() {
    let app = TestApp::start().await;
    app.key([]).named("Žižkov-ÄRMEL").await;
    let reader = app.key(["account:manage"]).named("reader").await;
    for query in ["žižkov", "ŽIŽKOV", "kov-ärm", "KOV-ÄRM", " Ärmel "] {
        assert_eq!(found(&app, &reader, query).await, ["Žižkov-ÄRMEL"]);
    }
    assert_eq!(found(&app, &reader, "mira NOVAK").await, ["Mira Novak"]);
    assert!(found(&app, &reader, "zizkov").await.is_empty());
    for wildcard in ["%", "_", "\\", "*"] {
        let nothing = found(&app, &reader, wildcard).await;
        assert!(nothing.is_empty(), "{wildcard} is a letter");
    }
}

#[tokio::test]
async fn a_part_of_a_word_is_found_though_its_last_letter_has_a_final_form() {
    let app = TestApp::start().await;
    app.key([]).named("ΣΊΣΥΦΟΣ").await;
    let reader = app.key(["account:manage"]).named("reader").await;
    for query in ["ΣΊΣ", "σίσ", "ΣΊΣΥΦΟΣ", "ΦΟΣ"] {
        let names = found(&app, &reader, query).await;
        assert_eq!(names, ["ΣΊΣΥΦΟΣ"], "{query}");
    }
}

#[tokio::test]
async fn an_address_is_found_in_any_case() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let members = format!("{WORKSPACES}/{}/members", app.workspace("prod-eu").await);
    let body = json!({"email": "Jörg@Straßenbau.example"});
    app.post(&members).bearer(&admin).json(body).await.is(200);
    for query in ["jörg@", "JÖRG@STRAßENBAU.EXAMPLE", "straßenBAU"] {
        assert_eq!(found(&app, &admin, query).await, ["jörg"], "{query}");
    }
    let both = found(&app, &admin, ".EXAMPLE").await;
    assert_eq!(both, ["jörg", "Mira Novak"]);
}

#[tokio::test]
async fn no_profile_has_labels_so_none_has_these() {
    let app = TestApp::start().await;
    let reader = app.key(["account:manage"]).labelled("env=prod").await;
    let labelled = app.get(&format!("{PROFILES}?labels=env%3Dprod"));
    let body = labelled.bearer(&reader).await.is(200).json();
    assert_eq!(body, json!({"items": [], "pagination": {}}));
}

#[tokio::test]
async fn a_list_is_cut_by_cursor_and_a_limit_that_is_clamped() {
    let app = TestApp::start().await;
    let reader = app.key(["account:manage"]).await;
    for number in 0..100 {
        app.key([]).named(&format!("key {number}")).await;
    }
    let largest = app.get(&format!("{PROFILES}?limit=1000")).bearer(&reader);
    let largest = largest.await;
    assert_eq!(largest.is(200).item_names().len(), 100);
    assert!(largest.next_cursor().is_some());
    let usual = app.get(PROFILES).bearer(&reader).await;
    assert_eq!(usual.is(200).item_names().len(), 25);
    let all = app.walk(&reader, PROFILES, 40).await;
    assert_eq!(all.len(), 104, "100, the reader, two of setup, the owner");
    assert_eq!(all[..100], largest.json()["items"].as_array().unwrap()[..]);

    let some = app.walk(&reader, &format!("{PROFILES}?query=key"), 7).await;
    assert!(some.len() >= 100 && some.len() < 104);
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let app = TestApp::start().await;
    let reader = app.key(["account:manage"]).await;
    let list = |query: &str| app.get(&format!("{PROFILES}{query}")).bearer(&reader);
    let too_long = format!("?query={}", "x".repeat(1001));
    let of_another_list = list("?limit=1").await.next_cursor().unwrap();
    let of_another_list = format!("?query=ci&cursor={of_another_list}");
    for (query, field) in [
        ("?cursor=nonsense", "cursor"),
        (of_another_list.as_str(), "cursor"),
        ("?limit=0", "limit"),
        ("?limit=ten", "limit"),
        ("?labels=env", "labels"),
        ("?query=%00", "query"),
        (too_long.as_str(), "query"),
    ] {
        let answer = list(query).await;
        answer.is(400).code("INVALID_ARGUMENT").field(field);
    }
    list("?colour=green&workspaceId=").await.is(200);
}

#[tokio::test]
async fn only_the_accounts_own_profiles_are_listed() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    app.key_of(&stranger).named("theirs").await;
    let admin = app.admin().await;
    assert!(found(&app, &admin, "theirs").await.is_empty());
    assert!(found(&app, &admin, "elsewhere").await.is_empty());
    let all = app.walk(&admin, PROFILES, 100).await;
    let ours = app.owner().id.to_string();
    let is_ours = |item: &Value| item["metadata"]["accountId"] == ours;
    assert!(all.iter().all(is_ours));
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    needs(&app, "account:manage", || app.get(PROFILES)).await;
}
