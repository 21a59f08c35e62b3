//! The second factor, by plain forms and by the clock of the test.

use std::time::Duration;

use serde_json::{Value, json};
use totp_rs::{Builder, Secret, Totp};

use crate::support::{Answer, Browser, PASSPHRASE, TestApp, files, holds, log};

const STEP: Duration = Duration::from_secs(30);
const TEN_MINUTES: Duration = Duration::from_mins(10);

/// What stands between two texts of a page.
#[track_caller]
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).expect(before);
    rest.split_once(after).expect(after).0
}

/// The code of the authenticator at this very moment, which is over when it was used.
fn code(app: &TestApp, totp: &Totp) -> String {
    let seconds = u64::try_from(app.clock.now().unix_millis() / 1_000).unwrap();
    let code = totp.generate(seconds).to_string();
    app.clock.advance(STEP);
    code
}

/// Turns the owner's on, by forms.
async fn turned_on(app: &TestApp, browser: &mut Browser) -> Totp {
    turned_on_with(app, browser).await.0
}

/// The same, with the page that shows the recovery codes.
async fn turned_on_with(app: &TestApp, browser: &mut Browser) -> (Totp, String) {
    let fields = [("section", "factor-begin"), ("passphrase", PASSPHRASE)];
    let page = browser.submit("/account/factor/begin", &fields).await;
    let page = page.is(200).text();
    let secret = between(&page, "<code class=\"secret\">", "<").replace(' ', "");
    let totp = Secret::try_from_base32(&secret).unwrap();
    let totp = Builder::new().with_secret(totp).build().unwrap();
    let fields = [("section", "factor-on"), ("factorCode", &code(app, &totp))];
    let page = browser.submit("/account/factor/on", &fields).await;
    let page = page.is(200).has("cache-control", "no-store").text();
    assert!(page.contains("Your recovery codes"));
    (totp, page)
}

async fn sign_in(browser: &mut Browser, code: &str) -> Answer {
    let fields = [
        ("email", "mira@northwind.example"),
        ("passphrase", PASSPHRASE),
        ("code", code),
    ];
    browser.submit("/sign-in", &fields).await
}

#[tokio::test]
async fn the_sign_in_asks_for_a_code_in_the_same_form() {
    let app = TestApp::start().await;
    let totp = turned_on(&app, &mut app.signed_in().await).await;
    let mut browser = app.browser();
    let page = browser.sign_in(&app.owner().email, PASSPHRASE).await;
    let page = page.is(200).text();
    assert!(page.contains("name=\"code\"") && !page.contains(PASSPHRASE));
    assert_eq!(browser.cookie("keyrack"), None, "nobody is signed in yet");
    let wrong = sign_in(&mut browser, "000000").await;
    let page = wrong.is(400).text();
    assert!(page.contains("This code is not right") && page.contains("name=\"code\""));
    assert!(!page.contains("000000"));
    let right = code(&app, &totp);
    sign_in(&mut browser, &right).await.leads_to("/keys");
    sign_in(&mut app.browser(), &right).await.is(400);
}

#[tokio::test]
async fn a_form_asks_for_a_code_after_ten_minutes_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let totp = turned_on(&app, &mut browser).await;
    let page = browser.open("/keys/new").await.is(200).text();
    assert!(!page.contains("name=\"code\""), "a code was just given");
    app.clock.advance(TEN_MINUTES);
    let page = browser.open("/keys/new").await.is(200).text();
    assert!(page.contains("name=\"code\""));
    let issue = async |browser: &mut Browser, code: &str| {
        let fields = [("metadata.name", "night-job"), ("code", code)];
        browser.submit("/keys/new", &fields).await
    };
    let refused = issue(&mut browser, "").await;
    let page = refused.is(403).text();
    assert!(page.contains("night-job") && page.contains("a code of your second factor"));
    let refused = issue(&mut browser, "000000").await;
    let page = refused.is(400).text();
    assert!(page.contains("night-job") && page.contains("This code is not right"));
    assert!(app.keys().await.is_empty(), "nothing was issued");
    let right = code(&app, &totp);
    let shown = issue(&mut browser, &right).await;
    shown.is(200).shown_token();
    // From now on for ten minutes none is asked for.
    issue(&mut browser, "").await.is(200).shown_token();
}

