//! `POST /v1/tokens:verifyBatch`

use serde_json::{Value, json};

use super::{VERIFY_BATCH, change, invalid, of, strange_token, verify};
use crate::account::api_keys::NOWHERE;
use crate::account::needs;
use crate::support::{Answer, TestApp, TestKey, log};

async fn verify_all(app: &TestApp, caller: &TestKey, requests: impl Into<Value>) -> Answer {
    let body = json!({"requests": requests.into()});
    app.post(VERIFY_BATCH).bearer(caller).json(body).await
}

#[tokio::test]
async fn each_is_answered_in_its_place_as_it_would_be_alone() {
    let app = TestApp::start().await;
    let [eu, us] = app.workspaces(["prod-eu", "prod-us"]).await;
    let reader = app.key(["api_keys:read"]).await;
    let one = app.key(["tools:manage"]).reaching([eu]).await;
    let two = app.key(["tools:read"]).reaching([us]).await;
    let gone = app.key([]).await;
    change(&app, &gone, "DELETE", "", Value::Null).await;
    let asked = [
        of(&two, us),
        of(&one, eu),
        json!({"token": "nonsense"}),
        of(&one, us),
        of(&one, NOWHERE),
        json!({"token": gone.token}),
        json!({"token": two.token}),
        of(&one, eu),
    ];
    let answer = verify_all(&app, &reader, asked.to_vec()).await;
    let mut alone = Vec::new();
    for question in asked {
        alone.push(verify(&app, &reader, question).await.is(200).json());
    }
    assert_eq!(answer.is(200).json(), json!({"verdicts": alone}));
    let codes = alone.iter().map(|verdict| verdict["code"].as_str());
    let expected = [
        Some("PERMISSION_MISSING"),
        None,
        Some("MALFORMED"),
        Some("WORKSPACE_NOT_GRANTED"),
        Some("WORKSPACE_UNKNOWN"),
        Some("REVOKED"),
        None,
        None,
    ];
    assert!(codes.eq(expected), "{alone:?}");
}

#[tokio::test]
async fn a_batch_has_1_to_100() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let eu = app.workspace("prod-eu").await;
    let of_many = async |count: usize| {
        let requests = vec![of(&reader, eu); count];
        verify_all(&app, &reader, requests).await
    };
    for count in [1, 100] {
        let body = of_many(count).await.is(200).json();
        let verdicts = vec![invalid("WORKSPACE_NOT_GRANTED"); count];
        assert_eq!(body, json!({"verdicts": verdicts}));
    }
    for count in [0, 101] {
        let refused = of_many(count).await;
        refused.is(400).code("INVALID_ARGUMENT").field("requests");
    }
}

#[tokio::test]
async fn every_bad_question_is_named_by_its_place() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let good = json!({"token": reader.token});
    let bad = json!({"token": reader.token, "permission": "nonsense"});
    let refused = verify_all(&app, &reader, [bad.clone(), good.clone(), bad].to_vec()).await;
    refused.is(400).code("INVALID_ARGUMENT");
    refused.field("requests[0].permission");
    refused.field("requests[2].permission");
    let odd = verify_all(&app, &reader, [good, json!({"token": 7})].to_vec()).await;
    let odd = odd.is(400).code("INVALID_ARGUMENT");
    odd.field("requests[1].token");
}

#[tokio::test]
async fn somebody_elses_tokens_are_answered_like_none() {
    let app = TestApp::start().await;
    let stranger = app.account("jo@elsewhere.example").await;
    let their_key = app.key_of(&stranger).await;
    let admin = app.admin().await;
    let both = [their_key.token, strange_token().await].map(|token| json!({"token": token}));
    let answer = verify_all(&app, &admin, both.to_vec()).await;
    let unknown = json!({"verdicts": [invalid("UNKNOWN"), invalid("UNKNOWN")]});
    assert_eq!(answer.is(200).json(), unknown);
}

#[tokio::test]
async fn the_presented_tokens_are_in_no_answer_and_not_in_the_log() {
    let app = TestApp::start().await;
    let reader = app.key(["api_keys:read"]).await;
    let key = app.key([]).await;
    let token = &key.token;
    for (requests, status) in [
        (
            json!([{"token": token}, {"token": format!("{token}x")}]),
            200,
        ),
        (json!([{"token": token, "permission": "nonsense"}]), 400),
        (json!([token]), 400),
        (json!(token), 400),
    ] {
        let answer = verify_all(&app, &reader, requests).await;
        answer.is(status);
        for place in [answer.text(), answer.head(), log()] {
            assert!(!place.contains(&token[7..39]), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn the_wrong_callers_are_refused() {
    let app = TestApp::start().await;
    let key = app.key(["*"]).await;
    needs(&app, "api_keys:read", || {
        let body = json!({"requests": [{"token": key.token}]});
        app.post(VERIFY_BATCH).json(body)
    })
    .await;
}
