//! The second factor: turned on, asked for, given once, lost and taken away.

use std::sync::Arc;
use std::time::Duration;

use contract::audit::{Action, AuditEvent};
use contract::console::Role;
use contract::factor::{
    CODE_FIELD, CODE_WANTED, FACTOR_CODE_FIELD, FACTOR_WANTED, Factor, RecoveryCodes, Standing,
};
use contract::people::{Legacy, NewPerson, PersonState};
use contract::request::{ListEvents, NewMember, Rotate};
use contract::settings::SettingsChanges;
use contract::text::Email;
use contract::{Kind, Permissions, Timestamp};
use sea_orm::EntityTrait;
use totp_rs::{Builder, Secret, Totp};

use super::bench::PASSPHRASE;
use super::{Bench, issue_request, on_both};
use crate::caller::CONFIRMED_FOR;
use crate::error::Result;
use crate::pepper::Pepper;
use crate::sessions::{self, Credentials, SignIn};
use crate::{
    Caller, Origin, audit, by_hand, callers, entity, factor, keys, members, people, profiles,
    settings, store,
};

on_both!(
    a_factor_counts_once_a_code_was_given,
    a_code_is_asked_for_at_the_sign_in_and_good_once,
    a_code_of_half_a_minute_ago_or_ahead_is_taken_and_no_other,
    a_recovery_code_stands_in_once,
    new_recovery_codes_end_those_before,
    wrong_codes_slow_the_next_down,
    what_a_stolen_session_must_not_do_needs_a_code_of_ten_minutes,
    a_code_with_a_form_confirms_and_is_not_asked_twice,
    a_wrong_code_is_for_the_audit_log_and_an_empty_one_is_no_try,
    a_lost_one_is_taken_away_by_others,
    who_goes_leaves_nothing_of_it,
    turned_off_nothing_is_asked,
    the_database_alone_makes_no_codes,
    asked_of_all_who_lacks_one_holds_nothing,
    only_who_has_one_asks_others_for_it,
);

const MIRA: &str = "mira@northwind.example";
const STEP: Duration = Duration::from_secs(30);

/// An authenticator that was told the secret.
fn authenticator(secret: &str) -> Totp {
    let secret = Secret::try_from_base32(secret).unwrap();
    Builder::new().with_secret(secret).build().unwrap()
}

fn code_at(totp: &Totp, at: Timestamp) -> String {
    let seconds = u64::try_from(at.unix_millis() / 1_000).unwrap();
    totp.generate(seconds).to_string()
}

fn code(bench: &Bench, totp: &Totp) -> String {
    code_at(totp, bench.keyring.clock().now())
}

/// Turns the owner's on. The clock goes on by a step, so that there is a code which was not used.
async fn turned_on(bench: &Bench) -> (Totp, RecoveryCodes) {
    turned_on_by(bench, &bench.owner).await
}

async fn turned_on_by(bench: &Bench, caller: &Caller) -> (Totp, RecoveryCodes) {
    let k = &bench.keyring;
    let enrolment = factor::begin(k, caller, PASSPHRASE.into()).await;
    let totp = authenticator(enrolment.unwrap().secret.expose());
    let codes = factor::turn_on(k, caller, &code(bench, &totp)).await;
    bench.advance(STEP);
    (totp, codes.unwrap())
}

async fn sign_in(bench: &Bench, code: Option<&str>) -> Result<SignIn> {
    let credentials = Credentials {
        email: MIRA,
        passphrase: PASSPHRASE.into(),
        account: None,
        code,
    };
    sessions::sign_in(&bench.keyring, credentials, Origin::default()).await
}

async fn signed_in(bench: &Bench, code: Option<&str>) -> Caller {
    match sign_in(bench, code).await.unwrap() {
        SignIn::Done(signed_in) => signed_in.caller,
        _ => panic!("nothing more is wanted"),
    }
}

async fn now(bench: &Bench, caller: &Caller) -> Result<Caller> {
    callers::refresh(bench.keyring.reader(), caller, bench.keyring.clock().now()).await
}

