//! A request with an idempotency key is carried out once.

use std::time::Duration;

use contract::Kind;
use secrecy::ExposeSecret;

use super::{Bench, issue_request, on_both};
use crate::idempotency::{Answer, Begun, KEPT, Presented, SECRET_KEPT, abandon, begin, finish};
use crate::{Caller, Result, keys};

on_both!(
    an_answer_is_replayed_for_a_day_and_its_token_for_ten_minutes,
    a_key_belongs_to_one_request_and_one_caller,
    what_was_not_carried_out_gives_its_key_back,
    what_was_carried_out_is_never_carried_out_again,
    a_token_comes_back_only_to_who_has_all_three,
);

const KEY: &str = "0198-deploy";

fn presented<'a>(request: &'a [u8], bearer: &'a str) -> Presented<'a> {
    Presented {
        key: KEY,
        request,
        bearer,
    }
}

fn answer(token: Option<&str>) -> Answer {
    Answer {
        status: 200,
        body: b"{}".to_vec(),
        secret: token.map(Into::into),
    }
}

async fn ask(bench: &Bench, caller: &Caller, request: &[u8], bearer: &str) -> Result<Begun> {
    begin(&bench.keyring, caller.clone(), &presented(request, bearer)).await
}

async fn carried_out(bench: &Bench, token: &str) {
    let Begun::New(_, claim) = ask(bench, &bench.owner, b"a", "bearer").await.unwrap() else {
        panic!("the key is new");
    };
    finish(
        &bench.keyring,
        &claim,
        &presented(b"a", "bearer"),
        answer(Some(token)),
    )
    .await
    .unwrap();
}

async fn token_again(bench: &Bench, bearer: &str) -> Option<String> {
    let Begun::Answered(answer) = ask(bench, &bench.owner, b"a", bearer).await.unwrap() else {
        panic!("it was answered before");
    };
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"{}"[..]));
    answer
        .secret
        .map(|secret| secret.expose_secret().to_owned())
}

async fn an_answer_is_replayed_for_a_day_and_its_token_for_ten_minutes(bench: Bench) {
    carried_out(&bench, "kr_secret").await;
    bench.advance(SECRET_KEPT.saturating_sub(Duration::from_millis(1)));
    assert_eq!(
        token_again(&bench, "bearer").await.as_deref(),
        Some("kr_secret")
    );
    bench.advance(Duration::from_millis(1));
    assert_eq!(token_again(&bench, "bearer").await, None);
    bench.advance(KEPT.saturating_sub(SECRET_KEPT + Duration::from_millis(1)));
    assert_eq!(token_again(&bench, "bearer").await, None);
    bench.advance(Duration::from_millis(1));
    let again = ask(&bench, &bench.owner, b"a", "bearer").await.unwrap();
    assert!(matches!(again, Begun::New(..)), "a day has passed");
}

async fn a_key_belongs_to_one_request_and_one_caller(bench: Bench) {
    carried_out(&bench, "kr_secret").await;
    let other = ask(&bench, &bench.owner, b"b", "bearer").await;
    assert_eq!(other.err().unwrap().public().kind, Kind::Unprocessable);
    let (_, token) = bench.key("ci", &["api_keys:manage"], &[]).await;
    let somebody = bench.bearer(&token).await.unwrap();
    let theirs = ask(&bench, &somebody, b"b", token.expose()).await.unwrap();
    assert!(
        matches!(theirs, Begun::New(..)),
        "keys of callers are apart"
    );
    for bad in ["", &"x".repeat(256), "ä", "a\nb"] {
        let presented = Presented {
            key: bad,
            request: b"a",
            bearer: "",
        };
        let refused = begin(&bench.keyring, bench.owner.clone(), &presented).await;
        let error = refused.err().unwrap();
        assert!(error.public().field("Idempotency-Key").is_some(), "{bad:?}");
    }
}

async fn what_was_not_carried_out_gives_its_key_back(bench: Bench) {
    let Begun::New(_, claim) = ask(&bench, &bench.owner, b"a", "").await.unwrap() else {
        panic!("the key is new");
    };
    let meanwhile = ask(&bench, &bench.owner, b"a", "").await.err().unwrap();
    assert_eq!(meanwhile.public().kind, Kind::Aborted);
    assert!(!meanwhile.public().hopeless, "it makes sense to wait");
    abandon(&bench.keyring, &claim).await.unwrap();
    let again = ask(&bench, &bench.owner, b"b", "").await.unwrap();
    assert!(matches!(again, Begun::New(..)), "even for another request");
    // Its server died: nothing was committed, and nobody will ever finish it.
    bench.advance(Duration::from_mins(3));
    let later = ask(&bench, &bench.owner, b"b", "").await.unwrap();
    assert!(matches!(later, Begun::New(..)));
}

async fn what_was_carried_out_is_never_carried_out_again(bench: Bench) {
    let Begun::New(caller, claim) = ask(&bench, &bench.owner, b"a", "").await.unwrap() else {
        panic!("the key is new");
    };
    keys::issue(&bench.keyring, &caller, issue_request("once", &[], &[]))
        .await
        .unwrap();
    // The server dies before it keeps the answer, or the answer breaks.
    abandon(&bench.keyring, &claim).await.unwrap();
    bench.advance(Duration::from_mins(3));
    let again = ask(&bench, &bench.owner, b"a", "").await.err().unwrap();
    assert_eq!(again.public().kind, Kind::Aborted);
    assert!(again.public().hopeless);
    assert_eq!(bench.key_names().await, ["once"]);
}

async fn a_token_comes_back_only_to_who_has_all_three(bench: Bench) {
    carried_out(&bench, "kr_secret").await;
    assert_eq!(token_again(&bench, "another bearer").await, None);
    assert_eq!(
        token_again(&bench, "bearer").await.as_deref(),
        Some("kr_secret")
    );
}
