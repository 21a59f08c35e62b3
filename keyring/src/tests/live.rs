//! What a page of the matrix hears: everything that happens, in order, once, and nothing of others'.

use std::time::Duration;

use contract::access::{Change, PageId, Snapshot};
use contract::request::{Beneath, Cell, Changeset, Expiry, KeyChanges, KeyReach, WorkspaceChanges};
use contract::{ApiKeyId, WorkspaceId};
use tokio::time::timeout;

use super::{Bench, issue_request, on_both};
use crate::access::{Live, News, apply, here, live, snapshot};
use crate::{Caller, grants, keys, members, sessions, workspaces};

on_both!(
    everything_that_happens_is_heard_in_order,
    a_stream_that_drops_again_and_again_misses_nothing,
    a_member_hears_of_their_own_only,
    whoever_loses_a_workspace_loads_everything_anew,
    it_ends_with_the_session,
    it_ends_when_the_person_is_disabled,
    a_key_that_expires_is_heard_without_an_event,
    more_than_is_worth_telling_is_loaded_anew,
    who_else_is_here_is_heard_with_their_cell,
    a_member_hears_of_whom_they_share_a_workspace_with,
    a_page_is_of_one_person,
);

fn page(name: &str) -> PageId {
    PageId::parse(&format!("page-{name}")).unwrap()
}

async fn listen(bench: &Bench, caller: &Caller, after: Option<u64>) -> Live {
    live(&bench.keyring, caller, page("one"), after)
        .await
        .unwrap()
}

/// What is new next; a stream that says nothing for so long has nothing to say.
async fn next(live: &mut Live) -> Option<News> {
    timeout(Duration::from_secs(20), live.next())
        .await
        .expect("news")
        .unwrap()
}

/// Who is here. What may have been missed comes before that.
async fn present(live: &mut Live) -> Vec<contract::access::Present> {
    loop {
        match next(live).await {
            Some(News::Present(present)) => return present,
            Some(News::Changes(_)) => {}
            None => panic!("the stream ended"),
        }
    }
}

/// One that has heard what there was.
async fn listen_on(bench: &Bench, caller: &Caller) -> Live {
    let after = last(bench, caller).await;
    let mut live = listen(bench, caller, after).await;
    present(&mut live).await;
    live
}

async fn changes(live: &mut Live) -> Vec<(Option<u64>, Change)> {
    loop {
        match next(live).await {
            Some(News::Changes(changes)) => return changes,
            Some(News::Present(_)) => {}
            None => panic!("the stream ended"),
        }
    }
}

/// Changes until one is as wanted.
async fn until(live: &mut Live, wanted: impl Fn(&Change) -> bool) -> Vec<Change> {
    let mut heard = Vec::new();
    loop {
        heard.extend(changes(live).await.into_iter().map(|(_, change)| change));
        if heard.iter().any(&wanted) {
            return heard;
        }
    }
}

async fn last(bench: &Bench, caller: &Caller) -> Option<u64> {
    Some(snapshot(&bench.keyring, caller).await.unwrap().last)
}

fn brief(change: &Change) -> String {
    match change {
        Change::Cell(cell) => format!("cell {} by {}", cell.granted, cell.by_name),
        Change::Key { key, .. } => {
            format!("key {} {:?} {}", key.name, key.state, key.all_workspaces)
        }
        Change::KeyGone { .. } => "key gone".to_owned(),
        Change::Workspace { workspace } => format!("workspace {}", workspace.name),
        Change::WorkspaceGone { .. } => "workspace gone".to_owned(),
        Change::Reload => "reload".to_owned(),
    }
}

