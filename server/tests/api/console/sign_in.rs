//! `/sign-in` and `/sign-out`

use std::time::{Duration, Instant};

use crate::support::{PASSPHRASE, TestApp};

#[tokio::test]
async fn a_person_signs_in_and_out() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser
        .open("/keys")
        .await
        .leads_to("/sign-in?next=%2Fkeys");
    browser.open("/sign-in").await.is(200);
    browser
        .sign_in(" Mira@Northwind.example ", PASSPHRASE)
        .await
        .leads_to("/keys");
    let old = browser.cookie("keyrack").unwrap().to_owned();
    assert!(old.len() >= 22, "128 bits");
    browser.open("/keys").await.is(200);
    browser.submit("/sign-out", &[]).await.leads_to("/sign-in");
    assert_eq!(browser.cookie("keyrack"), None, "the browser forgets");
    browser.set_cookie("keyrack", &old);
    browser
        .open("/keys")
        .await
        .leads_to("/sign-in?next=%2Fkeys");
}

#[tokio::test]
async fn who_is_signed_out_already_is_signed_out() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let mut twin = browser.clone();
    let mut late = browser.clone();
    browser.submit("/sign-out", &[]).await.leads_to("/sign-in");
    twin.submit("/sign-out", &[]).await.leads_to("/sign-in");
    assert_eq!(
        twin.cookie("keyrack"),
        None,
        "the browser forgets all the same"
    );
    late.set_cookie("keyrack", "of-no-session");
    late.submit("/sign-out", &[]).await.leads_to("/sign-in");
    assert_eq!(late.cookie("keyrack"), None);
}

#[tokio::test]
async fn every_sign_in_has_a_new_session() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.set_cookie("keyrack", "chosen-by-somebody-else");
    browser
        .sign_in(&app.owner().email, PASSPHRASE)
        .await
        .is(303);
    let first = browser.cookie("keyrack").unwrap().to_owned();
    assert_ne!(first, "chosen-by-somebody-else");
    browser
        .sign_in(&app.owner().email, PASSPHRASE)
        .await
        .is(303);
    assert_ne!(browser.cookie("keyrack"), Some(first.as_str()));
}

#[tokio::test]
async fn a_wrong_passphrase_and_an_unknown_person_are_told_alike() {
    let app = TestApp::start().await;
    let wrong = app
        .browser()
        .sign_in("mira@northwind.example", "not the passphrase")
        .await;
    let unknown = app
        .browser()
        .sign_in("none@northwind.example", "not the passphrase")
        .await;
    assert_eq!(wrong.status(), 401);
    let page = |text: String| {
        let text = text.replace("mira@", "EMAIL@").replace("none@", "EMAIL@");
        text.split("nonce=\"")
            .enumerate()
            .map(|(index, part)| {
                if index == 0 {
                    part
                } else {
                    part.split_once('"').map_or(part, |(_, rest)| rest)
                }
            })
            .collect::<String>()
    };
    assert_eq!(unknown.status(), wrong.status());
    assert_eq!(page(unknown.text()), page(wrong.text()));
    assert!(
        wrong.text().contains("mira@northwind.example"),
        "what was typed is kept"
    );
    assert!(
        !wrong.text().contains("not the passphrase"),
        "but no secret is"
    );
    assert_eq!(wrong.header("set-cookie"), None);
}

#[tokio::test]
async fn an_unknown_person_costs_as_much_as_a_known_one() {
    let app = TestApp::start().await;
    let mut fastest = [Duration::MAX; 2];
    for _ in 0..6 {
        for (index, email) in ["mira@northwind.example", "none@northwind.example"]
            .into_iter()
            .enumerate()
        {
            app.clock.advance(Duration::from_mins(16));
            let started = Instant::now();
            app.browser()
                .sign_in(email, "not the passphrase")
                .await
                .is(401);
            fastest[index] = fastest[index].min(started.elapsed());
        }
    }
    let [known, unknown] = fastest;
    // Without the hash it would be a tenth.
    assert!(unknown * 3 > known, "{known:?} and {unknown:?}");
}

#[tokio::test]
async fn guessing_gets_slower_and_never_locks_anybody_out() {
    let app = TestApp::start().await;
    let guess = || async {
        app.browser()
            .sign_in(&app.owner().email, "not the passphrase")
            .await
    };
    let mut waits = Vec::new();
    for _ in 0..8 {
        let mut answer = guess().await;
        if answer.status() == 429 {
            let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
            app.browser()
                .sign_in(&app.owner().email, PASSPHRASE)
                .await
                .is(429);
            app.clock.advance(Duration::from_secs(wait));
            waits.push(wait);
            answer = guess().await;
        }
        answer.is(401);
    }
    assert!(
        waits.len() >= 3 && waits.is_sorted() && waits.first() < waits.last(),
        "{waits:?}"
    );
    app.clock.advance(Duration::from_mins(1));
    app.browser()
        .sign_in(&app.owner().email, PASSPHRASE)
        .await
        .is(303);
    guess().await.is(401);
}

#[tokio::test]
async fn somebody_who_wanted_elsewhere_gets_there() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let led = browser.open("/keys/new?metadata.name=ci").await;
    led.leads_to("/sign-in?next=%2Fkeys%2Fnew%3Fmetadata.name%3Dci");
    let page = browser.open(led.header("location").unwrap()).await;
    assert!(
        page.is(200).text().contains("name=\"next\""),
        "the form carries it"
    );
    let email = app.owner().email.as_str();
    let wanted = "/keys/new?metadata.name=ci";
    let fields = [
        ("email", email),
        ("passphrase", PASSPHRASE),
        ("next", wanted),
    ];
    browser.submit("/sign-in", &fields).await.leads_to(wanted);
    browser
        .open("/sign-in?next=%2Faccess")
        .await
        .leads_to("/access");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let app = TestApp::start().await;
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
    ] {
        let fields = [
            ("email", app.owner().email.as_str()),
            ("passphrase", PASSPHRASE),
            ("next", elsewhere),
        ];
        let mut browser = app.browser();
        browser.submit("/sign-in", &fields).await.leads_to("/keys");
        let query = serde_urlencoded::to_string([("next", elsewhere)]).unwrap();
        browser
            .open(&format!("/sign-in?{query}"))
            .await
            .leads_to("/keys");
    }
}
