//! A token is shown once. Here: on the disk, in the log, in the audit trail, in later answers.
//! (The browser's side is a journey in `end2end`.)

use serde_json::json;

use crate::account::api_keys::KEYS;
use crate::support::{Answer, TestApp, TestKey, files, holds, log};

/// The token of a page that answers a plain post: in the text that is to be read and nowhere else on
/// it, neither in its markup, where an address or a form would carry it on, nor in what scripts
/// find, nor beside the page.
#[track_caller]
fn shown_alone(page: &Answer) -> String {
    page.is(200).has("cache-control", "no-store");
    let (html, token) = (page.text(), page.is(200).shown_token());
    let mut shown = 0;
    let mut rest = html.as_str();
    while let Some((before, text)) = rest.split_once("<pre") {
        assert!(!before.contains(&token), "it is outside of the text");
        let (tag, text) = text.split_once('>').expect("a tag ends");
        let (text, after) = text.split_once("</pre>").expect("the text ends");
        assert!(!tag.contains(&token), "it is in the markup");
        shown += text.matches(&token).count();
        rest = after;
    }
    assert!(!rest.contains(&token), "it is outside of the text");
    assert!(shown >= 4, "in each of its forms");
    assert!(!page.head().contains(&token), "it is in a header");
    token
}

/// Answers about other things, which have no token either.
const ELSEWHERE: [&str; 6] = [
    "/v1/account",
    "/v1/account/access",
    "/v1/account/audit_events",
    "/v1/account/profiles",
    "/v1/account/workspaces?includeInfo=true",
    "/v1/whoami",
];

/// Where tokens do not belong and end up nevertheless.
async fn paste_by_mistake(app: &TestApp, admin: &TestKey, token: &str) {
    for (path, status) in [
        (format!("{KEYS}/{token}"), 404),
        (format!("/{token}"), 404),
        (format!("{KEYS}?query={token}&cursor={token}"), 400),
    ] {
        app.get(&path).bearer(admin).await.is(status);
    }
}

#[tokio::test]
async fn a_token_is_found_nowhere_after_the_answer_that_showed_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let issued = app
        .post(KEYS)
        .bearer(&admin)
        .json(json!({"metadata": {"name": "canary"}}))
        .await;
    let first = issued.is(200).json()["spec"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = issued.json()["metadata"]["id"].as_str().unwrap().to_owned();
    app.get("/v1/whoami").token(&first).await.is(200);
    let rotated = app
        .post(&format!("{KEYS}/{id}:rotate"))
        .bearer(&admin)
        .await;
    let second = rotated.is(200).json()["spec"]["token"]
        .as_str()
        .unwrap()
        .to_owned();
    app.get("/v1/whoami").token(&second).await.is(200);
    let mut browser = app.signed_in().await;
    let page = browser.submit("/keys/new", &[("metadata.name", "canary")]);
    let third = shown_alone(&page.await);
    app.get("/v1/whoami").token(&third).await.is(200);
    let by_form = format!("/keys/{id}/rotate");
    let fourth = shown_alone(&browser.submit(&by_form, &[]).await);
    app.get("/v1/whoami").token(&fourth).await.is(200);
    paste_by_mistake(&app, &admin, &second).await;

    let mut later = Vec::new();
    for path in [format!("{KEYS}?includeInfo=true"), format!("{KEYS}/{id}")]
        .into_iter()
        .chain(ELSEWHERE.map(str::to_owned))
    {
        later.push((
            path.clone(),
            app.get(&path).bearer(&admin).await.text().into_bytes(),
        ));
    }
    for path in [
        "/keys".to_owned(),
        "/keys/new".to_owned(),
        format!("/keys/{id}"),
        by_form,
        "/access".to_owned(),
    ] {
        later.push((path.clone(), browser.open(&path).await.text().into_bytes()));
    }
    let history = keyring::audit::history(&app.keyring, &app.owner().operator, id.parse().unwrap())
        .await
        .unwrap();
    assert!(
        history.len() >= 2,
        "issue and rotate are in the audit trail"
    );
    later.push(("audit".to_owned(), serde_json::to_vec(&history).unwrap()));
    later.push(("log".to_owned(), log().into_bytes()));

    let on_disk = files(app.data_dir());
    assert!(
        on_disk
            .iter()
            .any(|(name, content)| name.ends_with("-wal") && !content.is_empty())
    );
    for (place, content) in on_disk.iter().chain(&later) {
        for token in [&first, &second, &third, &fourth, &admin.token] {
            let secret = token.trim_start_matches("kr_");
            assert!(!holds(content, secret.as_bytes()), "a token is in {place}");
            // Neither a part that would make the rest guessable.
            assert!(
                !holds(content, &secret.as_bytes()[4..36]),
                "part of a token is in {place}"
            );
        }
    }

    // The control: the search does find what is there.
    let pepper = std::fs::read_to_string(app.data_dir().join("data/pepper")).unwrap();
    assert!(
        on_disk
            .iter()
            .any(|(_, content)| holds(content, pepper.trim().as_bytes()))
    );
    assert!(
        on_disk.iter().any(|(_, content)| holds(content, b"canary")),
        "the key's name is"
    );
    let hint = app.get(&format!("{KEYS}/{id}")).bearer(&admin).await.json();
    let hint = hint["info"]["tokenHint"].as_str().unwrap().to_owned();
    let ending = hint
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap();
    assert!(fourth.ends_with(ending) && ending.len() <= 8, "{hint}");
    assert!(
        on_disk
            .iter()
            .any(|(_, content)| holds(content, ending.as_bytes())),
        "its hint is"
    );
}