async fn everything_that_happens_is_heard_in_order(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let a = bench.workspace("a").await;
    bench.workspace("b").await;
    let mut live = listen_on(&bench, owner).await;
    let mut hear = async |what: &[&str]| {
        let mut heard = Vec::new();
        while heard.len() < what.len() {
            heard.extend(
                changes(&mut live)
                    .await
                    .iter()
                    .map(|(_, change)| brief(change)),
            );
        }
        assert_eq!(heard, what);
    };
    let (key, _) = bench.key("ci", &[], &[a]).await;
    let key = key.metadata.id;
    hear(&["key ci Enabled false", "cell true by Mira Lindqvist"]).await;
    grants::revoke(keyring, owner, key, a).await.unwrap();
    hear(&["cell false by Mira Lindqvist"]).await;
    keys::disable(keyring, owner, key, None).await.unwrap();
    hear(&["key ci Disabled false"]).await;
    keys::enable(keyring, owner, key).await.unwrap();
    hear(&["key ci Enabled false"]).await;
    let renamed = KeyChanges {
        name: Some(contract::text::KeyName::parse("cd").unwrap()),
        ..KeyChanges::default()
    };
    keys::update(keyring, owner, key, renamed).await.unwrap();
    hear(&["key cd Enabled false"]).await;
    let reach = KeyReach {
        key,
        all_workspaces: true,
        grants: Beneath::Keep,
        expected: None,
    };
    let changes = Changeset::new(vec![wanted(key, a, true)], vec![reach], None).unwrap();
    apply(keyring, owner, &changes).await.unwrap();
    hear(&["key cd Enabled true", "cell true by Mira Lindqvist"]).await;
    let c = bench.workspace("c").await;
    hear(&["workspace c"]).await;
    let renamed = WorkspaceChanges {
        name: Some(contract::text::WorkspaceName::parse("d").unwrap()),
        ..WorkspaceChanges::default()
    };
    workspaces::update(keyring, owner, c, renamed)
        .await
        .unwrap();
    hear(&["workspace d"]).await;
    workspaces::archive(keyring, owner, c).await.unwrap();
    hear(&["workspace gone"]).await;
    workspaces::restore(keyring, owner, c).await.unwrap();
    hear(&["reload"]).await;
    keys::revoke(keyring, owner, key, None).await.unwrap();
    hear(&["key gone"]).await;
}

fn wanted(key: ApiKeyId, workspace: WorkspaceId, want: bool) -> Cell {
    Cell {
        key,
        workspace,
        want,
        expected: None,
    }
}

/// Puts what was heard into what was loaded, as a page does.
fn put(seen: &mut Snapshot, change: &Change) {
    let Change::Cell(cell) = change else { return };
    let row = seen.keys.iter().position(|key| key.id == cell.key).unwrap();
    let mut columns = seen.workspaces.iter();
    let column = columns
        .position(|column| column.id == cell.workspace)
        .unwrap();
    seen.granted.set(row, column, cell.granted);
}

async fn a_stream_that_drops_again_and_again_misses_nothing(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let (rows, columns) = bench.rack(4, 4).await;
    let mut seen = snapshot(keyring, owner).await.unwrap();
    let mut after = Some(seen.last);
    let writer = tokio::spawn({
        let (keyring, owner) = (keyring.clone(), owner.clone());
        let (rows, columns) = (rows.clone(), columns.clone());
        async move {
            for step in 0..40_usize {
                let cells = (0..4).map(|at| {
                    let (row, column) = ((step + at) % 4, (step * 3 + at * at) % 4);
                    wanted(rows[row], columns[column], (step + at) % 3 != 0)
                });
                let mut cells: Vec<Cell> = cells.collect();
                cells.dedup_by_key(|cell| (cell.key, cell.workspace));
                let changes = Changeset::new(cells, Vec::new(), None).unwrap();
                apply(&keyring, &owner, &changes).await.unwrap();
            }
            // Nothing else ends it: a key that is not in the matrix.
            let end = issue_request("end", &[], &[]);
            keys::issue(&keyring, &owner, end).await.unwrap();
        }
    });
    // Each connection hears one lot of news and breaks, in the middle of it if it can.
    let mut ended = false;
    let mut drops = 0;
    while !ended {
        let mut live = listen(&bench, owner, after).await;
        let heard = changes(&mut live).await;
        drop(live);
        drops += 1;
        let cut = if drops % 2 == 0 {
            heard.len()
        } else {
            heard.len().div_ceil(2)
        };
        for (id, change) in &heard[..cut] {
            put(&mut seen, change);
            after = id.or(after);
            ended |= matches!(change, Change::Key { key, .. } if key.name == "end");
        }
    }
    writer.await.unwrap();
    assert!(drops > 3, "it dropped {drops} times");
    let whole = snapshot(keyring, owner).await.unwrap();
    for (row, key) in seen.keys.iter().enumerate() {
        assert_eq!(whole.keys[row].id, key.id);
        assert_eq!(
            whole.granted.row(row),
            seen.granted.row(row),
            "{}",
            key.name
        );
    }
}

