//! What a tab is told by its one stream.

use std::time::Duration;

use contract::console::{Called, Happened};
use serde_json::json;

use crate::account::api_keys::NOBODY;
use crate::support::{Browser, Stream, TestApp};

fn happened(stream: &Stream) -> Vec<Happened> {
    let events = stream.events("happened").into_iter();
    events
        .map(|(_, data)| serde_json::from_str(&data).unwrap())
        .collect()
}

async fn listen(app: &TestApp, browser: &Browser, asked: &str) -> Stream {
    let mut stream = Stream::open(app, browser, &format!("/live?{asked}"), None).await;
    stream.until("text/event-stream").await;
    stream
}

#[tokio::test]
async fn one_stream_tells_of_lists_the_log_and_a_first_call() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let (key, reader) = (app.key([]).await, app.key(["api_keys:read"]).await);
    let asked = format!("calls={},{NOBODY}", key.id);
    let mut stream = listen(&app, &browser, &asked).await;
    let body = json!({"token": key.token});
    let verify = app.post("/v1/tokens:verify").bearer(&reader);
    verify.json(body).await.is(200);
    stream.until("event: called").await;
    let (_, called) = stream.events("called").remove(0);
    let called: Called = serde_json::from_str(&called).unwrap();
    let expected = Called {
        key: key.id,
        at: app.clock.now().to_string(),
    };
    assert_eq!(called, expected);

    let workspace = app.workspace("prod-eu").await;
    stream.until(&workspace.to_string()).await;
    stream.until("\n\n").await;
    let last = happened(&stream).pop().unwrap();
    assert_eq!(last.workspaces, [workspace]);
    assert_eq!(last.events, 1);
    let ids: Vec<_> = stream
        .events("happened")
        .into_iter()
        .map(|(id, _)| id)
        .collect();
    assert_eq!(ids.last(), Some(&Some(last.place.to_string())));
    // It is told once.
    assert_eq!(stream.events("called").len(), 1);

    // One that comes back goes on where it was, and a call that was is told again.
    let path = format!("/live?after=1&{asked}");
    let place = last.place.to_string();
    let mut again = Stream::open(&app, &browser, &path, Some(&place)).await;
    again.until("event: called").await;
    let later = app.workspace("prod-us").await;
    again.until(&later.to_string()).await;
    assert!(!again.text.contains(&workspace.to_string()));
}

#[tokio::test]
async fn nobody_hears_what_is_not_theirs() {
    let app = TestApp::start().await;
    let key = app.key([]).await;
    let mut nobody = app.browser();
    let path = format!("/live?calls={}", key.id);
    nobody.open(&path).await.is(303);
    let listening = app.get(&path).header("accept", "text/event-stream");
    listening.await.is(204);
    let mut browser = app.signed_in().await;
    browser.open("/live?calls=something").await.is(404);
    browser.open("/live?after=something").await.is(400);
    // A foreign key is waited for like one that there is not: in vain.
    let other = app.account("hank@globex.example").await;
    let foreign = app.key_of(&other).await;
    let mut stream = listen(&app, &browser, &format!("calls={}", foreign.id)).await;
    let whoami = app.get("/v1/whoami").bearer(&foreign);
    whoami.await.is(200);
    let workspace = app.workspace("prod-eu").await;
    stream.until(&workspace.to_string()).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let last = app.workspace("prod-us").await;
    stream.until(&last.to_string()).await;
    assert!(!stream.text.contains("called"));
    assert!(!stream.text.contains(&foreign.id.to_string()));
}

#[tokio::test]
async fn it_ends_with_the_session_and_with_the_server() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let key = app.key([]).await;
    let asked = format!("calls={}", key.id);
    let stream = listen(&app, &browser, &asked).await;
    let signed_out = browser.clone().submit("/sign-out", &[]).await;
    signed_out.leads_to("/sign-in");
    let told = stream.ended().await;
    assert!(!told.contains("called"), "{told}");

    let browser = app.signed_in().await;
    let stream = listen(&app, &browser, &asked).await;
    app.house.doors.close();
    stream.ended().await;
}
