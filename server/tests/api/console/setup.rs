//! `/setup`: the first start.

use std::time::Duration;

use crate::support::{Answer, Browser, PASSPHRASE, TestApp, owner_form};

async fn offer(app: &TestApp) -> String {
    let code = keyring::setup::offer(&app.keyring).await.unwrap();
    code.expect("nobody owns this Keyrack").to_string()
}

async fn claim(browser: &mut Browser, code: &str, email: &str) -> Answer {
    let mut fields = owner_form(email);
    fields.push(("code", code.to_owned()));
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    browser.submit("/setup", &fields).await
}

#[tokio::test]
async fn everything_leads_to_the_setup_until_somebody_owns_this_keyrack() {
    let app = TestApp::unowned().await;
    let mut browser = app.browser();
    for path in ["/", "/keys", "/sign-in", "/nothing"] {
        browser.open(path).await.leads_to("/setup");
    }
    browser
        .open("/setup")
        .await
        .is(200)
        .has("cache-control", "no-store");
    let code = offer(&app).await;
    let answer = claim(&mut browser, &code, "mira@northwind.example").await;
    answer.leads_to("/welcome").has("cache-control", "no-store");
    browser.open("/welcome").await.is(200);
    browser.open("/setup").await.leads_to("/keys");
    app.browser().open("/setup").await.leads_to("/sign-in");
    app.browser()
        .sign_in("mira@northwind.example", PASSPHRASE)
        .await
        .leads_to("/keys");
}

#[tokio::test]
async fn the_code_may_be_typed_carelessly() {
    let app = TestApp::unowned().await;
    let code = offer(&app).await;
    let typed = format!(" {} ", code.replace('-', " ").to_lowercase());
    claim(&mut app.browser(), &typed, "mira@northwind.example")
        .await
        .leads_to("/welcome");
}

#[tokio::test]
async fn a_wrong_code_a_used_one_and_an_old_one_are_refused() {
    let app = TestApp::unowned().await;
    let mut browser = app.browser();
    let replaced = offer(&app).await;
    let code = offer(&app).await;
    for wrong in ["0000-0000-0000", "", &replaced] {
        let answer = claim(&mut browser, wrong, "mira@northwind.example").await;
        answer.is(400).has("cache-control", "no-store");
        assert!(
            answer.text().contains("mira@northwind.example"),
            "what was typed is kept"
        );
        assert!(!answer.text().contains(PASSPHRASE), "but no secret is");
    }
    app.clock.advance(Duration::from_mins(30));
    claim(&mut browser, &code, "mira@northwind.example")
        .await
        .is(400);
    let code = offer(&app).await;
    claim(&mut browser, &code, "mira@northwind.example")
        .await
        .is(303);
    let again = claim(&mut app.browser(), &code, "eve@elsewhere.example").await;
    assert!((400..500).contains(&again.status()));
    assert!(keyring::setup::offer(&app.keyring).await.unwrap().is_none());
}

#[tokio::test]
async fn every_bad_field_is_shown_beside_what_was_typed() {
    let app = TestApp::unowned().await;
    let code = offer(&app).await;
    let long = "x".repeat(257);
    let taken = "password12345678";
    for (field, value) in [
        ("account", ""),
        ("name", ""),
        ("email", "mira"),
        ("passphrase", "fourteen chars"),
        ("passphrase", &long),
        ("passphrase", taken),
        ("code", ""),
    ] {
        let mut fields = owner_form("mira@northwind.example");
        fields.push(("code", code.clone()));
        let mut fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        fields.retain(|(name, _)| *name != field);
        fields.push((field, value));
        let answer = app.browser().submit("/setup", &fields).await;
        assert_eq!(answer.status(), 400, "{field}={value}");
        assert!(answer.text().contains("aria-invalid"), "{field}={value}");
    }
    claim(&mut app.browser(), &code, "mira@northwind.example")
        .await
        .is(303);
}

#[tokio::test]
async fn of_fifty_claims_at_once_one_wins() {
    let app = TestApp::unowned().await;
    let code = offer(&app).await;
    let claims: Vec<_> = (0..50)
        .map(|number| {
            let (mut browser, code) = (app.browser(), code.clone());
            tokio::spawn(async move {
                claim(
                    &mut browser,
                    &code,
                    &format!("owner{number}@northwind.example"),
                )
                .await
                .status()
            })
        })
        .collect();
    let mut won = 0;
    for claim in claims {
        match claim.await.unwrap() {
            303 => won += 1,
            status => assert!([400, 429, 503].contains(&status), "{status}"),
        }
    }
    assert_eq!(won, 1);
    keyring::callers::operator(&app.keyring, None, keyring::Origin::default())
        .await
        .expect("there is exactly one account");
}
