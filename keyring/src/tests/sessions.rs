//! Sessions as people see them, and passphrases.

use contract::console::Role;
use contract::people::SessionRow;
use contract::{Kind, ProfileId};
use secrecy::ExposeSecret;

use super::bench::{PASSPHRASE, sign_in};
use super::{Bench, on_both};
use crate::sessions::{self, SignedIn};
use crate::{Caller, Origin, people};

on_both!(
    one_or_all_others_are_ended,
    admins_end_those_of_others,
    a_new_passphrase_needs_the_present_one_and_ends_other_sessions,
    guessing_the_present_passphrase_is_slowed_down,
    who_was_here_is_seen,
);

const MIRA: &str = "mira@northwind.example";
const NEW: &str = "eleven quiet herons at dusk";

async fn mira(bench: &Bench) -> SignedIn {
    sign_in(&bench.keyring, MIRA, PASSPHRASE).await.unwrap()
}

async fn lives(bench: &Bench, session: &SignedIn) -> bool {
    let cookie = session.cookie.expose_secret();
    let found = sessions::authenticate(&bench.keyring, cookie, Origin::default()).await;
    found.unwrap().is_some()
}

async fn own(bench: &Bench, caller: &Caller) -> Vec<SessionRow> {
    sessions::own(&bench.keyring, caller).await.unwrap()
}

async fn one_or_all_others_are_ended(bench: Bench) {
    let k = &bench.keyring;
    let (here, there) = (mira(&bench).await, mira(&bench).await);
    let listed = own(&bench, &here.caller).await;
    // The bench signed her in as well.
    assert_eq!(listed.len(), 3);
    assert_eq!(listed.iter().filter(|row| row.current).count(), 1);
    let other = own(&bench, &there.caller).await;
    let other = other.iter().find(|row| row.current).unwrap();
    sessions::end(k, &here.caller, other.id).await.unwrap();
    assert!(!lives(&bench, &there).await && lives(&bench, &here).await);
    let again = sessions::end(k, &here.caller, other.id).await;
    assert_eq!(again.unwrap_err().public().kind, Kind::NotFound);
    sessions::end_all(k, &here.caller, here.caller.profile)
        .await
        .unwrap();
    assert!(lives(&bench, &here).await);
    assert_eq!(own(&bench, &here.caller).await.len(), 1);
}

async fn admins_end_those_of_others(bench: Bench) {
    let k = &bench.keyring;
    let admin = bench.somebody("Admin", Role::Admin).await;
    let member = bench.somebody("Member", Role::Member).await;
    let id_of = async |caller: &Caller| own(&bench, caller).await[0].id;
    let (admins, members) = (id_of(&admin).await, id_of(&member).await);
    let denied = sessions::end(k, &member, admins).await;
    assert_eq!(denied.unwrap_err().public().kind, Kind::PermissionDenied);
    let owners = id_of(&bench.owner).await;
    let denied = sessions::end(k, &admin, owners).await;
    assert_eq!(denied.unwrap_err().public().kind, Kind::PermissionDenied);
    sessions::end(k, &admin, members).await.unwrap();
    assert!(own(&bench, &member).await.is_empty());
    sessions::end_all(k, &bench.owner, admin.profile)
        .await
        .unwrap();
    assert!(own(&bench, &admin).await.is_empty());
    let nobody = ProfileId::from_uuid(uuid::Uuid::from_u128(7));
    let missing = sessions::end_all(k, &bench.owner, nobody).await;
    assert_eq!(missing.unwrap_err().public().kind, Kind::NotFound);
}

async fn a_new_passphrase_needs_the_present_one_and_ends_other_sessions(bench: Bench) {
    let k = &bench.keyring;
    let (here, there) = (mira(&bench).await, mira(&bench).await);
    let change = async |current: &str, new: &str| {
        sessions::change_passphrase(k, &here.caller, current.into(), new.into()).await
    };
    let wrong = change("not the present passphrase", NEW).await.unwrap_err();
    assert!(wrong.public().field("passphrase").is_some());
    let weak = change(PASSPHRASE, "aaaaaaaaaaaaaaaaaaaa")
        .await
        .unwrap_err();
    assert!(weak.public().field("newPassphrase").is_some());
    assert!(lives(&bench, &there).await);
    change(PASSPHRASE, NEW).await.unwrap();
    assert!(lives(&bench, &here).await && !lives(&bench, &there).await);
    assert!(sign_in(k, MIRA, PASSPHRASE).await.is_err());
    sign_in(k, MIRA, NEW).await.unwrap();
}

async fn guessing_the_present_passphrase_is_slowed_down(bench: Bench) {
    let k = &bench.keyring;
    let guess = async || {
        let outcome = sessions::change_passphrase(
            k,
            &bench.owner,
            "not the present passphrase".into(),
            NEW.into(),
        );
        outcome.await.unwrap_err().public().kind
    };
    let kinds = [guess().await, guess().await, guess().await, guess().await];
    assert_eq!(kinds, [Kind::InvalidArgument; 4]);
    assert_eq!(guess().await, Kind::ResourceExhausted);
}

async fn who_was_here_is_seen(bench: Bench) {
    let k = &bench.keyring;
    let here = mira(&bench).await;
    let seen = async || {
        let view = people::get(k, &bench.owner, here.caller.profile).await;
        view.unwrap().person.last_seen_at.unwrap()
    };
    let first = seen().await;
    bench.advance(std::time::Duration::from_mins(5));
    assert!(lives(&bench, &here).await);
    let later = seen().await;
    assert_eq!(later.since(first).as_secs(), 300);
    sessions::sign_out(k, &here.caller).await.unwrap();
    assert_eq!(seen().await, later, "it stays when the session is gone");
}