/// The link that a page shows which answers the post of an invitation.
#[track_caller]
fn shown_link(page: &Answer) -> String {
    page.is(200).has("cache-control", "no-store");
    let html = page.text();
    let (_, link) = html.split_once("/join/").expect("a link");
    let secret: String = link.chars().take_while(char::is_ascii_hexdigit).collect();
    assert_eq!(secret.len(), 32);
    assert_eq!(
        html.matches(&secret).count(),
        1,
        "in the text and nowhere else"
    );
    secret
}

#[tokio::test]
async fn a_link_and_a_passphrase_are_found_nowhere_afterwards() {
    const PASSPHRASE: &str = "seven owls over the mill";
    const NEXT: &str = "clockwork and punched cards";
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let invite = [("email", "ben@northwind.example"), ("role", "member")];
    let secret = shown_link(&browser.submit("/people/new", &invite).await);
    let path = format!("/join/{secret}");
    let mut ben = app.browser();
    ben.open(&path).await.is(200);
    let refused = [("name", "Ben Okri"), ("passphrase", "too short")];
    let refused = ben.submit(&path, &refused).await;
    assert!(refused.is(400).text().contains("Ben Okri"));
    let join = [("name", "Ben Okri"), ("passphrase", PASSPHRASE)];
    ben.submit(&path, &join).await.leads_to("/keys");
    ben.open("/keys").await.is(200);
    let change = [("passphrase", PASSPHRASE), ("newPassphrase", NEXT)];
    let wrong = [("passphrase", NEXT), ("newPassphrase", PASSPHRASE)];
    let wrong = ben.submit("/account", &wrong).await;
    ben.submit("/account", &change).await.leads_to("/account");

    let mut later = vec![("refused".to_owned(), wrong.text().into_bytes())];
    for path in ["/people", "/people/new", "/audit", "/account"] {
        later.push((
            path.to_owned(),
            browser.open(path).await.text().into_bytes(),
        ));
    }
    let events = keyring::audit::list(
        &app.keyring,
        &app.owner().operator,
        contract::request::ListEvents::default(),
    );
    let events = serde_json::to_string(&events.await.unwrap().items).unwrap();
    assert!(events.contains("profile.joined") && events.contains("Ben Okri"));
    later.push(("audit".to_owned(), events.into_bytes()));
    later.push(("log".to_owned(), log().into_bytes()));
    let late = app.browser().open(&path).await;
    assert_eq!(late.status(), 404);
    for (place, content) in files(app.data_dir()).iter().chain(&later) {
        for hidden in [secret.as_str(), PASSPHRASE, NEXT] {
            assert!(!holds(content, hidden.as_bytes()), "a secret is in {place}");
        }
    }
}
