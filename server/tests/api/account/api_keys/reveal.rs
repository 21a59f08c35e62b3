//! `POST /v1/account/api_keys/{id}:reveal`

use super::{KEYS, NOBODY};
use crate::support::TestApp;

#[tokio::test]
async fn a_token_is_shown_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = app
        .post(&format!("{}:reveal", admin.path()))
        .bearer(&admin)
        .await;
    answer.is(400).code("FAILED_PRECONDITION").names("otate");
    assert!(!answer.text().contains(&admin.token));
    app.post(&format!("{KEYS}/{NOBODY}:reveal"))
        .bearer(&admin)
        .await
        .is(404);
    app.post(&format!("{}:reveal", admin.path())).await.is(401);
}
