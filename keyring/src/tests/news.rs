//! Whoever looks at a list is told what happens to what they see of it.

use std::time::Duration;

use contract::console::Happened;
use contract::{ApiKeyId, WorkspaceId};
use tokio::time::timeout;

use super::{Bench, issue_request, on_both};
use crate::news::{self, News};
use crate::{Caller, keys, sessions, store};

on_both!(
    what_happens_is_told_from_a_place_on,
    a_member_is_told_of_their_own,
    it_is_over_with_the_session,
);

async fn listen(bench: &Bench, caller: &Caller) -> News {
    let place = store::audit::place(bench.keyring.reader(), bench.account).await;
    news::listen(&bench.keyring, caller, place.unwrap())
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

    let mut again = news::listen(&bench.keyring, &bench.owner, told_now.place);
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

async fn it_is_over_with_the_session(bench: Bench) {
    let other = super::bench::person(&bench.keyring, "mira@northwind.example").await;
    let mut news = listen(&bench, &other).await;
    sessions::sign_out(&bench.keyring, &other).await.unwrap();
    let ended = timeout(Duration::from_secs(20), news.next()).await;
    assert!(ended.expect("it ends").is_err());
}