/// The newest first.
async fn events(bench: &Bench) -> Vec<AuditEvent> {
    let list = ListEvents::default();
    let operator = callers::operator(&bench.keyring, Some(bench.account), Origin::default());
    let events = audit::list(&bench.keyring, &operator.await.unwrap(), list).await;
    events.unwrap().items
}

async fn actions(bench: &Bench) -> Vec<Action> {
    let events = events(bench).await;
    events.iter().map(|event| event.action).collect()
}

/// How many sessions the newest event of this kind says it ended.
async fn ended_by(bench: &Bench, action: Action) -> u64 {
    let events = events(bench).await;
    let event = events.iter().find(|event| event.action == action);
    event.unwrap().details["sessionsEnded"].as_u64().unwrap()
}

/// Why the code was refused, at the field it stands in.
fn refused<T>(outcome: Result<T>, field: &str) -> String {
    let error = outcome.err().unwrap();
    assert_eq!(error.public().kind, Kind::InvalidArgument, "{error}");
    error.public().field(field).unwrap().to_owned()
}

async fn a_factor_counts_once_a_code_was_given(bench: Bench) {
    let k = &bench.keyring;
    let own = async || factor::own(k, &bench.owner).await.unwrap();
    assert_eq!(own().await, Factor::Off);
    let unknown = factor::begin(k, &bench.owner, "not the passphrase".into()).await;
    let denial = unknown.as_ref().unwrap_err().denial().unwrap();
    assert_eq!(denial.reason, Some("wrong passphrase"));
    refused(unknown, "passphrase");
    let early = factor::turn_on(k, &bench.owner, "000000").await;
    assert_eq!(early.unwrap_err().public().kind, Kind::FailedPrecondition);

    let first = factor::begin(k, &bench.owner, PASSPHRASE.into()).await;
    let second = factor::begin(k, &bench.owner, PASSPHRASE.into()).await;
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_ne!(first.secret, second.secret);
    let uri = second.uri.expose();
    assert!(
        uri.starts_with("otpauth://totp/Keyrack:mira%40northwind.example"),
        "{uri}"
    );
    assert!(
        uri.contains(second.secret.expose()) && uri.contains("issuer=Keyrack"),
        "{uri}"
    );
    assert!(second.picture.path.expose().starts_with('M') && second.picture.size > 29);
    assert_eq!(own().await, Factor::Begun);
    // It does not count yet, and the first is over.
    assert!(matches!(sign_in(&bench, None).await, Ok(SignIn::Done(_))));
    let stale = code(&bench, &authenticator(first.secret.expose()));
    let wrong = factor::turn_on(k, &bench.owner, &stale).await;
    let denial = wrong.as_ref().unwrap_err().denial().unwrap();
    assert_eq!(denial.reason, Some("wrong code"));
    refused(wrong, FACTOR_CODE_FIELD);

    let right = code(&bench, &authenticator(second.secret.expose()));
    let codes = factor::turn_on(k, &bench.owner, &right).await.unwrap();
    assert_eq!(codes.0.len(), 10);
    let Factor::On { since, codes_left } = own().await else {
        panic!("it is on");
    };
    assert_eq!((since, codes_left), (k.clock().now(), 10));
    let again = factor::begin(k, &bench.owner, PASSPHRASE.into()).await;
    assert_eq!(again.unwrap_err().public().kind, Kind::FailedPrecondition);
    assert!(matches!(sign_in(&bench, None).await, Ok(SignIn::Code)));
    assert!(actions(&bench).await.contains(&Action::FactorTurnedOn));
}