#[tokio::test]
async fn server_functions_ask_for_a_code_as_well() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let totp = turned_on(&app, &mut browser).await;
    app.clock.advance(TEN_MINUTES);
    let issue = async |browser: &mut Browser, code: &str| {
        let fields = json!([["metadata.name", "night-job"], ["code", code]]);
        let issued = browser.function("keys.issue", json!({ "fields": fields }));
        issued.await
    };
    let refused = issue(&mut browser, "").await;
    let problem: Value = refused.is(403).json();
    assert_eq!(problem["scope"], "second_factor");
    let me = browser.function("session.me", json!({})).await;
    assert_eq!(me.is(200).json()["factor"], "stale");
    let wrong = issue(&mut browser, "000000").await;
    assert_eq!(wrong.is(400).json()["details"][0]["field"], "code");
    let right = code(&app, &totp);
    issue(&mut browser, &right).await.is(200);
    let me = browser.function("session.me", json!({})).await;
    assert_eq!(me.is(200).json()["factor"], "confirmed");
}

#[tokio::test]
async fn what_is_no_form_has_a_page_for_the_code() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let totp = turned_on(&app, &mut browser).await;
    app.clock.advance(TEN_MINUTES);
    browser.submit("/audit/export", &[]).await.is(403);
    let page = browser.open("/audit").await.is(200).text();
    assert!(page.contains("/confirm?next=%2Faudit"));
    browser.open("/confirm?next=%2Faudit").await.is(200);
    let fields = [("next", "/audit"), ("code", "")];
    let page = browser.submit("/confirm", &fields).await.is(400).text();
    assert!(page.contains("Give a code of your second factor"));
    let right = code(&app, &totp);
    let fields = [("next", "/audit"), ("code", &right)];
    browser.submit("/confirm", &fields).await.leads_to("/audit");
    let exported = browser.submit("/audit/export", &[]).await;
    assert!(exported.is(200).text().contains("profile.factor_turned_on"));
    for elsewhere in ["//evil.example", "https://evil.example"] {
        let fields = [("next", elsewhere), ("code", "x")];
        browser
            .submit("/confirm", &fields)
            .await
            .leads_to("/account");
    }
}

#[tokio::test]
async fn who_has_to_turn_one_on_is_led_there_and_back_to_work() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let totp = turned_on(&app, &mut browser).await;
    let fields = [
        ("section", "people"),
        ("people.requireSecondFactor", "on"),
        ("permission.tools", "read"),
    ];
    browser
        .submit("/settings", &fields)
        .await
        .leads_to("/settings");
    let fields = [
        ("section", "factor-off"),
        ("factorCode", &code(&app, &totp)),
    ];
    browser
        .submit("/account/factor/off", &fields)
        .await
        .leads_to("/account");
    let mut other = app.signed_in().await;
    for path in ["/keys", "/settings", "/sign-in", "/people"] {
        other.open(path).await.leads_to("/account");
    }
    let page = other.open("/account").await.is(200).text();
    assert!(page.contains("asks owners and admins for a second factor"));
    let fields = [("metadata.name", "night-job")];
    other.submit("/keys/new", &fields).await.is(403);
    assert!(app.keys().await.is_empty());
    turned_on(&app, &mut other).await;
    other.open("/keys").await.is(200);
    other.open("/settings").await.is(200);
}

#[tokio::test]
async fn the_secret_and_the_codes_are_found_nowhere_afterwards() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let (totp, page) = turned_on_with(&app, &mut browser).await;
    let secret = totp.secret().to_base32();
    let is_code = |word: &&str| word.len() == 11 && word.as_bytes()[5] == b'-';
    let all = |c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '-';
    let codes: Vec<&str> = page.split(all).filter(is_code).collect();
    assert_eq!(codes.len(), 10, "each is there once");
    let used = sign_in(&mut app.browser(), codes[0]).await;
    used.leads_to("/keys");
    let wrong = sign_in(&mut app.browser(), codes[0]).await;

    let mut later = vec![("refused".to_owned(), wrong.text().into_bytes())];
    for path in ["/account", "/people", "/audit", "/settings"] {
        let page = browser.open(path).await.is(200).text();
        later.push((path.to_owned(), page.into_bytes()));
    }
    let list = contract::request::ListEvents::default();
    let events = keyring::audit::list(&app.keyring, &app.owner().operator, list);
    let events = serde_json::to_string(&events.await.unwrap().items).unwrap();
    assert!(events.contains("profile.factor_turned_on"));
    later.push(("audit".to_owned(), events.into_bytes()));
    later.push(("log".to_owned(), log().into_bytes()));
    let bare = codes.iter().map(|code| code.replace('-', ""));
    let hidden: Vec<String> = bare
        .chain(codes.iter().map(|code| (*code).to_owned()))
        .chain([secret])
        .collect();
    for (place, content) in files(app.data_dir()).iter().chain(&later) {
        assert!(
            !holds(content, totp.secret().as_bytes()),
            "the secret is in {place}"
        );
        for hidden in &hidden {
            assert!(!holds(content, hidden.as_bytes()), "{hidden} is in {place}");
        }
    }
}
