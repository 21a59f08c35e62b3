//! `GET /v1/account/api_keys/{id}/usage`

use serde_json::{Value, json};

use super::{KEYS, refuses_the_wrong_callers};
use crate::support::{TestApp, TestKey};

async fn usage(app: &TestApp, key: &TestKey) -> Value {
    keyring::usage::flush(&app.keyring).await.unwrap();
    let reader = app.key(["api_keys:read"]).await;
    let path = format!("{KEYS}/{}/usage", key.id);
    app.get(&path).bearer(&reader).await.is(200).json()
}

#[tokio::test]
async fn a_key_tells_what_it_is_used_for() {
    let app = TestApp::start().await;
    let (eu, us) = (
        app.workspace("prod-eu").await,
        app.workspace("prod-us").await,
    );
    let reader = app.key(["api_keys:read"]).await;
    let key = app.key(["tools:read"]).reaching([eu]).await;
    for workspace in [eu, us] {
        let body = json!({
            "token": key.token, "workspaceId": workspace,
            "clientIp": "2001:DB8::1", "userAgent": "nightly/2\u{7}",
        });
        app.post("/v1/tokens:verify")
            .bearer(&reader)
            .json(body)
            .await
            .is(200);
    }
    let now = app.clock.now();
    let told = usage(&app, &key).await;
    assert_eq!(told["hours"].as_array().unwrap().len(), 48);
    assert_eq!(told["days"].as_array().unwrap().len(), 30);
    assert_eq!(told["hours"][47]["calls"], 2);
    assert_eq!(told["days"][29]["denials"], 1);
    assert_eq!(
        told["denials"],
        json!([{"code": "WORKSPACE_NOT_GRANTED", "calls": 1}])
    );
    assert_eq!(
        told["workspaces"],
        json!([{"workspaceId": eu, "calls": 1, "lastAt": now}])
    );
    let source = json!({
        "address": "2001:db8::1", "userAgent": "nightly/2", "calls": 2, "lastAt": now,
    });
    assert_eq!(told["sources"], json!([source]));
    let last = &told["lastUses"][0];
    assert_eq!(
        (&last["at"], &last["workspaceId"]),
        (&json!(now), &json!(eu))
    );
    assert_eq!(last["address"], "2001:db8::1");
    let read = app.get(&format!("{KEYS}/{}", key.id)).bearer(&reader).await;
    assert_eq!(read.is(200).json()["info"]["lastUsedAt"], json!(now));
}

#[tokio::test]
async fn a_key_that_was_never_used_says_so() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    let told = usage(&app, &key).await;
    for list in ["lastUses", "sources", "denials", "workspaces"] {
        assert_eq!(told[list], json!([]), "{list}");
    }
    let sum = |list: &str| -> u64 {
        let spans = told[list].as_array().unwrap().iter();
        spans.map(|span| span["calls"].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("hours"), sum("days")), (0, 0));
}

#[tokio::test]
async fn a_proxy_and_our_own_rest_count_as_use_with_the_clients_address() {
    let settings = [("KEYRACK_TRUSTED_PROXIES", "127.0.0.0/8")];
    let app = TestApp::set(&settings).await;
    let eu = app.workspace("prod-eu").await;
    let key = app.key(["tools:read"]).reaching([eu]).await;
    let asked = format!("/v1/authorize?workspace={eu}");
    let call = app.get(&asked).bearer(&key);
    call.header("x-forwarded-for", "198.51.100.7").await.is(200);
    let whoami = app.get("/v1/whoami").bearer(&key);
    whoami
        .header("x-forwarded-for", "198.51.100.8")
        .await
        .is(200);
    let told = usage(&app, &key).await;
    let sources = told["sources"].as_array().unwrap().iter();
    let mut addresses: Vec<_> = sources.map(|source| source["address"].clone()).collect();
    addresses.sort_by_key(Value::to_string);
    assert_eq!(addresses, ["198.51.100.7", "198.51.100.8"]);
    assert_eq!(told["workspaces"][0]["calls"], 1);
}

#[tokio::test]
async fn a_clients_address_must_be_one() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    for address in ["192.0.2.1:80", "somewhere", "", "192.0.2.300"] {
        let body = json!({"token": "x", "clientIp": address});
        let refused = app
            .post("/v1/tokens:verify")
            .bearer(&reader)
            .json(body)
            .await;
        refused.is(400).names("clientIp");
        let body = json!({"requests": [{"token": "x"}, {"token": "x", "clientIp": address}]});
        let refused = app
            .post("/v1/tokens:verifyBatch")
            .bearer(&reader)
            .json(body)
            .await;
        refused.is(400).names("requests[1].clientIp");
    }
}

#[tokio::test]
async fn usage_is_for_who_may_read_the_key() {
    let app = TestApp::start().await;
    refuses_the_wrong_callers(&app, "api_keys:read", |id| {
        app.get(&format!("{KEYS}/{id}/usage"))
    })
    .await;
}