async fn a_code_is_asked_for_at_the_sign_in_and_good_once(bench: Bench) {
    let (totp, _) = turned_on(&bench).await;
    assert!(matches!(sign_in(&bench, Some(" ")).await, Ok(SignIn::Code)));
    let said = refused(sign_in(&bench, Some("12 34")).await, "code");
    assert!(said.contains("not right"), "{said}");
    let right = code(&bench, &totp);
    // As authenticators show it.
    let spaced = format!(" {} {} ", &right[..3], &right[3..]);
    let caller = signed_in(&bench, Some(&spaced)).await;
    assert_eq!(
        caller.standing(bench.keyring.clock().now()),
        Standing::Confirmed
    );
    let said = refused(sign_in(&bench, Some(&right)).await, "code");
    assert!(said.contains("was used"), "{said}");
    bench.advance(STEP);
    refused(sign_in(&bench, Some(&right)).await, "code");
    signed_in(&bench, Some(&code(&bench, &totp))).await;

    // The passphrase alone tells nobody whether there is one.
    let wrong = Credentials {
        email: MIRA,
        passphrase: "not the passphrase".into(),
        account: None,
        code: Some("123456"),
    };
    let wrong = sessions::sign_in(&bench.keyring, wrong, Origin::default()).await;
    assert_eq!(wrong.err().unwrap().public().kind, Kind::Unauthenticated);
    audit::flush(&bench.keyring).await.unwrap();
    assert!(actions(&bench).await.contains(&Action::SignInRefused));
}

async fn a_code_of_half_a_minute_ago_or_ahead_is_taken_and_no_other(bench: Bench) {
    let (totp, _) = turned_on(&bench).await;
    // Beyond what was used to turn it on.
    bench.advance(STEP * 4);
    let here = bench.keyring.clock().now();
    for far in [here.minus(STEP * 2), here.plus(STEP * 2)] {
        refused(sign_in(&bench, Some(&code_at(&totp, far))).await, "code");
    }
    signed_in(&bench, Some(&code_at(&totp, here.minus(STEP)))).await;
    signed_in(&bench, Some(&code_at(&totp, here.plus(STEP)))).await;
    // What is before one that was taken comes too late.
    refused(sign_in(&bench, Some(&code_at(&totp, here))).await, "code");
}

async fn a_recovery_code_stands_in_once(bench: Bench) {
    let (_, codes) = turned_on(&bench).await;
    let one = codes.0[3].expose().to_owned();
    assert_eq!(one.len(), "XXXXX-XXXXX".len());
    let typed = one.to_lowercase().replace('-', " ");
    let caller = signed_in(&bench, Some(&typed)).await;
    assert_eq!(
        caller.standing(bench.keyring.clock().now()),
        Standing::Confirmed
    );
    refused(sign_in(&bench, Some(&one)).await, "code");
    let left = factor::own(&bench.keyring, &caller).await.unwrap();
    assert!(matches!(left, Factor::On { codes_left: 9, .. }));
    assert!(actions(&bench).await.contains(&Action::RecoveryCodeUsed));
}

async fn new_recovery_codes_end_those_before(bench: Bench) {
    let k = &bench.keyring;
    let (totp, before) = turned_on(&bench).await;
    refused(
        factor::renew_codes(k, &bench.owner, "").await,
        FACTOR_CODE_FIELD,
    );
    let after = factor::renew_codes(k, &bench.owner, &code(&bench, &totp)).await;
    let after = after.unwrap();
    assert_eq!(after.0.len(), 10);
    refused(sign_in(&bench, Some(before.0[0].expose())).await, "code");
    signed_in(&bench, Some(after.0[0].expose())).await;
    assert!(
        actions(&bench)
            .await
            .contains(&Action::RecoveryCodesRenewed)
    );
}

async fn wrong_codes_slow_the_next_down(bench: Bench) {
    let (totp, _) = turned_on(&bench).await;
    for _ in 0..4 {
        refused(sign_in(&bench, Some("000000")).await, "code");
    }
    let right = code(&bench, &totp);
    let early = sign_in(&bench, Some(&right)).await.err().unwrap();
    assert_eq!(early.public().kind, Kind::ResourceExhausted);
    bench.advance(Duration::from_secs(20));
    signed_in(&bench, Some(&code(&bench, &totp))).await;
}

