//! Whoever looks at a list is told what happens to what they see of it.

use std::time::Duration;

use contract::console::Happened;
use contract::{ApiKeyId, Kind, WorkspaceId};
use tokio::time::timeout;

use super::{Bench, issue_request, on_both};
use crate::news::{self, News};
use crate::{Caller, keys, people, sessions, store};

on_both!(
    what_happens_is_told_from_a_place_on,
    a_member_is_told_of_their_own,
    a_member_is_told_that_theirs_was_revoked,
    whoever_was_away_for_long_is_told_of_the_latest,
    one_person_listens_so_often_and_no_more,
    people_and_events_are_told_to_who_may_see_them,
    nothing_is_lost_when_the_waiting_is_called_off,
    it_is_over_with_the_session,
);

async fn listen(bench: &Bench, caller: &Caller) -> News {
    let place = store::audit::place(bench.keyring.reader(), bench.account).await;
    let news = news::listen(&bench.keyring, caller, Some(place.unwrap()));
    news.await.unwrap()
}

/// Everything that is told until both lists are as long as that.
async fn told(news: &mut News, keys: usize, workspaces: usize) -> Happened {
    let mut all = Happened::default();
    while all.keys.len() < keys || all.workspaces.len() < workspaces {
        let next = timeout(Duration::from_secs(20), news.next()).await;
        let next = next.expect("something is told").unwrap();
        assert!(next.place > all.place);
        all.place = next.place;
        all.keys.extend(next.keys);
        all.workspaces.extend(next.workspaces);
    }
    all
}

async fn what_happens_is_told_from_a_place_on(bench: Bench) {
    bench.key("before", &[], &[]).await;
    let mut news = listen(&bench, &bench.owner).await;
    let (key, _) = bench.key("after", &[], &[]).await;
    let place = bench.workspace("prod").await;
    let told_now = told(&mut news, 1, 1).await;
    let (keys, places): (Vec<ApiKeyId>, Vec<WorkspaceId>) = (told_now.keys, told_now.workspaces);
    assert_eq!((keys, places), (vec![key.metadata.id], vec![place]));

    let again = news::listen(&bench.keyring, &bench.owner, Some(told_now.place));
    let mut again = again.await.unwrap();
    keys::revoke(&bench.keyring, &bench.owner, key.metadata.id, None)
        .await
        .unwrap();
    assert_eq!(told(&mut again, 1, 0).await.keys, [key.metadata.id]);
    assert_eq!(told(&mut news, 1, 0).await.keys, [key.metadata.id]);
}

async fn a_member_is_told_of_their_own(bench: Bench) {
    let eu = bench.workspace("prod-eu").await;
    let member = bench.member("jo@northwind.example", &[eu]).await;
    let mut news = listen(&bench, &member).await;
    bench.key("somebody's", &[], &[]).await;
    bench.workspace("prod-us").await;
    let own = keys::issue(&bench.keyring, &member, issue_request("own", &[], &[]));
    let (own, _) = own.await.unwrap();
    let told = told(&mut news, 1, 0).await;
    assert_eq!(told.keys, [own.metadata.id]);
    assert!(told.workspaces.is_empty());
}

async fn a_member_is_told_that_theirs_was_revoked(bench: Bench) {
    let k = &bench.keyring;
    let member = bench.member("jo@northwind.example", &[]).await;
    let own = keys::issue(k, &member, issue_request("own", &[], &[])).await;
    let revoked = own.unwrap().0.metadata.id;
    let mut news = listen(&bench, &member).await;
    let (others, _) = bench.key("somebody's", &[], &[]).await;
    for id in [others.metadata.id, revoked] {
        keys::revoke(k, &bench.owner, id, None).await.unwrap();
    }
    assert_eq!(told(&mut news, 1, 0).await.keys, [revoked]);
}

async fn whoever_was_away_for_long_is_told_of_the_latest(bench: Bench) {
    let (key, _) = bench.key("ci", &[], &[]).await;
    // A place that is not reached yet is of a database that was put back.
    for after in [0, 1 << 40] {
        let news = news::listen(&bench.keyring, &bench.owner, Some(after)).await;
        let mut news = news.unwrap();
        keys::disable(&bench.keyring, &bench.owner, key.metadata.id, None)
            .await
            .unwrap();
        keys::enable(&bench.keyring, &bench.owner, key.metadata.id)
            .await
            .unwrap();
        assert_eq!(told(&mut news, 1, 0).await.keys, [key.metadata.id]);
    }
}

async fn one_person_listens_so_often_and_no_more(bench: Bench) {
    let open = async |caller: &Caller| news::listen(&bench.keyring, caller, None).await;
    let mut listening = Vec::new();
    for _ in 0..32 {
        listening.push(open(&bench.owner).await.unwrap());
    }
    let refused = open(&bench.owner).await.err().unwrap();
    assert_eq!(refused.public().kind, Kind::ResourceExhausted);
    let member = bench.member("jo@northwind.example", &[]).await;
    open(&member).await.unwrap();
    listening.pop();
    open(&bench.owner).await.unwrap();
}

async fn people_and_events_are_told_to_who_may_see_them(bench: Bench) {
    let member = bench.member("jo@northwind.example", &[]).await;
    let (mut news, mut theirs) = (
        listen(&bench, &bench.owner).await,
        listen(&bench, &member).await,
    );
    people::disable(&bench.keyring, &bench.owner, member.profile())
        .await
        .unwrap();
    let told = timeout(Duration::from_secs(20), news.next()).await;
    let told = told.expect("it is told").unwrap();
    assert_eq!((told.people, told.events), (vec![member.profile()], 1));
    let ended = timeout(Duration::from_secs(20), theirs.next()).await;
    assert!(
        ended.expect("it ends").is_err(),
        "who is disabled hears nothing"
    );

    let other = bench.member("noor@northwind.example", &[]).await;
    let mut theirs = listen(&bench, &other).await;
    people::enable(&bench.keyring, &bench.owner, member.profile())
        .await
        .unwrap();
    let own = keys::issue(&bench.keyring, &other, issue_request("own", &[], &[]));
    own.await.unwrap();
    let told = told_once(&mut theirs).await;
    assert_eq!((told.people.len(), told.events), (0, 0));
    assert_eq!(told.keys.len(), 1);
}

async fn told_once(news: &mut News) -> Happened {
    let next = timeout(Duration::from_secs(20), news.next()).await;
    next.expect("something is told").unwrap()
}

async fn nothing_is_lost_when_the_waiting_is_called_off(bench: Bench) {
    let mut news = listen(&bench, &bench.owner).await;
    let (key, _) = bench.key("ci", &[], &[]).await;
    // Called off wherever it is on its way, as often as it is not done.
    let mut told = None;
    for micros in (0..20_000).step_by(50) {
        if let Ok(next) = timeout(Duration::from_micros(micros), news.next()).await {
            told = Some(next.unwrap());
            break;
        }
    }
    let told = match told {
        Some(told) => told,
        None => told_once(&mut news).await,
    };
    assert_eq!(told.keys, [key.metadata.id]);
}

async fn it_is_over_with_the_session(bench: Bench) {
    let other = super::bench::person(&bench.keyring, "mira@northwind.example").await;
    let mut news = listen(&bench, &other).await;
    sessions::sign_out(&bench.keyring, &other).await.unwrap();
    let ended = timeout(Duration::from_secs(20), news.next()).await;
    assert!(ended.expect("it ends").is_err());
}
