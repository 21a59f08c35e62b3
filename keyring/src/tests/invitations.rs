//! Invitations: a link lets one person in, once, until it is over.

use std::collections::BTreeSet;
use std::time::Duration;

use contract::Kind;
use contract::console::Role;
use contract::people::{InvitationLink, Joining, NewPerson, PersonState};
use contract::request::{ListEvents, NewMember};
use contract::text::{Email, PersonName};

use super::bench::{PASSPHRASE, account, sign_in};
use super::{Bench, on_both};
use crate::sessions::{Credentials, SignIn, SignedIn};
use crate::{Keyring, Origin, audit, members, people, sessions};

on_both!(
    an_invitation_lets_one_in_once,
    of_many_who_come_by_one_link_one_does,
    a_link_is_over_at_its_instant_and_when_there_is_a_newer_one,
    a_withdrawn_invitation_lets_nobody_in_and_frees_the_address,
    who_was_added_to_a_workspace_gets_a_link_later,
    a_removed_or_disabled_person_does_not_come_by_their_link,
    who_is_here_is_not_invited_again,
    an_address_may_be_in_several_accounts_that_do_not_know_of_each_other,
);

const ANNA: &str = "anna@northwind.example";

fn somebody(email: &str, role: Role) -> NewPerson {
    NewPerson {
        email: Email::parse(email).unwrap(),
        role,
        workspaces: BTreeSet::new(),
    }
}

async fn invite(bench: &Bench, email: &str) -> InvitationLink {
    people::invite(&bench.keyring, &bench.owner, somebody(email, Role::Member))
        .await
        .unwrap()
}

async fn join(keyring: &Keyring, link: &InvitationLink) -> crate::Result<SignedIn> {
    let joining = Joining {
        name: PersonName::parse("Anna Berg").unwrap(),
    };
    let secret = link.secret.expose();
    people::join(
        keyring,
        secret,
        joining,
        PASSPHRASE.into(),
        Origin::default(),
    )
    .await
}

async fn is_over(bench: &Bench, link: &InvitationLink) {
    let refused = [
        people::invited(&bench.keyring, link.secret.expose())
            .await
            .unwrap_err(),
        join(&bench.keyring, link).await.err().unwrap(),
    ];
    for refused in refused {
        assert_eq!(refused.public().kind, Kind::NotFound);
    }
}

async fn an_invitation_lets_one_in_once(bench: Bench) {
    let place = bench.workspace("prod-eu").await;
    let mut new = somebody(ANNA, Role::Member);
    new.workspaces.insert(place);
    let link = people::invite(&bench.keyring, &bench.owner, new)
        .await
        .unwrap();
    let told = people::invited(&bench.keyring, link.secret.expose())
        .await
        .unwrap();
    assert_eq!(
        (told.email.as_str(), told.account.as_str(), told.by.as_str()),
        (ANNA, "Northwind", "Mira Lindqvist")
    );
    let signed_in = join(&bench.keyring, &link).await.unwrap();
    assert_eq!(signed_in.caller.name(), "Anna Berg");
    assert_eq!(signed_in.caller.role(), Some(Role::Member));
    assert!(signed_in.caller.reach().includes(place));
    is_over(&bench, &link).await;
    let again = sign_in(&bench.keyring, ANNA, PASSPHRASE).await.unwrap();
    assert_eq!(again.caller.profile, link.person);

    let events = audit::list(&bench.keyring, &bench.owner, ListEvents::default())
        .await
        .unwrap();
    let events = serde_json::to_string(&events.items).unwrap();
    for told in [
        "profile.invited",
        "profile.invitation_linked",
        "profile.joined",
    ] {
        assert!(events.contains(told), "{told}");
    }
    assert!(!events.contains(link.secret.expose()));
}

async fn of_many_who_come_by_one_link_one_does(bench: Bench) {
    let link = invite(&bench, ANNA).await;
    let mut coming = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (keyring, link) = (bench.keyring.clone(), link.clone());
        coming.spawn(async move { join(&keyring, &link).await.map(|_| ()) });
    }
    let came = coming.join_all().await;
    assert_eq!(came.iter().filter(|one| one.is_ok()).count(), 1);
    for late in came.iter().filter_map(|one| one.as_ref().err()) {
        assert!(matches!(
            late.public().kind,
            Kind::NotFound | Kind::Unavailable
        ));
    }
}