fn newcomer(name: &str) -> NewPerson {
    NewPerson {
        email: Email::parse(&format!("{name}@new.example")).unwrap(),
        role: Role::Member,
        workspaces: std::collections::BTreeSet::new(),
    }
}

/// Everything that needs a code, tried; how many were refused for want of one.
async fn guarded(bench: &Bench, caller: &Caller, round: &str) -> usize {
    let k = &bench.keyring;
    let operator = callers::operator(k, Some(bench.account), Origin::default());
    let operator = operator.await.unwrap();
    let (key, _) = keys::issue(k, &operator, issue_request("ci", &[], &[]))
        .await
        .unwrap();
    let other = bench.somebody("Other", Role::Member).await.profile;
    let workspace = bench.workspace(round).await;
    let stranger = newcomer(&format!("{round}-added")).email;
    let stranger = NewMember::Email(stranger);
    let invited = people::invite(k, &operator, newcomer(&format!("{round}-before")));
    let invited = invited.await.unwrap().person;
    let narrow = SettingsChanges {
        member_permissions: Some(Some(Permissions::default())),
        ..SettingsChanges::default()
    };
    let new = people::invite(k, caller, newcomer(round)).await.map(drop);
    let outcomes = [
        keys::issue(k, caller, issue_request("ci", &[], &[]))
            .await
            .map(drop),
        keys::rotate(k, caller, key.metadata.id, Rotate::default())
            .await
            .map(drop),
        people::set_role(k, caller, other, Role::Admin).await,
        new,
        people::link(k, caller, invited).await.map(drop),
        members::add(k, caller, workspace, stranger).await.map(drop),
        factor::remove(k, caller, other).await,
        audit::export(k, caller, ListEvents::default())
            .await
            .map(drop),
        settings::update(k, caller, narrow).await.map(drop),
        sessions::change_passphrase(k, caller, PASSPHRASE.into(), PASSPHRASE.into()).await,
        people::transfer_ownership(k, caller, other).await,
    ];
    let mut wanting = 0;
    for (at, outcome) in outcomes.iter().enumerate() {
        let Err(error) = outcome else { continue };
        assert_eq!(
            error.public().scope.as_deref(),
            Some(CODE_WANTED),
            "{at}: {error}"
        );
        assert_eq!(error.public().kind, Kind::PermissionDenied);
        assert!(error.denial().is_some(), "it is written down");
        wanting += 1;
    }
    wanting
}

async fn what_a_stolen_session_must_not_do_needs_a_code_of_ten_minutes(bench: Bench) {
    let k = &bench.keyring;
    let (key, token) = bench.key("root", &["*"], &[]).await;
    let (totp, _) = turned_on(&bench).await;
    let caller = signed_in(&bench, Some(&code(&bench, &totp))).await;
    bench.advance(CONFIRMED_FOR);
    assert_eq!(guarded(&bench, &caller, "late").await, 11);
    // Reading, what ends things, and adding who is here to a workspace is done without.
    let here = bench.member("noor@northwind.example", &[]).await.profile;
    let workspace = bench.workspace("open").await;
    members::add(k, &caller, workspace, NewMember::Profile(here))
        .await
        .unwrap();
    keys::disable(k, &caller, key.metadata.id, None)
        .await
        .unwrap();
    keys::enable(k, &caller, key.metadata.id).await.unwrap();
    let again = code(&bench, &totp);
    factor::confirm(k, &now(&bench, &caller).await.unwrap(), &again)
        .await
        .unwrap();
    bench.advance(CONFIRMED_FOR.saturating_sub(Duration::from_millis(1)));
    assert_eq!(guarded(&bench, &caller, "in-time").await, 0);
    // A key has none to ask for.
    let bearer = bench.bearer(&token).await.unwrap();
    keys::issue(k, &bearer, issue_request("ci", &[], &[]))
        .await
        .unwrap();
}

