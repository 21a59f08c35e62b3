//! Pages: many at a time, and each made once.

use crate::support::TestApp;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_pages_rendered_at_once_each_is_its_own() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let mut pages = Vec::new();
    for number in 0..16 {
        let name = format!("key-number-{number}");
        let key = app.key([]).named(&name).await;
        pages.push((name, format!("/keys/{}", key.id)));
    }
    for _ in 0..3 {
        let opened: Vec<_> = pages
            .iter()
            .map(|(name, path)| {
                let (mut browser, name, path) = (browser.clone(), name.clone(), path.clone());
                tokio::spawn(async move { (name, browser.open(&path).await) })
            })
            .collect();
        for page in opened {
            let (name, page) = page.await.unwrap();
            let html = page.is(200).text();
            let title = html
                .split("<title>")
                .nth(1)
                .and_then(|rest| rest.split("</title>").next());
            assert_eq!(title, Some(format!("{name} · Keyrack").as_str()));
        }
    }
}

/// The browser takes a page over with the data that are in it. Of a page that the server made twice it
/// would get those of the first time, and find the second one's markup.
#[tokio::test]
async fn of_a_page_there_is_one_set_of_data() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    app.key([]).named("counted-once").await;
    // The data may be there before they are asked for, or after: each is another way through.
    for _ in 0..10 {
        let html = browser.open("/keys").await.is(200).text();
        assert_eq!(html.matches("keys_total").count(), 1, "{html}");
    }
}