async fn a_member_hears_of_their_own_only(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let member = bench.member("jo@northwind.example", &[a]).await;
    let (mine, _) = keys::issue(keyring, &member, issue_request("mine", &[], &[]))
        .await
        .unwrap();
    let mine = mine.metadata.id;
    let mut live = listen_on(&bench, &member).await;
    let (theirs, _) = bench.key("theirs", &[], &[a, b]).await;
    grants::revoke(keyring, owner, theirs.metadata.id, a)
        .await
        .unwrap();
    keys::revoke(keyring, owner, theirs.metadata.id, None)
        .await
        .unwrap();
    bench.workspace("c").await;
    workspaces::archive(keyring, owner, b).await.unwrap();
    workspaces::restore(keyring, owner, b).await.unwrap();
    // Beyond what they see, but it locks their key.
    grants::grant(keyring, owner, mine, b).await.unwrap();
    let heard = until(&mut live, |change| matches!(change, Change::Key { .. })).await;
    let [Change::Key { key, lock }] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    assert_eq!(key.id, mine);
    assert!(
        lock.as_ref().is_some_and(|lock| lock.contains("reach")),
        "{lock:?}"
    );
}

async fn whoever_loses_a_workspace_loads_everything_anew(bench: Bench) {
    let a = bench.workspace("a").await;
    let member = bench.member("jo@northwind.example", &[a]).await;
    let mut live = listen_on(&bench, &member).await;
    members::remove(&bench.keyring, &bench.owner, a, member.profile)
        .await
        .unwrap();
    let heard = until(&mut live, |change| *change == Change::Reload).await;
    assert_eq!(heard, [Change::Reload]);
}

async fn it_ends_with_the_session(bench: Bench) {
    let mut live = listen_on(&bench, &bench.owner).await;
    sessions::sign_out(&bench.keyring, &bench.owner)
        .await
        .unwrap();
    assert_eq!(next(&mut live).await, None);
}

async fn it_ends_when_the_person_is_disabled(bench: Bench) {
    use sea_orm::ConnectionTrait;
    let mut live = listen_on(&bench, &bench.owner).await;
    // By another node, so that nothing wakes it.
    let writer = bench.keyring.0.database.writer_for_tests();
    writer
        .execute_unprepared("UPDATE profile SET disabled_at = 1 WHERE kind = 'user'")
        .await
        .unwrap();
    assert_eq!(next(&mut live).await, None);
}

async fn a_key_that_expires_is_heard_without_an_event(bench: Bench) {
    let mut request = issue_request("brief", &[], &[]);
    let soon = bench.keyring.clock().now().plus(Duration::from_mins(5));
    request.expiry = Expiry::At(soon);
    keys::issue(&bench.keyring, &bench.owner, request)
        .await
        .unwrap();
    let after = last(&bench, &bench.owner).await;
    let mut live = listen_on(&bench, &bench.owner).await;
    bench.advance(Duration::from_mins(6));
    let heard = changes(&mut live).await;
    assert_eq!(heard.len(), 1);
    let (id, Change::Key { key, .. }) = &heard[0] else {
        panic!("{heard:?}")
    };
    assert_eq!((*id, key.expires_at), (None, Some(soon)));
    // Whoever was away meanwhile hears it as well.
    drop(live);
    let mut again = listen(&bench, &bench.owner, after).await;
    let mut told = changes(&mut again).await;
    told.retain(|(id, _)| id.is_none());
    assert_eq!(told, heard);
}

