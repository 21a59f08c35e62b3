//! "At once": once a change that takes something away has answered, no verification that starts later
//! accepts the old state, whatever was read and remembered before. `KEYRACK_TAKINGS` says how often
//! something is taken away.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use contract::request::{KeyChanges, Question, Rotate, Verify, VerifyToken};
use contract::verdict::Verdict;
use contract::{ApiKeyId, Kind, Permissions, WorkspaceId};
use serde_json::json;

use super::{Bench, issue_request, on_both};
use crate::caller::Origin;
use crate::{grants, keys, verification, workspaces};

on_both!(
    nothing_is_accepted_after_it_was_taken_away,
    what_is_committed_counts_though_nobody_waits_for_it,
);

const WANTED: &str = "tools:manage";
const KEYS: usize = 12;
const VERIFIERS: usize = 4;

/// What happens to a key, over and over.
#[derive(Clone, Copy, Debug)]
enum Taken {
    Disabled,
    Ungranted,
    Narrowed,
    Rotated,
    Revoked,
    Archived,
}

impl Taken {
    const ALL: [Self; 6] = [
        Self::Disabled,
        Self::Ungranted,
        Self::Narrowed,
        Self::Rotated,
        Self::Revoked,
        Self::Archived,
    ];
}

/// A token, and how often something was taken from it or given back. Odd while it is taken: since the
/// taking was answered, and until the giving begins.
#[derive(Clone)]
struct Now {
    turn: u64,
    token: Arc<str>,
}

struct Subject {
    taken: Taken,
    workspace: WorkspaceId,
    now: Mutex<Now>,
}

impl Subject {
    fn now(&self) -> Now {
        self.now.lock().unwrap().clone()
    }

    fn is_taken(&self) {
        self.now.lock().unwrap().turn += 1;
    }

    fn is_given(&self, token: Option<&str>) {
        let mut now = self.now.lock().unwrap();
        now.turn += 1;
        if let Some(token) = token {
            now.token = token.into();
        }
    }
}

/// Does something that PostgreSQL may call off, until it is done.
macro_rules! done {
    ($change:expr) => {
        loop {
            match $change.await {
                Err(error) if error.public().kind == Kind::Aborted => {}
                outcome => break outcome.unwrap(),
            }
        }
    };
}

/// Takes something away and gives it back, until as many takings were answered as are wanted.
async fn change(bench: Arc<Bench>, subject: Arc<Subject>, mut key: ApiKeyId, times: usize) {
    let (k, owner, workspace) = (&bench.keyring, &bench.owner, subject.workspace);
    let holds = |permission| KeyChanges {
        permissions: Some(Permissions::parse("permissions", &[permission]).unwrap()),
        ..KeyChanges::default()
    };
    let grace = Rotate::default();
    for _ in 0..times {
        match subject.taken {
            Taken::Disabled => {
                done!(keys::disable(k, owner, key, None));
                subject.is_taken();
                subject.is_given(None);
                done!(keys::enable(k, owner, key));
            }
            Taken::Ungranted => {
                done!(grants::revoke(k, owner, key, workspace));
                subject.is_taken();
                subject.is_given(None);
                done!(grants::grant(k, owner, key, workspace));
            }
            Taken::Narrowed => {
                done!(keys::update(k, owner, key, holds("tools:read")));
                subject.is_taken();
                subject.is_given(None);
                done!(keys::update(k, owner, key, holds(WANTED)));
            }
            Taken::Rotated => {
                let (_, token) = done!(keys::rotate(k, owner, key, grace));
                subject.is_taken();
                subject.is_given(Some(token.expose()));
            }
            Taken::Revoked => {
                done!(keys::revoke(k, owner, key, None));
                subject.is_taken();
                let request = || issue_request("again", &[WANTED], &[workspace]);
                let (next, token) = done!(keys::issue(k, owner, request()));
                key = next.metadata.id;
                subject.is_given(Some(token.expose()));
            }
            Taken::Archived => {
                done!(workspaces::archive(k, owner, workspace));
                subject.is_taken();
                subject.is_given(None);
                done!(workspaces::restore(k, owner, workspace));
            }
        }
    }
}

/// What verifications found.
#[derive(Default)]
struct Found {
    stop: AtomicBool,
    accepted: AtomicUsize,
    refused: AtomicUsize,
    /// Verifications of what was taken away for as long as they went on.
    of_taken: AtomicUsize,
}