async fn a_code_with_a_form_confirms_and_is_not_asked_twice(bench: Bench) {
    let k = &bench.keyring;
    // Who has none is asked for none.
    factor::confirm(k, &bench.owner, "").await.unwrap();
    let (totp, _) = turned_on(&bench).await;
    bench.advance(CONFIRMED_FOR);
    let caller = now(&bench, &bench.owner).await.unwrap();
    assert_eq!(caller.standing(k.clock().now()), Standing::Stale);
    refused(factor::confirm(k, &caller, "").await, "code");
    let wrong = factor::confirm(k, &caller, "000000").await.unwrap_err();
    assert!(wrong.denial().is_some());
    assert_eq!(wrong.public().scope.as_deref(), Some(CODE_WANTED));
    assert_eq!(wrong.denial().unwrap().reason, Some("wrong code"));
    let right = code(&bench, &totp);
    let confirmed = factor::confirm(k, &caller, &right).await.unwrap();
    let caller = now(&bench, &caller).await.unwrap();
    assert_eq!(confirmed.confirmation, caller.confirmation);
    assert_eq!(caller.standing(k.clock().now()), Standing::Confirmed);
    // The same form once more, because something else in it was wrong.
    factor::confirm(k, &caller, &right).await.unwrap();
    let me = profiles::me(k, &caller, "").await.unwrap();
    assert_eq!((me.factor, me.role), (Standing::Confirmed, Role::Owner));
}

async fn a_wrong_code_is_for_the_audit_log_and_an_empty_one_is_no_try(bench: Bench) {
    let k = &bench.keyring;
    let (totp, _) = turned_on(&bench).await;
    bench.advance(CONFIRMED_FOR);
    let caller = now(&bench, &bench.owner).await.unwrap();
    let all = async |code: &str| {
        [
            factor::turn_off(k, &caller, code).await.unwrap_err(),
            factor::renew_codes(k, &caller, code).await.unwrap_err(),
            factor::confirm(k, &caller, code).await.unwrap_err(),
        ]
    };
    for empty in ["", " ", "", " "] {
        for error in all(empty).await {
            assert_eq!(error.public().kind, Kind::InvalidArgument, "{error}");
            assert!(error.denial().is_none());
        }
    }
    for error in all("000000").await {
        audit::denied(k, error.denial().unwrap(), "POST /account");
    }
    let wrong = factor::turn_off(k, &caller, "000000").await.unwrap_err();
    let scope = wrong.public().scope.as_deref();
    assert_eq!(scope, None, "no other form is to ask for a code");
    let absent = keys::issue(k, &caller, issue_request("ci", &[], &[])).await;
    audit::denied(k, absent.unwrap_err().denial().unwrap(), "POST /account");
    audit::flush(k).await.unwrap();
    let mut reasons = Vec::new();
    for event in events(&bench).await {
        if event.action == Action::RequestRefused {
            assert_eq!(event.target, CODE_WANTED);
            let reason = event.details.get("reason");
            reasons.push(reason.map(|reason| reason.as_str().unwrap().to_owned()));
        }
    }
    assert_eq!(reasons, [None, Some("wrong code".to_owned())]);
    let early = factor::confirm(k, &caller, &code(&bench, &totp)).await;
    assert_eq!(early.unwrap_err().public().kind, Kind::ResourceExhausted);
    refused(factor::confirm(k, &caller, "").await, CODE_FIELD);
}

async fn a_lost_one_is_taken_away_by_others(mut bench: Bench) {
    let k = &bench.keyring.clone();
    let (_, codes) = turned_on(&bench).await;
    let other = bench.somebody("Other", Role::Owner).await;
    let listed = people::get(k, &other, bench.owner.profile).await.unwrap();
    assert!(listed.person.second_factor);
    let own = factor::remove(k, &bench.owner, bench.owner.profile).await;
    assert_eq!(own.unwrap_err().public().kind, Kind::FailedPrecondition);
    factor::remove(k, &other, bench.owner.profile)
        .await
        .unwrap();
    // Whoever got in with it, or without it, is out.
    assert!(now(&bench, &bench.owner).await.is_err());
    assert_eq!(ended_by(&bench, Action::FactorRemoved).await, 1);
    bench.owner = signed_in(&bench, None).await;
    assert_eq!(factor::own(k, &bench.owner).await.unwrap(), Factor::Off);
    // The operator may as well; where there is none, nothing happens.
    let operator = callers::operator(k, Some(bench.account), Origin::default());
    factor::remove(k, &operator.await.unwrap(), bench.owner.profile)
        .await
        .unwrap();
    assert!(now(&bench, &bench.owner).await.is_ok());
    // What was of the one before is good for nothing when another is set up.
    turned_on(&bench).await;
    refused(sign_in(&bench, Some(codes.0[0].expose())).await, "code");
}

