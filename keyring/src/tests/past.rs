//! The matrix as it was equals the matrix as it was seen then, whatever was done since.

use std::time::Duration;

use contract::access::Snapshot;
use contract::request::{Beneath, Cell, Changeset, KeyChanges, KeyReach, WorkspaceChanges};
use contract::{ApiKeyId, Kind, Labels, Timestamp, WorkspaceId};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::{Bench, issue_request, on_both};
use crate::access::{apply, as_of, matrix_as_of, snapshot};
use crate::{grants, keys, workspaces};

on_both!(
    every_moment_is_as_it_was_seen,
    a_member_sees_the_past_of_their_own,
    what_is_to_come_is_refused,
);

/// Something that changes a matrix. The numbers choose among what there is.
#[derive(Clone, Debug)]
enum Step {
    Workspace,
    Issue(u8),
    Grant(u8, u8),
    Ungrant(u8, u8),
    Rename(u8),
    Label(u8),
    Expire(u8, bool),
    Turn(u8, bool, u8),
    Disable(u8),
    Enable(u8),
    Revoke(u8),
    Batch(Vec<(u8, u8, bool)>),
    RenameWorkspace(u8),
    Archive(u8),
    Restore(u8),
    /// The next step happens at another time.
    Tick,
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    prop_oneof![
        1 => Just(Workspace),
        2 => any::<u8>().prop_map(Issue),
        4 => any::<(u8, u8)>().prop_map(|(k, w)| Grant(k, w)),
        3 => any::<(u8, u8)>().prop_map(|(k, w)| Ungrant(k, w)),
        1 => any::<u8>().prop_map(Rename),
        1 => any::<u8>().prop_map(Label),
        1 => any::<(u8, bool)>().prop_map(|(k, on)| Expire(k, on)),
        2 => any::<(u8, bool, u8)>().prop_map(|(k, on, how)| Turn(k, on, how)),
        1 => any::<u8>().prop_map(Disable),
        1 => any::<u8>().prop_map(Enable),
        1 => any::<u8>().prop_map(Revoke),
        2 => prop::collection::vec(any::<(u8, u8, bool)>(), 1..6).prop_map(Batch),
        1 => any::<u8>().prop_map(RenameWorkspace),
        1 => any::<u8>().prop_map(Archive),
        1 => any::<u8>().prop_map(Restore),
        6 => Just(Tick),
    ]
}

#[derive(Default)]
struct Made {
    keys: Vec<ApiKeyId>,
    workspaces: Vec<WorkspaceId>,
    count: usize,
}

impl Made {
    fn key(&self, at: u8) -> ApiKeyId {
        self.keys[usize::from(at) % self.keys.len()]
    }

    fn workspace(&self, at: u8) -> WorkspaceId {
        self.workspaces[usize::from(at) % self.workspaces.len()]
    }
}

/// Does it. What is refused, because the thing is gone or archived, leaves everything as it was.
async fn act(bench: &Bench, made: &mut Made, step: Step) {
    let (keyring, owner) = (&bench.keyring, &bench.owner);
    made.count += 1;
    let name = format!("n{}", made.count);
    let key_name = contract::text::KeyName::parse(&name).unwrap();
    let labels = Labels::parse_pairs("labels", &format!("n={name}")).unwrap();
    match step {
        Step::Tick => bench.advance(Duration::from_secs(90)),
        Step::Workspace => made.workspaces.push(bench.workspace(&name).await),
        Step::Issue(at) => {
            let mut request = issue_request(&name, &[], &[]);
            request.all_workspaces = at % 7 == 0;
            request.labels = labels;
            request.workspaces = made
                .workspaces
                .iter()
                .copied()
                .take(usize::from(at % 3))
                .collect();
            if let Ok((key, _)) = keys::issue(keyring, owner, request).await {
                made.keys.push(key.metadata.id);
            }
        }
        Step::Grant(key, to) => {
            drop(grants::grant(keyring, owner, made.key(key), made.workspace(to)).await);
        }
        Step::Ungrant(key, to) => {
            drop(grants::revoke(keyring, owner, made.key(key), made.workspace(to)).await);
        }
        Step::Rename(key) => {
            let changes = KeyChanges {
                name: Some(key_name),
                ..KeyChanges::default()
            };
            drop(keys::update(keyring, owner, made.key(key), changes).await);
        }
        Step::Label(key) => {
            let changes = KeyChanges {
                labels: Some(labels),
                ..KeyChanges::default()
            };
            drop(keys::update(keyring, owner, made.key(key), changes).await);
        }
        Step::Expire(key, on) => {
            let end = keyring
                .clock()
                .now()
                .plus(Duration::from_hours(made.count as u64));
            let changes = KeyChanges {
                expires_at: Some(on.then_some(end)),
                ..KeyChanges::default()
            };
            drop(keys::update(keyring, owner, made.key(key), changes).await);
        }
        Step::Turn(key, on, how) => {
            let beneath = [Beneath::Keep, Beneath::Today, Beneath::None][usize::from(how % 3)];
            let reach = KeyReach {
                key: made.key(key),
                all_workspaces: on,
                grants: if on { Beneath::Keep } else { beneath },
                expected: None,
            };
            let changes = Changeset::new(Vec::new(), vec![reach], None).unwrap();
            drop(apply(keyring, owner, &changes).await);
        }
        Step::Disable(key) => drop(keys::disable(keyring, owner, made.key(key), None).await),
        Step::Enable(key) => drop(keys::enable(keyring, owner, made.key(key)).await),
        Step::Revoke(key) => drop(keys::revoke(keyring, owner, made.key(key), None).await),
        Step::Batch(cells) => {
            let mut cells: Vec<Cell> = cells
                .into_iter()
                .map(|(key, to, want)| Cell {
                    key: made.key(key),
                    workspace: made.workspace(to),
                    want,
                    expected: None,
                })
                .collect();
            cells.sort_by_key(|cell| (cell.key, cell.workspace));
            cells.dedup_by_key(|cell| (cell.key, cell.workspace));
            let changes = Changeset::new(cells, Vec::new(), None).unwrap();
            drop(apply(keyring, owner, &changes).await);
        }
        Step::RenameWorkspace(at) => {
            let changes = WorkspaceChanges {
                name: Some(contract::text::WorkspaceName::parse(&name).unwrap()),
                labels: Some(labels),
                ..WorkspaceChanges::default()
            };
            drop(workspaces::update(keyring, owner, made.workspace(at), changes).await);
        }
        Step::Archive(at) => drop(workspaces::archive(keyring, owner, made.workspace(at)).await),
        Step::Restore(at) => drop(workspaces::restore(keyring, owner, made.workspace(at)).await),
    }
}

