//! The matrix as the console loads it: it says what REST says, however often it is read.

use contract::access::Snapshot;
use contract::request::{
    Beneath, Cell, Changeset, KeyChanges, KeyReach, ListWorkspaces, WorkspaceChanges,
};
use contract::resource::{KeyState, WorkspaceInfo};
use contract::{ApiKeyId, Labels};

use super::{Bench, issue_request, on_both};
use crate::access::{EVERYTHING, apply, matrix, snapshot};
use crate::{Caller, grants, keys, workspaces};

on_both!(
    it_says_what_the_matrix_says_after_every_change,
    a_member_loads_their_own_keys_and_workspaces,
    what_is_known_is_not_read_again,
    what_was_read_ahead_is_not_read_again,
    a_list_counts_the_keys_that_one_workspace_counts,
);

/// Every key with the names of what it was granted, oldest first.
fn told(snapshot: &Snapshot) -> Vec<(ApiKeyId, String, Vec<String>, Option<String>)> {
    let row = |(row, key): (usize, &contract::access::KeyRow)| {
        let columns = snapshot.workspaces.iter().enumerate();
        let granted = columns.filter(|(column, _)| snapshot.granted.get(row, *column));
        let names = granted.map(|(_, workspace)| workspace.name.clone());
        let lock = key.lock.map(|at| snapshot.locks[at as usize].clone());
        (key.id, key.name.clone(), names.collect(), lock)
    };
    snapshot.keys.iter().enumerate().map(row).collect()
}

async fn same(bench: &Bench, caller: &Caller) {
    let seen = snapshot(&bench.keyring, caller).await.unwrap();
    let whole = matrix(&bench.keyring, caller, EVERYTHING).await.unwrap();
    let row = |row: &contract::access::AccessRow| {
        let names = row
            .grants
            .iter()
            .map(|at| whole.workspaces[*at as usize].name.clone());
        (
            row.id,
            row.name.clone(),
            names.collect(),
            row.locked.clone(),
        )
    };
    let wanted: Vec<_> = whole.keys.iter().rev().map(row).collect();
    assert_eq!(told(&seen), wanted);
    let facts = |id, state, expires_at, all| (id, state, expires_at, all);
    let keys = seen.keys.iter();
    let keys = keys.map(|key| facts(key.id, key.state, key.expires_at, key.all_workspaces));
    let rows = whole.keys.iter().rev();
    let rows = rows.map(|row| facts(row.id, row.state, row.expires_at, row.all_workspaces));
    assert_eq!(keys.collect::<Vec<_>>(), rows.collect::<Vec<_>>());
    let column =
        |id, name: &str, labels: &Labels, held| (id, name.to_owned(), labels.to_pairs(), held);
    let columns = seen.workspaces.iter();
    let columns = columns.map(|one| column(one.id, &one.name, &one.labels, one.held));
    let wanted = whole.workspaces.iter();
    let wanted = wanted.map(|one| column(one.id, &one.name, &one.labels, one.held));
    assert_eq!(columns.collect::<Vec<_>>(), wanted.collect::<Vec<_>>());
}

async fn it_says_what_the_matrix_says_after_every_change(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    same(&bench, owner).await;
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let (one, token) = bench.key("one", &["api_keys:manage"], &[a]).await;
    let one = one.metadata.id;
    same(&bench, owner).await;
    let (two, _) = bench.key("two", &["tools:manage"], &[a, b]).await;
    let two = two.metadata.id;
    grants::grant(keyring, owner, one, b).await.unwrap();
    same(&bench, owner).await;
    // A key looks at it as well, and cannot change everything.
    same(&bench, &bench.bearer(&token).await.unwrap()).await;
    grants::revoke(keyring, owner, two, a).await.unwrap();
    workspaces::archive(keyring, owner, b).await.unwrap();
    same(&bench, owner).await;
    workspaces::restore(keyring, owner, b).await.unwrap();
    keys::disable(keyring, owner, two, None).await.unwrap();
    same(&bench, owner).await;
    let reach = KeyReach {
        key: one,
        all_workspaces: true,
        grants: Beneath::Keep,
        expected: Some(false),
    };
    let changes = Changeset::new(Vec::new(), vec![reach], None).unwrap();
    apply(keyring, owner, &changes).await.unwrap();
    same(&bench, owner).await;
    let seen = snapshot(keyring, owner).await.unwrap();
    let states: Vec<_> = seen
        .keys
        .iter()
        .map(|key| (key.all_workspaces, key.state))
        .collect();
    assert_eq!(
        states[1..],
        [(true, KeyState::Enabled), (false, KeyState::Disabled)]
    );
    keys::revoke(keyring, owner, two, None).await.unwrap();
    same(&bench, owner).await;
    let renamed = KeyChanges {
        name: Some(contract::text::KeyName::parse("uno").unwrap()),
        ..KeyChanges::default()
    };
    keys::update(keyring, owner, one, renamed).await.unwrap();
    same(&bench, owner).await;
    let renamed = WorkspaceChanges {
        name: Some(contract::text::WorkspaceName::parse("beta").unwrap()),
        ..WorkspaceChanges::default()
    };
    workspaces::update(keyring, owner, b, renamed)
        .await
        .unwrap();
    same(&bench, owner).await;
}

