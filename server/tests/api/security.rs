//! Headers of every answer, and who may ask for a change.

use crate::support::{PASSPHRASE, TestApp};

#[tokio::test]
async fn every_answer_carries_the_headers_that_protect_a_browser() {
    let app = TestApp::start().await;
    for path in ["/sign-in", "/v1/whoami", "/nothing", "/healthz"] {
        let answer = app.get(path).header("accept", "text/html").await;
        answer
            .has("x-content-type-options", "nosniff")
            .has("cross-origin-resource-policy", "same-origin");
        let policy = answer
            .header("content-security-policy")
            .unwrap_or_default()
            .to_owned();
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        // What programs ask for may load nothing at all.
        let loads = policy.contains("script-src 'self'") && policy.contains("'wasm-unsafe-eval'");
        assert_eq!(loads, !path.starts_with("/v1/"), "{path}: {policy}");
        for never in [
            "'unsafe-inline'",
            "'unsafe-eval'",
            "'strict-dynamic'",
            "*",
            "http:",
        ] {
            assert!(!policy.contains(never), "{path}: {policy}");
        }
        // What only a page can do.
        for of_page in [
            "permissions-policy",
            "referrer-policy",
            "cross-origin-opener-policy",
        ] {
            let there = answer.header(of_page).is_some();
            assert_eq!(there, !path.starts_with("/v1/"), "{path}: {of_page}");
        }
        assert_eq!(
            answer.header("strict-transport-security"),
            None,
            "not on plain http"
        );
    }
}

#[tokio::test]
async fn each_page_has_its_own_nonce_on_its_own_scripts() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut nonces = Vec::new();
    for _ in 0..2 {
        let page = browser.open("/sign-in").await;
        let policy = page
            .is(200)
            .header("content-security-policy")
            .unwrap()
            .to_owned();
        let nonce = policy
            .split("'nonce-")
            .nth(1)
            .and_then(|rest| rest.split('\'').next())
            .unwrap();
        assert!(nonce.len() >= 22, "128 bits");
        let html = page.text();
        let scripts = html.matches("<script").count();
        let named = html.matches(&format!("nonce=\"{nonce}\"")).count();
        assert!(
            scripts > 0 && named >= scripts,
            "{scripts} scripts, {named} nonces"
        );
        nonces.push(nonce.to_owned());
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn on_https_transport_security_and_the_host_prefix() {
    let app = TestApp::configured(&[("KEYRACK_PUBLIC_URL", "https://keys.example.com")]).await;
    let account = app.account("mira@northwind.example").await;
    app.get("/healthz")
        .await
        .has("strict-transport-security", "max-age=31536000");
    let answer = app.browser().sign_in(&account.email, PASSPHRASE).await;
    let cookie = answer.is(303).header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.starts_with("__Host-keyrack=") && cookie.contains("; Secure"),
        "{cookie}"
    );
    assert!(
        cookie.contains("; Path=/;") && !cookie.contains("Domain"),
        "{cookie}"
    );
}

#[tokio::test]
async fn on_loopback_http_a_plain_name_and_still_http_only() {
    let app = TestApp::start().await;
    let answer = app.browser().sign_in(&app.owner().email, PASSPHRASE).await;
    let cookie = answer.is(303).header("set-cookie").unwrap().to_owned();
    assert!(
        cookie.starts_with("keyrack=") && !cookie.contains("Secure"),
        "{cookie}"
    );
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
}

#[tokio::test]
async fn a_change_that_another_site_asks_for_is_refused() {
    let app = TestApp::start().await;
    let browser = app.signed_in().await;
    let cookie = format!("keyrack={}", browser.cookie("keyrack").unwrap());
    let posts = || {
        let form = app
            .post("/workspaces/new")
            .form(&[("metadata.name", "made")]);
        let json = app
            .post("/_fn/workspaces.list")
            .json(serde_json::json!({"archived": false}));
        [form, json].map(|call| call.header("cookie", cookie.as_str()))
    };
    for headers in [
        &[][..],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", app.public_url.as_str()),
        ],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://localhost")],
    ] {
        for call in posts() {
            let call = headers
                .iter()
                .fold(call, |call, (name, value)| call.header(name, *value));
            call.await.is(403).code("PERMISSION_DENIED");
        }
    }
    for headers in [
        ("sec-fetch-site", "same-origin"),
        ("origin", app.public_url.as_str()),
    ] {
        for call in posts() {
            let answer = call.header(headers.0, headers.1).await;
            assert!(
                answer.status() < 400,
                "{}: {}",
                answer.status(),
                answer.text()
            );
        }
    }
}

#[tokio::test]
async fn another_site_cannot_sign_somebody_in() {
    let app = TestApp::start().await;
    let fields = [
        ("email", app.owner().email.as_str()),
        ("passphrase", PASSPHRASE),
    ];
    let answer = app
        .post("/sign-in")
        .form(&fields)
        .header("sec-fetch-site", "cross-site")
        .await;
    answer.is(403);
    assert_eq!(answer.header("set-cookie"), None);
    let program = app.post("/sign-in").form(&fields).await;
    program.is(303);
}

#[tokio::test]
async fn nothing_changes_over_get() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    let key = app.key([]).await;
    for path in ["grant", "ungrant", "enable", "end-grace"] {
        let answer = browser.open(&format!("/keys/{}/{path}", key.id)).await;
        assert!(
            [404, 405].contains(&answer.status()),
            "{path}: {}",
            answer.status()
        );
    }
    for path in ["/sign-out", "/theme", "/_fn/keys.revoke"] {
        let answer = browser.open(path).await;
        assert!(
            [404, 405].contains(&answer.status()),
            "{path}: {}",
            answer.status()
        );
    }
    app.get("/v1/whoami").bearer(&key).await.is(200);
}

#[tokio::test]
async fn no_page_is_kept_by_the_browser() {
    let app = TestApp::start().await;
    let mut browser = app.signed_in().await;
    for path in ["/keys", "/access", "/workspaces", "/keys/new"] {
        browser
            .open(path)
            .await
            .is(200)
            .has("cache-control", "no-store");
    }
    app.browser()
        .open("/keys")
        .await
        .has("cache-control", "no-store");
}