/// What is the same whenever it is looked at.
fn lasting(mut seen: Snapshot) -> Snapshot {
    seen.last = 0;
    seen.locks.clear();
    seen.keys.iter_mut().for_each(|key| key.lock = None);
    seen
}

async fn every_moment_is_as_it_was_seen(bench: Bench) {
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..3 {
        let steps = prop::collection::vec(step(), 80)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut made = Made::default();
        for step in [
            Step::Workspace,
            Step::Workspace,
            Step::Issue(1),
            Step::Issue(2),
        ] {
            act(&bench, &mut made, step).await;
        }
        let mut seen: Vec<(Timestamp, Snapshot)> = Vec::new();
        for step in &steps {
            if matches!(step, Step::Tick) {
                let at = bench.keyring.clock().now();
                seen.push((at, snapshot(&bench.keyring, &bench.owner).await.unwrap()));
            }
            act(&bench, &mut made, step.clone()).await;
        }
        assert!(seen.len() > 3);
        for (at, then) in seen {
            let past = as_of(&bench.keyring, &bench.owner, at).await.unwrap();
            let all_locked = past.keys.iter().all(|key| key.lock == Some(0));
            assert!(
                all_locked && past.locks.len() == 1,
                "nothing in it can be changed"
            );
            assert_eq!(lasting(past), lasting(then), "as of {at}, after {steps:?}");
        }
    }
}

async fn a_member_sees_the_past_of_their_own(bench: Bench) {
    let (a, b) = (bench.workspace("a").await, bench.workspace("b").await);
    let member = bench.member("jo@northwind.example", &[a]).await;
    let (mine, _) = keys::issue(&bench.keyring, &member, issue_request("mine", &[], &[a]))
        .await
        .unwrap();
    bench.key("theirs", &[], &[a, b]).await;
    let then = bench.keyring.clock().now();
    let seen = snapshot(&bench.keyring, &member).await.unwrap();
    bench.advance(Duration::from_secs(1));
    keys::revoke(&bench.keyring, &member, mine.metadata.id, None)
        .await
        .unwrap();
    assert!(
        snapshot(&bench.keyring, &member)
            .await
            .unwrap()
            .keys
            .is_empty()
    );
    let past = as_of(&bench.keyring, &member, then).await.unwrap();
    assert_eq!(lasting(past), lasting(seen));

    // Programs read the same.
    let matrix = matrix_as_of(&bench.keyring, &bench.owner, then)
        .await
        .unwrap();
    let names: Vec<_> = matrix
        .keys
        .iter()
        .map(|key| (key.name.as_str(), key.grants.len()))
        .collect();
    assert_eq!(names[..2], [("theirs", 2), ("mine", 1)]);
    assert!(matrix.keys.iter().all(|key| key.locked.is_some()));
}

async fn what_is_to_come_is_refused(bench: Bench) {
    let later = bench.keyring.clock().now().plus(Duration::from_secs(1));
    let error = as_of(&bench.keyring, &bench.owner, later)
        .await
        .unwrap_err();
    assert_eq!(error.public().kind, Kind::InvalidArgument);
    let (_, token) = bench.key("blind", &["tools:manage"], &[]).await;
    let blind = bench.bearer(&token).await.unwrap();
    let now = bench.keyring.clock().now();
    let error = as_of(&bench.keyring, &blind, now).await.unwrap_err();
    assert_eq!(error.public().kind, Kind::PermissionDenied);
}