async fn a_link_is_over_at_its_instant_and_when_there_is_a_newer_one(bench: Bench) {
    let first = invite(&bench, ANNA).await;
    let second = people::link(&bench.keyring, &bench.owner, first.person)
        .await
        .unwrap();
    is_over(&bench, &first).await;
    let moment = Duration::from_millis(1);
    bench.advance(people::INVITED_FOR.checked_sub(moment).unwrap());
    people::invited(&bench.keyring, second.secret.expose())
        .await
        .unwrap();
    bench.advance(moment);
    is_over(&bench, &second).await;
    // The owner's session is over as well by now.
    let owner = super::bench::person(&bench.keyring, "mira@northwind.example").await;
    let third = people::link(&bench.keyring, &owner, first.person)
        .await
        .unwrap();
    join(&bench.keyring, &third).await.unwrap();
    let late = people::link(&bench.keyring, &owner, first.person).await;
    assert_eq!(late.unwrap_err().public().kind, Kind::FailedPrecondition);
}

async fn a_withdrawn_invitation_lets_nobody_in_and_frees_the_address(bench: Bench) {
    let link = invite(&bench, ANNA).await;
    people::withdraw(&bench.keyring, &bench.owner, link.person)
        .await
        .unwrap();
    is_over(&bench, &link).await;
    let again = invite(&bench, ANNA).await;
    assert_ne!(again.person, link.person);
    join(&bench.keyring, &again).await.unwrap();
    let late = people::withdraw(&bench.keyring, &bench.owner, again.person).await;
    assert_eq!(late.unwrap_err().public().kind, Kind::FailedPrecondition);
}

async fn who_was_added_to_a_workspace_gets_a_link_later(bench: Bench) {
    let place = bench.workspace("prod-eu").await;
    let who = NewMember::Email(Email::parse(ANNA).unwrap());
    let member = members::add(&bench.keyring, &bench.owner, place, who)
        .await
        .unwrap();
    let link = people::link(&bench.keyring, &bench.owner, member.profile_id)
        .await
        .unwrap();
    let signed_in = join(&bench.keyring, &link).await.unwrap();
    assert_eq!(signed_in.caller.profile, member.profile_id);
    assert!(signed_in.caller.reach().includes(place));
}

async fn a_removed_or_disabled_person_does_not_come_by_their_link(bench: Bench) {
    let link = invite(&bench, ANNA).await;
    people::disable(&bench.keyring, &bench.owner, link.person)
        .await
        .unwrap();
    is_over(&bench, &link).await;
    people::enable(&bench.keyring, &bench.owner, link.person)
        .await
        .unwrap();
    let view = people::get(&bench.keyring, &bench.owner, link.person).await;
    assert_eq!(view.unwrap().person.state, PersonState::Invited);
    let revoke = contract::people::Legacy::Revoke;
    people::remove(&bench.keyring, &bench.owner, link.person, revoke)
        .await
        .unwrap();
    is_over(&bench, &link).await;
}

async fn who_is_here_is_not_invited_again(bench: Bench) {
    let link = invite(&bench, ANNA).await;
    for email in [ANNA, "mira@northwind.example"] {
        let again = somebody(email, Role::Member);
        let refused = people::invite(&bench.keyring, &bench.owner, again).await;
        assert!(refused.unwrap_err().public().field("email").is_some());
    }
    join(&bench.keyring, &link).await.unwrap();
}

async fn an_address_may_be_in_several_accounts_that_do_not_know_of_each_other(bench: Bench) {
    const HANK: &str = "hank@globex.example";
    const OTHER: &str = "eleven quiet herons at dusk";
    let globex = account(&bench.keyring, "Globex", HANK).await;
    let link = invite(&bench, HANK).await;
    // Until he has come, there is one account that he opens.
    let there = sign_in(&bench.keyring, HANK, PASSPHRASE).await.unwrap();
    assert_eq!(there.caller.account, globex);
    join(&bench.keyring, &link).await.unwrap();

    let open = async |passphrase: &str, account| {
        let credentials = Credentials {
            email: HANK,
            passphrase: passphrase.into(),
            account,
            code: None,
        };
        sessions::sign_in(&bench.keyring, credentials, Origin::default()).await
    };
    let SignIn::Choose(accounts) = open(PASSPHRASE, None).await.unwrap() else {
        panic!("the same passphrase opens both");
    };
    let names: Vec<_> = accounts.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Globex", "Northwind"]);
    for account in [globex, bench.account] {
        let SignIn::Done(signed_in) = open(PASSPHRASE, Some(account)).await.unwrap() else {
            panic!("it was said which");
        };
        assert_eq!(signed_in.caller.account, account);
    }
    // With passphrases of their own, each opens its account.
    sessions::change_passphrase(
        &bench.keyring,
        &there.caller,
        PASSPHRASE.into(),
        OTHER.into(),
    )
    .await
    .unwrap();
    let here = sign_in(&bench.keyring, HANK, PASSPHRASE).await.unwrap();
    assert_eq!(here.caller.account, bench.account);
    let there = sign_in(&bench.keyring, HANK, OTHER).await.unwrap();
    assert_eq!(there.caller.account, globex);
    let wrong = open("neither of the two, surely", None).await;
    assert_eq!(wrong.err().unwrap().public().kind, Kind::Unauthenticated);
}
