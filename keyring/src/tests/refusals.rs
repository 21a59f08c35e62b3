//! Who was refused is written down, and cannot fill the disk by it.

use std::time::Duration;

use contract::audit::{Action, AuditEvent, EntranceKind};
use contract::page::PageRequest;
use contract::request::ListEvents;
use sea_orm::ConnectionTrait;
use secrecy::SecretString;

use super::{Bench, issue_request, on_both};
use crate::sessions::Credentials;
use crate::{Caller, Origin, audit, keys, sessions};

on_both!(
    a_refused_request_is_written_once_and_counted,
    a_refused_sign_in_is_written_where_it_is_known_whose,
    nobody_fills_the_disk_by_being_refused,
    what_cannot_be_written_waits,
);

async fn refused(bench: &Bench) -> Vec<AuditEvent> {
    audit::flush(&bench.keyring).await.unwrap();
    let list = ListEvents {
        refused: true,
        page: PageRequest {
            cursor: None,
            limit: Some(100),
        },
        ..ListEvents::default()
    };
    let page = audit::list(&bench.keyring, &bench.owner, list)
        .await
        .unwrap();
    page.items
}

async fn reader(bench: &Bench) -> Caller {
    let (_, token) = bench.key("reader", &["api_keys:read"], &[]).await;
    bench.bearer(&token).await.unwrap()
}

/// Is refused, and tells as the server does.
async fn try_to_issue(bench: &Bench, caller: &Caller, request: &str) {
    let error = keys::issue(&bench.keyring, caller, issue_request("x", &[], &[])).await;
    let denial = error.err().unwrap().denial().expect("it says whose it was");
    audit::denied(&bench.keyring, denial, request);
}

async fn a_refused_request_is_written_once_and_counted(bench: Bench) {
    let caller = reader(&bench).await;
    for _ in 0..5 {
        try_to_issue(&bench, &caller, "POST /v1/account/api_keys").await;
    }
    let events = refused(&bench).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(
        (event.action, event.target.as_str()),
        (Action::RequestRefused, "api_keys:manage")
    );
    assert_eq!(event.target_name, "POST /v1/account/api_keys");
    assert_eq!(
        (event.actor.name.as_str(), event.actor.entrance),
        ("reader", EntranceKind::Key)
    );
    assert!(event.details.is_empty());

    try_to_issue(&bench, &caller, "POST /keys/new").await;
    assert_eq!(
        refused(&bench).await.len(),
        2,
        "another request is another refusal"
    );
    bench.advance(Duration::from_mins(10));
    try_to_issue(&bench, &caller, "POST /v1/account/api_keys").await;
    let events = refused(&bench).await;
    assert_eq!(events.len(), 3);
    assert_eq!(events[0].details["repeated"], 4);
    let whole = audit::verify(&bench.keyring, &bench.owner, None)
        .await
        .unwrap();
    assert!(matches!(whole, audit::Trail::Whole(Some(_))));
}

async fn a_refused_sign_in_is_written_where_it_is_known_whose(bench: Bench) {
    let origin = Origin {
        address: Some("192.0.2.7".parse().unwrap()),
        ..Origin::default()
    };
    for email in ["mira@northwind.example", "nobody@northwind.example"] {
        let wrong = Credentials {
            email,
            passphrase: SecretString::from("not the passphrase"),
            account: None,
            code: None,
        };
        let refused = sessions::sign_in(&bench.keyring, wrong, origin.clone());
        assert!(refused.await.is_err());
    }
    let events = refused(&bench).await;
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(
        (event.action, event.actor.entrance),
        (Action::SignInRefused, EntranceKind::SignIn)
    );
    assert_eq!(event.target, bench.owner.profile.to_string());
    assert_eq!(event.address.as_deref(), Some("192.0.2.7"));
    assert_eq!(event.details["reason"], "wrong passphrase");
}

async fn nobody_fills_the_disk_by_being_refused(bench: Bench) {
    let caller = reader(&bench).await;
    let many = async || {
        for index in 0..500 {
            try_to_issue(&bench, &caller, &format!("GET /{index}")).await;
        }
        audit::flush(&bench.keyring).await.unwrap();
    };
    let before = audit::head(&bench.keyring, &bench.owner)
        .await
        .unwrap()
        .unwrap();
    many().await;
    many().await;
    let after = audit::head(&bench.keyring, &bench.owner)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(after.sequence - before.sequence, 200);

    bench.advance(Duration::from_hours(1));
    try_to_issue(&bench, &caller, "GET /one-more").await;
    let events = refused(&bench).await;
    // 300 in the first round; in the second, 300 again; 200 repeated what had been written.
    assert_eq!(events[0].details["unwritten"], 800);
}

async fn what_cannot_be_written_waits(bench: Bench) {
    let caller = reader(&bench).await;
    let writer = bench.keyring.0.database.writer_for_tests();
    let rename = |from: &str, to: &str| format!("ALTER TABLE {from} RENAME TO {to}");
    writer
        .execute_unprepared(&rename("audit_event", "elsewhere"))
        .await
        .unwrap();
    try_to_issue(&bench, &caller, "POST /keys/new").await;
    assert!(audit::flush(&bench.keyring).await.is_err());
    writer
        .execute_unprepared(&rename("elsewhere", "audit_event"))
        .await
        .unwrap();
    assert_eq!(refused(&bench).await.len(), 1);
}
