//! `GET /healthz` and `GET /readyz`

use crate::support::TestApp;

#[tokio::test]
async fn alive_and_ready_without_credentials() {
    let app = TestApp::unowned().await;
    app.get("/healthz").await.is(200);
    app.get("/readyz").await.is(200);
}