async fn a_list_counts_the_keys_that_one_workspace_counts(bench: Bench) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    let (rows, columns) = bench.rack(4, 3).await;
    let listed = async || {
        let list = ListWorkspaces {
            include_info: true,
            include_archived: true,
            ..ListWorkspaces::default()
        };
        let page = workspaces::list(keyring, owner, list).await.unwrap();
        let total = |info: Option<WorkspaceInfo>| info.unwrap().api_keys_total;
        let mut listed = Vec::new();
        for workspace in page.items {
            let one = workspaces::get(keyring, owner, workspace.metadata.id);
            let one = total(one.await.unwrap().info);
            listed.push(total(workspace.info));
            assert_eq!(listed.last(), Some(&one));
        }
        // The newest stands first.
        listed.reverse();
        listed
    };
    // The account's own key reaches all of them.
    assert_eq!(listed().await, [1, 1, 1]);
    for (key, workspace) in [(0, 0), (1, 0), (2, 0), (1, 2)] {
        grants::grant(keyring, owner, rows[key], columns[workspace])
            .await
            .unwrap();
    }
    assert_eq!(listed().await, [4, 1, 2]);
    keys::revoke(keyring, owner, rows[0], None).await.unwrap();
    assert_eq!(listed().await, [3, 1, 2]);
    // Counted everywhere, and not twice where it has a grant of its own.
    let reach = KeyReach {
        key: rows[1],
        all_workspaces: true,
        grants: Beneath::Keep,
        expected: Some(false),
    };
    let changes = Changeset::new(Vec::new(), vec![reach], None).unwrap();
    apply(keyring, owner, &changes).await.unwrap();
    assert_eq!(listed().await, [3, 2, 2]);
    keys::disable(keyring, owner, rows[2], None).await.unwrap();
    workspaces::archive(keyring, owner, columns[0])
        .await
        .unwrap();
    assert_eq!(listed().await, [3, 2, 2]);
}

async fn a_member_loads_their_own_keys_and_workspaces(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    bench.key("theirs", &[], &[a, b]).await;
    let member = bench.member("jo@northwind.example", &[a]).await;
    let mine = issue_request("mine", &["tools:manage"], &[a]);
    let (mine, _) = keys::issue(&bench.keyring, &member, mine).await.unwrap();
    for _ in 0..2 {
        same(&bench, &bench.owner).await;
        same(&bench, &member).await;
    }
    let seen = snapshot(&bench.keyring, &member).await.unwrap();
    let row = (
        mine.metadata.id,
        "mine".to_owned(),
        vec!["a".to_owned()],
        None,
    );
    assert_eq!(told(&seen), [row]);

    // What was granted beyond their reach they do not see, but it keeps them from the key.
    grants::grant(&bench.keyring, &bench.owner, mine.metadata.id, b)
        .await
        .unwrap();
    same(&bench, &member).await;
    let seen = snapshot(&bench.keyring, &member).await.unwrap();
    assert!(seen.keys[0].lock.is_some());
    assert_eq!(seen.workspaces.len(), 1);

    // Without the permission, nothing.
    let (_, token) = bench.key("blind", &["tools:manage"], &[a]).await;
    let blind = bench.bearer(&token).await.unwrap();
    assert!(snapshot(&bench.keyring, &blind).await.is_err());
}

async fn what_is_known_is_not_read_again(bench: Bench) {
    let (rows, columns) = bench.rack(5, 5).await;
    let cells = rows.iter().flat_map(|key| {
        columns.iter().map(|workspace| Cell {
            key: *key,
            workspace: *workspace,
            want: true,
            expected: Some(false),
        })
    });
    let changes = Changeset::new(cells.collect(), Vec::new(), None).unwrap();
    apply(&bench.keyring, &bench.owner, &changes).await.unwrap();
    same(&bench, &bench.owner).await;
    let statements = || bench.keyring.0.database.statements();
    let before = statements();
    snapshot(&bench.keyring, &bench.owner).await.unwrap();
    // The place in the log, and what changed since.
    assert_eq!(statements() - before, 2);
}

async fn what_was_read_ahead_is_not_read_again(bench: Bench) {
    let (rows, _) = bench.rack(5, 5).await;
    crate::access::remember(&bench.keyring).await.unwrap();
    let statements = || bench.keyring.0.database.statements();
    let before = statements();
    let seen = snapshot(&bench.keyring, &bench.owner).await.unwrap();
    assert_eq!(seen.keys.len(), rows.len() + 1);
    // Two more for what was used.
    assert_eq!(statements() - before, 2 + 2);
    same(&bench, &bench.owner).await;
}