/// Verifies, by both ways in, and compares with what was known before and after.
async fn verify(bench: Arc<Bench>, subjects: Arc<Vec<Arc<Subject>>>, found: Arc<Found>) {
    let k = &bench.keyring;
    for round in 0_usize.. {
        if found.stop.load(Ordering::SeqCst) {
            return;
        }
        let subject = &subjects[round % subjects.len()];
        let before = subject.now();
        let token = &*before.token;
        let workspace = subject.workspace.to_string();
        let accepted = if round % 2 == 0 {
            let question = Question::parse(Some(&workspace), Some(WANTED), "").unwrap();
            let origin = Origin::default();
            verification::authorize(k, token, &question, &origin)
                .await
                .is_ok()
        } else {
            let wire = json!({"token": token, "workspaceId": workspace, "permission": WANTED});
            let wire: VerifyToken = serde_json::from_value(wire).unwrap();
            let asked: Verify = wire.try_into().unwrap();
            let verdict = verification::verify(k, &bench.owner, &asked).await.unwrap();
            matches!(verdict, Verdict::Valid(_))
        };
        let after = subject.now();
        // A token that was replaced is never given back.
        let replaced = !Arc::ptr_eq(&before.token, &after.token);
        let refusable = before.turn % 2 == 1 && (before.turn == after.turn || replaced);
        assert!(
            !(accepted && refusable),
            "accepted though {:?} had been answered",
            subject.taken
        );
        let counter = if accepted {
            &found.accepted
        } else {
            &found.refused
        };
        counter.fetch_add(1, Ordering::Relaxed);
        found
            .of_taken
            .fetch_add(usize::from(refusable), Ordering::Relaxed);
        tokio::task::yield_now().await;
    }
}

async fn nothing_is_accepted_after_it_was_taken_away(bench: Bench) {
    // With PostgreSQL nothing is remembered, and transactions that meet are called off.
    let remembers = bench.keyring.0.database.cache().is_some();
    let takings = std::env::var("KEYRACK_TAKINGS").map_or(1_800, |text| text.parse().unwrap());
    let takings = if remembers { takings } else { takings / 10 };
    let mut subjects = Vec::new();
    let mut ids = Vec::new();
    for index in 0..KEYS {
        let workspace = bench.workspace(&format!("w{index}")).await;
        let (key, token) = bench
            .key(&format!("k{index}"), &[WANTED], &[workspace])
            .await;
        ids.push(key.metadata.id);
        subjects.push(Arc::new(Subject {
            taken: Taken::ALL[index % Taken::ALL.len()],
            workspace,
            now: Mutex::new(Now {
                turn: 0,
                token: token.expose().into(),
            }),
        }));
    }
    let (bench, subjects) = (Arc::new(bench), Arc::new(subjects));
    let found = Arc::new(Found::default());
    let verifiers: Vec<_> = (0..VERIFIERS)
        .map(|_| tokio::spawn(verify(bench.clone(), subjects.clone(), found.clone())))
        .collect();
    let changes: Vec<_> = subjects
        .iter()
        .zip(ids)
        .map(|(subject, key)| {
            tokio::spawn(change(bench.clone(), subject.clone(), key, takings / KEYS))
        })
        .collect();
    for change in changes {
        change.await.unwrap();
    }
    found.stop.store(true, Ordering::SeqCst);
    for verifier in verifiers {
        verifier.await.unwrap();
    }
    let of = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
    let counts = (of(&found.accepted), of(&found.refused), of(&found.of_taken));
    println!("{takings} takings; accepted, refused, of taken: {counts:?}");
    assert!(counts.0 > 0 && counts.1 > 0 && counts.2 > 0, "{counts:?}");
}

/// Polls so many times at the most, and then lets go, as the server does when a client hangs up.
async fn let_go_after(polls: usize, future: impl Future) {
    let mut left = polls;
    let mut future = pin!(future);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        future.as_mut().poll(context).map(drop)
    })
    .await;
}

/// A client may hang up at any moment, and a change be committed just then.
async fn what_is_committed_counts_though_nobody_waits_for_it(bench: Bench) {
    let (mut revoked, mut kept) = (0, 0);
    let (k, owner) = (&bench.keyring, &bench.owner);
    let request = || issue_request("ci", &[WANTED], &[]);
    for round in 0..120 {
        // Beside what was let go of, PostgreSQL may call this off as well.
        let (key, token) = done!(keys::issue(k, owner, request()));
        let id = key.metadata.id;
        assert!(bench.bearer(&token).await.is_ok());
        let revoking = keys::revoke(k, owner, id, None);
        let_go_after(round % 40, revoking).await;
        // What is under way ends meanwhile: there is only one writing connection, or enough time.
        tokio::time::sleep(Duration::from_millis(5)).await;
        done!(keys::issue(k, owner, request()));
        if keys::get(k, owner, id).await.is_ok() {
            kept += 1;
        } else {
            revoked += 1;
            let answer = bench.bearer(&token).await;
            assert!(
                answer.is_err(),
                "revoked after {} polls, and good",
                round % 40
            );
        }
    }
    assert!(revoked > 0 && kept > 0, "{revoked} revoked, {kept} kept");
}
