//! First start, signing in, sessions.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::console::{Role, SetupState};
use contract::error::Kind;
use contract::form::NewOwner;

use super::bench::{self, PASSPHRASE, START, data_dir, open, sqlite_url};
use super::{Bench, fields, on_both};
use crate::{Clock, Origin, passphrase, sessions, setup, store};

on_both!(
    sessions_end_when_idle_too_old_or_signed_out,
    the_wrong_passphrase_and_the_unknown_person_get_one_answer,
    guessing_is_slowed_down_and_never_locked_out,
    an_old_hash_is_renewed_unless_another_took_its_place,
);

fn owner() -> NewOwner {
    NewOwner::from_form(&fields(&[
        ("code", "x"),
        ("account", "Northwind"),
        ("name", "Mira Lindqvist"),
        ("email", "mira@northwind.example"),
        ("passphrase", PASSPHRASE),
    ]))
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_setup_code_makes_one_owner_however_many_claim() {
    let dir = data_dir();
    let keyring = open(dir.path(), sqlite_url(dir.path()), Clock::manual(START)).await;
    keyring.migrate().await.unwrap();
    assert_eq!(setup::state(&keyring).await.unwrap(), SetupState::Open);
    let code = setup::offer(&keyring).await.unwrap().unwrap().to_string();
    assert_eq!(code.len(), "XXXX-XXXX-XXXX".len());

    let mut claims = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (keyring, code) = (keyring.clone(), code.clone());
        claims.spawn(async move {
            setup::claim(
                &keyring,
                &code,
                owner(),
                PASSPHRASE.into(),
                Origin::default(),
            )
            .await
        });
    }
    let outcomes = claims.join_all().await;
    let won: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| outcome.as_ref().ok())
        .collect();
    assert_eq!(won.len(), 1);
    assert_eq!(won[0].caller.role(), Some(Role::Owner));
    for lost in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert!(
            matches!(
                lost.public().kind,
                Kind::FailedPrecondition | Kind::Unavailable | Kind::ResourceExhausted
            ),
            "{lost}"
        );
    }
    assert_eq!(setup::state(&keyring).await.unwrap(), SetupState::Done);
    assert!(
        setup::offer(&keyring).await.unwrap().is_none(),
        "nobody is offered a second code"
    );
}

#[tokio::test]
async fn the_setup_code_expires_is_replaced_and_forgives_how_it_is_typed() {
    let dir = data_dir();
    let clock = Clock::manual(START);
    let keyring = open(dir.path(), sqlite_url(dir.path()), clock.clone()).await;
    keyring.migrate().await.unwrap();
    let claim = async |code: &str| {
        setup::claim(
            &keyring,
            code,
            owner(),
            PASSPHRASE.into(),
            Origin::default(),
        )
        .await
    };
    let first = setup::offer(&keyring).await.unwrap().unwrap().to_string();
    let second = setup::offer(&keyring).await.unwrap().unwrap().to_string();
    assert!(
        claim(&first)
            .await
            .err()
            .unwrap()
            .public()
            .field("code")
            .is_some()
    );
    clock.advance(setup::LIFETIME);
    assert!(claim(&second).await.is_err(), "over at the instant");
    let third = setup::offer(&keyring).await.unwrap().unwrap().to_string();
    let typed = third
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o")
        .replace('1', "l");
    assert!(claim(&typed).await.is_ok());
}

async fn sessions_end_when_idle_too_old_or_signed_out(bench: Bench) {
    let sign_in = async || {
        let signed_in = bench::sign_in(&bench.keyring, "Mira@Northwind.example ", PASSPHRASE);
        signed_in.await.unwrap()
    };
    let authenticate = async |signed_in: &sessions::SignedIn| {
        let cookie = secrecy::ExposeSecret::expose_secret(&signed_in.cookie).to_owned();
        sessions::authenticate(&bench.keyring, &cookie, Origin::default())
            .await
            .unwrap()
    };
    let idle = sign_in().await;
    assert_eq!(authenticate(&idle).await.unwrap().name(), "Mira Lindqvist");
    bench.advance(sessions::IDLE_LIMIT);
    assert!(authenticate(&idle).await.is_none());

    let busy = sign_in().await;
    let steps = sessions::ABSOLUTE_LIMIT.as_secs() / 3600;
    for _ in 1..steps {
        bench.advance(Duration::from_hours(1));
        assert!(authenticate(&busy).await.is_some());
    }
    bench.advance(Duration::from_hours(1));
    assert!(
        authenticate(&busy).await.is_none(),
        "however much it was used"
    );

    let one = sign_in().await;
    let other = sign_in().await;
    sessions::sign_out(&bench.keyring, &one.caller)
        .await
        .unwrap();
    assert!(authenticate(&one).await.is_none());
    assert!(authenticate(&other).await.is_some());
    sessions::sign_out(&bench.keyring, &one.caller)
        .await
        .expect("who is signed out already is signed out");
    assert!(
        sessions::authenticate(&bench.keyring, "made up", Origin::default())
            .await
            .unwrap()
            .is_none()
    );
    let cookies: BTreeSet<_> = [&one, &other]
        .map(|s| secrecy::ExposeSecret::expose_secret(&s.cookie).to_owned())
        .into();
    assert_eq!(cookies.len(), 2);
}

async fn the_wrong_passphrase_and_the_unknown_person_get_one_answer(bench: Bench) {
    let answer = async |email: &str, passphrase: &str| {
        let outcome = bench::sign_in(&bench.keyring, email, passphrase).await;
        outcome.err().unwrap().public().clone()
    };
    let wrong = answer("mira@northwind.example", "marble otter walks downstream").await;
    assert_eq!(wrong, answer("nobody@northwind.example", PASSPHRASE).await);
    assert_eq!(wrong, answer("not an address", PASSPHRASE).await);
    assert_eq!(wrong.kind, Kind::Unauthenticated);
}

async fn guessing_is_slowed_down_and_never_locked_out(bench: Bench) {
    let try_with = async |passphrase: &str| {
        bench::sign_in(&bench.keyring, "mira@northwind.example", passphrase).await
    };
    for _ in 0..4 {
        assert_eq!(
            try_with("wrong").await.err().unwrap().public().kind,
            Kind::Unauthenticated
        );
    }
    let slowed = try_with(PASSPHRASE).await.err().unwrap();
    assert_eq!(slowed.public().kind, Kind::ResourceExhausted);
    bench.advance(Duration::from_secs(
        slowed.public().retry_after.unwrap().into(),
    ));
    assert!(try_with(PASSPHRASE).await.is_ok());
}

async fn an_old_hash_is_renewed_unless_another_took_its_place(bench: Bench) {
    let owner = bench.owner.profile;
    let (db, id) = (bench.keyring.0.database.writer_for_tests(), owner.uuid());
    let stored = async || {
        let person = store::profiles::find(db, owner).await.unwrap();
        person.unwrap().password_hash.unwrap()
    };
    let old = passphrase::old_hash(PASSPHRASE);
    store::profiles::renew_password_hash(db, id, &stored().await, &old)
        .await
        .unwrap();
    bench::person(&bench.keyring, "mira@northwind.example").await;
    let renewed = stored().await;
    assert_ne!(renewed, old);
    bench::person(&bench.keyring, "mira@northwind.example").await;
    assert_eq!(stored().await, renewed, "it is of today");

    // A sign-in that had checked the old one comes late.
    store::profiles::renew_password_hash(db, id, &old, "late")
        .await
        .unwrap();
    assert_eq!(stored().await, renewed);
}
