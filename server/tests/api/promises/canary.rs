//! A token is shown once. Here: on the disk, in the log, in the audit trail, in later answers.
//! (The browser's side is a journey in `end2end`.)

use std::path::Path;

use serde_json::json;

use crate::account::api_keys::KEYS;
use crate::support::{TestApp, log};

/// Every file below a folder, whole.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((
                path.display().to_string(),
                std::fs::read(&path).unwrap_or_default(),
            ));
        }
    }
    found
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
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
    // Where people paste tokens by mistake.
    app.get(&format!("{KEYS}/{second}"))
        .bearer(&admin)
        .await
        .is(404);
    app.get(&format!("/{second}")).await.is(404);
    app.get(&format!("{KEYS}?query={second}&cursor={second}"))
        .bearer(&admin)
        .await
        .is(400);

    let mut later = Vec::new();
    for path in [
        format!("{KEYS}?includeInfo=true"),
        format!("{KEYS}/{id}"),
        "/v1/whoami".to_owned(),
    ] {
        later.push((
            path.clone(),
            app.get(&path).bearer(&admin).await.text().into_bytes(),
        ));
    }
    let mut browser = app.signed_in().await;
    for path in [
        "/keys".to_owned(),
        format!("/keys/{id}"),
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
        for token in [&first, &second, &admin.token] {
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
    assert!(second.ends_with(ending) && ending.len() <= 8, "{hint}");
    assert!(
        on_disk
            .iter()
            .any(|(_, content)| holds(content, ending.as_bytes())),
        "its hint is"
    );
}