async fn who_goes_leaves_nothing_of_it(bench: Bench) {
    let k = &bench.keyring;
    turned_on(&bench).await;
    let other = bench.somebody("Other", Role::Owner).await;
    people::disable(k, &other, bench.owner.profile)
        .await
        .unwrap();
    people::enable(k, &other, bench.owner.profile)
        .await
        .unwrap();
    // Kept out for a while it stays.
    assert!(matches!(sign_in(&bench, None).await, Ok(SignIn::Code)));
    people::remove(k, &other, bench.owner.profile, Legacy::Revoke)
        .await
        .unwrap();
    let row = store::profiles::find(k.reader(), bench.owner.profile).await;
    let row = row.unwrap().unwrap();
    assert_eq!((row.factor_salt, row.factor_since), (None, None));
    let codes = entity::recovery_code::Entity::find().all(k.reader()).await;
    assert!(codes.unwrap().is_empty());
}

async fn turned_off_nothing_is_asked(bench: Bench) {
    let k = &bench.keyring;
    let (totp, _) = turned_on(&bench).await;
    refused(
        factor::turn_off(k, &bench.owner, "000000").await,
        FACTOR_CODE_FIELD,
    );
    let elsewhere = signed_in(&bench, Some(&code(&bench, &totp))).await;
    bench.advance(STEP);
    factor::turn_off(k, &bench.owner, &code(&bench, &totp))
        .await
        .unwrap();
    assert!(now(&bench, &elsewhere).await.is_err());
    assert!(now(&bench, &bench.owner).await.is_ok());
    assert_eq!(ended_by(&bench, Action::FactorTurnedOff).await, 1);
    assert_eq!(factor::own(k, &bench.owner).await.unwrap(), Factor::Off);
    let caller = signed_in(&bench, None).await;
    bench.advance(CONFIRMED_FOR);
    assert_eq!(guarded(&bench, &caller, "off").await, 0);
    // What was only begun is given up without a code, and nobody is signed out.
    let elsewhere = signed_in(&bench, None).await;
    factor::begin(k, &caller, PASSPHRASE.into()).await.unwrap();
    factor::turn_off(k, &caller, "").await.unwrap();
    assert!(now(&bench, &elsewhere).await.is_ok());
    assert_eq!(factor::own(k, &caller).await.unwrap(), Factor::Off);
}

async fn the_database_alone_makes_no_codes(mut bench: Bench) {
    let (totp, codes) = turned_on(&bench).await;
    let recovery = codes.0[0].expose();
    let own = under(&mut bench, Pepper::given(&"p".repeat(32).into()).unwrap());
    for made in [&code(&bench, &totp), recovery] {
        refused(sign_in(&bench, Some(made)).await, "code");
    }
    under(&mut bench, own);
    for made in [&code(&bench, &totp), recovery] {
        signed_in(&bench, Some(made)).await;
    }

    let db = bench.keyring.reader();
    let row = store::profiles::find(db, bench.owner.profile).await;
    let salt = row.unwrap().unwrap().factor_salt.unwrap();
    let secret = totp.secret().as_bytes();
    assert_eq!((salt.len(), secret.len()), (16, 20));
    assert!(!secret.windows(16).any(|part| part == salt));
    let kept = entity::recovery_code::Entity::find().all(db).await.unwrap();
    assert_eq!(kept.len(), 10);
    for row in kept {
        for code in &codes.0 {
            for form in [code.expose(), &by_hand::canonical(code.expose())] {
                let is_in = |digest: &[u8]| {
                    digest
                        .windows(form.len())
                        .any(|part| part == form.as_bytes())
                };
                assert!(!is_in(&row.digest));
            }
        }
    }
}