async fn more_than_is_worth_telling_is_loaded_anew(bench: Bench) {
    let (rows, columns) = bench.rack(100, 60).await;
    let mut live = listen_on(&bench, &bench.owner).await;
    let cells = rows
        .iter()
        .flat_map(|key| columns.iter().map(|w| wanted(*key, *w, true)));
    let all = Changeset::new(cells.collect(), Vec::new(), None).unwrap();
    apply(&bench.keyring, &bench.owner, &all).await.unwrap();
    let newest = last(&bench, &bench.owner).await;
    assert_eq!(changes(&mut live).await, [(newest, Change::Reload)]);
    // Once, on this connection and on the one that the page opens then.
    bench.workspace("last").await;
    let is_last = |change: &Change| brief(change) == "workspace last";
    let heard = until(&mut live, is_last).await;
    assert!(!heard.contains(&Change::Reload), "it is told again");
    drop(live);
    let mut again = listen(&bench, &bench.owner, newest).await;
    let heard = until(&mut again, is_last).await;
    assert!(!heard.contains(&Change::Reload), "it is told again");
}

async fn who_else_is_here_is_heard_with_their_cell(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let a = bench.workspace("a").await;
    let (key, _) = bench.key("theirs", &[], &[a]).await;
    let cell = (key.metadata.id, a);
    let member = bench.member("jo@northwind.example", &[a]).await;
    let mut live_owner = listen(&bench, owner, last(&bench, owner).await).await;
    assert_eq!(present(&mut live_owner).await, []);
    let mut live_member = live(keyring, &member, page("two"), None).await.unwrap();
    let others = present(&mut live_owner).await;
    assert_eq!((others.len(), others[0].profile), (1, member.profile));

    here(keyring, &member, &page("two"), Some(cell)).unwrap();
    assert_eq!(present(&mut live_owner).await[0].cell, Some(cell));

    // A member does not see others' keys, so not who is on them.
    here(keyring, owner, &page("one"), Some(cell)).unwrap();
    let others = present(&mut live_member).await;
    assert_eq!((others[0].profile, others[0].cell), (owner.profile, None));

    // Who goes is gone; who came back before their old connection ended stays.
    let again = live(keyring, &member, page("two"), None).await.unwrap();
    drop(live_member);
    assert!(here(keyring, &member, &page("two"), None).is_ok());
    drop(again);
    while !present(&mut live_owner).await.is_empty() {}
    assert!(here(keyring, &member, &page("two"), None).is_err());
}

async fn a_member_hears_of_whom_they_share_a_workspace_with(bench: Bench) {
    let keyring = &bench.keyring;
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let both = bench.member("jo@northwind.example", &[a, b]).await;
    let one = bench.member("al@northwind.example", &[a]).await;
    let none = bench.member("em@northwind.example", &[]).await;
    let _owner = listen(&bench, &bench.owner, None).await;
    let mut pages = Vec::new();
    for (caller, name) in [(&both, "two"), (&one, "three"), (&none, "four")] {
        pages.push(live(keyring, caller, page(name), None).await.unwrap());
    }
    let mut heard = Vec::new();
    for page in &mut pages {
        let others = present(page).await;
        heard.push(others.iter().map(|other| other.profile).collect::<Vec<_>>());
    }
    let owner = bench.owner.profile;
    let wanted = [vec![owner, one.profile], vec![owner, both.profile], vec![]];
    assert_eq!(heard, wanted);
}

async fn a_page_is_of_one_person(bench: Bench) {
    let member = bench.member("jo@northwind.example", &[]).await;
    let _mine = listen(&bench, &bench.owner, None).await;
    assert!(
        live(&bench.keyring, &member, page("one"), None)
            .await
            .is_err()
    );
    assert!(here(&bench.keyring, &member, &page("one"), None).is_err());
    assert!(here(&bench.keyring, &bench.owner, &page("one"), None).is_ok());
    // Without the permission, nothing.
    let (_, token) = bench.key("blind", &["tools:manage"], &[]).await;
    let blind = bench.bearer(&token).await.unwrap();
    assert!(
        live(&bench.keyring, &blind, page("two"), None)
            .await
            .is_err()
    );
}