/// Goes on with another pepper on the same database, and gives the one before.
fn under(bench: &mut Bench, pepper: Pepper) -> Pepper {
    let inner = Arc::get_mut(&mut bench.keyring.0).expect("nobody else has it");
    std::mem::replace(&mut inner.pepper, pepper)
}

fn require(required: bool) -> SettingsChanges {
    SettingsChanges {
        require_second_factor: Some(Some(required)),
        ..SettingsChanges::default()
    }
}

async fn asked_of_all_who_lacks_one_holds_nothing(bench: Bench) {
    let k = &bench.keyring;
    turned_on(&bench).await;
    let admin = bench.somebody("Admin", Role::Admin).await;
    let member = bench.member("noor@northwind.example", &[]).await;
    let (_, token) = keys::issue(k, &admin, issue_request("ci", &[], &[]))
        .await
        .unwrap();
    settings::update(k, &bench.owner, require(true))
        .await
        .unwrap();

    let lacking = now(&bench, &admin).await.unwrap();
    assert!(lacking.lacks_factor() && lacking.permissions().is_empty());
    assert_eq!(lacking.role(), Some(Role::Member));
    let me = profiles::me(k, &lacking, "").await.unwrap();
    assert_eq!((me.factor, me.role), (Standing::Missing, Role::Admin));
    // What they were told when their request came in counts no more.
    for refused in [
        keys::issue(k, &admin, issue_request("ci", &[], &[]))
            .await
            .map(drop),
        settings::get(k, &lacking).await.map(drop),
        people::list(k, &lacking, "", None).await.map(drop),
        people::set_role(k, &admin, member.profile, Role::Admin).await,
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.public().kind, Kind::PermissionDenied);
        assert_eq!(error.public().scope.as_deref(), Some(FACTOR_WANTED));
    }
    // Their keys, members, and who has one are not asked.
    bench.bearer(&token).await.unwrap();
    let member = now(&bench, &member).await.unwrap();
    assert!(!member.permissions().is_empty() && !member.lacks_factor());
    let owner = now(&bench, &bench.owner).await.unwrap();
    assert_eq!(owner.role(), Some(Role::Owner));

    settings::update(k, &bench.owner, require(false))
        .await
        .unwrap();
    let admin = now(&bench, &admin).await.unwrap();
    assert_eq!(admin.role(), Some(Role::Admin));
    let state = people::get(k, &bench.owner, admin.profile).await.unwrap();
    assert_eq!(state.person.state, PersonState::Active);
}

async fn only_who_has_one_asks_others_for_it(bench: Bench) {
    let k = &bench.keyring;
    let (_, token) = bench.key("root", &["*"], &[]).await;
    let bearer = bench.bearer(&token).await.unwrap();
    for caller in [&bench.owner, &bearer] {
        let refused = settings::update(k, caller, require(true)).await;
        self::refused(refused, "people.requireSecondFactor");
    }
    turned_on(&bench).await;
    settings::update(k, &bench.owner, require(true))
        .await
        .unwrap();
    // Whoever lacks one turns theirs on and holds what they held.
    let admin = bench.member("noor@northwind.example", &[]).await;
    people::set_role(k, &bench.owner, admin.profile, Role::Admin)
        .await
        .unwrap();
    let lacking = now(&bench, &admin).await.unwrap();
    assert!(lacking.lacks_factor() && lacking.permissions().is_empty());
    turned_on_by(&bench, &lacking).await;
    let holding = now(&bench, &admin).await.unwrap();
    assert!(!holding.lacks_factor());
    assert_eq!(holding.role(), Some(Role::Admin));
    settings::get(k, &holding).await.unwrap();
    settings::update(k, &bearer, require(false)).await.unwrap();
}
