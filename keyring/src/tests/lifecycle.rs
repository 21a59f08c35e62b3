//! The life of a key and its tokens, in random order, beside a model that is small enough to be seen through.
//! `KEYRACK_LIVES` says how many lives are led on each database.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::request::{Expiry, GraceChange, KeyChanges, Rotate};
use contract::resource::{ApiKey, KeyState};
use contract::{ApiKeyId, Kind, Period, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::{Bench, issue_request, on_both};
use crate::{Caller, Origin, PlainToken, callers, keys, usage};

on_both!(
    a_life_is_as_the_model_has_it,
    what_happens_at_once_leaves_two_tokens,
);

const MINUTE: Duration = Duration::from_mins(1);
/// The longest grace, from the settings that every account begins with.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// What may happen to a key. Lengths of time are in minutes.
#[derive(Clone, Debug)]
enum Step {
    Issue {
        lasts: Option<u64>,
    },
    Rotate {
        grace: u64,
        quiet: Option<u64>,
    },
    Extend {
        period: u64,
    },
    EndWhenQuiet {
        quiet: Option<u64>,
    },
    EndGrace,
    Disable,
    Enable,
    Expire {
        lasts: Option<u64>,
    },
    Revoke,
    /// The token before is used.
    Use,
    /// What was counted is written down.
    Flush,
    /// The server looks for what is quiet.
    Look,
    Wait {
        minutes: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let minutes = || 1..90_u64;
    let maybe = |of: std::ops::Range<u64>| prop::option::weighted(0.5, of);
    prop_oneof![
        1 => maybe(10..500).prop_map(|lasts| Step::Issue { lasts }),
        2 => (0..3_u64).prop_map(|_| Step::Rotate { grace: 0, quiet: None }),
        6 => (minutes(), maybe(1..40)).prop_map(|(grace, quiet)| Step::Rotate { grace, quiet }),
        3 => prop_oneof![4 => minutes(), 1 => Just(43_201)].prop_map(|period| Step::Extend { period }),
        3 => maybe(1..40).prop_map(|quiet| Step::EndWhenQuiet { quiet }),
        2 => Just(Step::EndGrace),
        2 => Just(Step::Disable),
        3 => Just(Step::Enable),
        1 => maybe(1..200).prop_map(|lasts| Step::Expire { lasts }),
        1 => Just(Step::Revoke),
        5 => Just(Step::Use),
        2 => Just(Step::Flush),
        6 => Just(Step::Look),
        8 => (1..30_u64).prop_map(|minutes| Step::Wait { minutes }),
    ]
}

/// A token that was rotated away and has not ended yet.
#[derive(Clone, Copy, Debug)]
struct Retiring {
    token: usize,
    rotated: Timestamp,
    ends: Timestamp,
    /// For how long it is to be quiet, and since when that counts.
    quiet: Option<(Duration, Timestamp)>,
    used: Option<Timestamp>,
}

/// What is to be, in a page.
#[derive(Debug)]
struct Model {
    now: Timestamp,
    state: KeyState,
    expires: Option<Timestamp>,
    /// The number of the newest token; all of them are counted from zero.
    current: usize,
    retiring: Option<Retiring>,
    last_use: BTreeMap<usize, Timestamp>,
}

impl Model {
    fn issued(now: Timestamp, lasts: Option<Duration>, token: usize) -> Self {
        Self {
            now,
            state: KeyState::Enabled,
            expires: lasts.map(|lasts| now.plus(lasts)),
            current: token,
            retiring: None,
            last_use: BTreeMap::new(),
        }
    }

    fn in_grace(&self) -> Option<Retiring> {
        self.retiring.filter(|old| self.now < old.ends)
    }

    fn works(&self) -> bool {
        self.state == KeyState::Enabled && self.expires.is_none_or(|end| self.now < end)
    }

    /// Which tokens are good.
    fn good(&self) -> Vec<usize> {
        if !self.works() {
            return Vec::new();
        }
        let old = self.in_grace().map(|old| old.token);
        old.into_iter().chain([self.current]).collect()
    }

    fn is_quiet(&self) -> bool {
        self.in_grace().is_some_and(|old| {
            old.quiet.is_some_and(|(span, since)| {
                let since = old.used.map_or(since, |used| since.max(used));
                self.now.since(since) >= span + keys::TOLD_WITHIN
            })
        })
    }

    /// What the step does, and how it is answered: `None` is done.
    fn take(&mut self, step: &Step, tokens: usize) -> Option<Kind> {
        if let Step::Wait { minutes } = step {
            self.now = self.now.plus(MINUTE * u32::try_from(*minutes).unwrap());
            return None;
        }
        let minutes = |count: u64| Duration::from_mins(count);
        let revoked = self.state == KeyState::Revoked;
        match *step {
            Step::Issue { lasts } => {
                *self = Self::issued(self.now, lasts.map(minutes), tokens);
            }
            Step::Use => {
                if let Some(old) = self.in_grace().filter(|_| self.works()) {
                    let old = Retiring {
                        used: Some(self.now),
                        ..old
                    };
                    self.retiring = Some(old);
                    self.last_use.insert(old.token, self.now);
                }
            }
            Step::Look => {
                if self.is_quiet() {
                    self.retiring = None;
                }
            }
            Step::Flush | Step::Wait { .. } => {}
            _ if revoked => return Some(Kind::NotFound),
            Step::Rotate { grace, quiet } => {
                let grace = minutes(grace);
                self.retiring = (!grace.is_zero()).then(|| Retiring {
                    token: self.current,
                    rotated: self.now,
                    ends: self.now.plus(grace),
                    quiet: quiet.map(|span| (minutes(span), self.now)),
                    used: None,
                });
                self.current = tokens;
            }
            Step::Extend { period } => {
                let Some(mut old) = self.in_grace() else {
                    return Some(Kind::FailedPrecondition);
                };
                let ends = self.now.plus(minutes(period));
                if ends > old.ends && ends > old.rotated.plus(LONGEST) {
                    return Some(Kind::InvalidArgument);
                }
                old.ends = ends;
                self.retiring = Some(old);
            }
            Step::EndWhenQuiet { quiet } => {
                let Some(mut old) = self.in_grace() else {
                    return Some(Kind::FailedPrecondition);
                };
                let span = quiet.map(minutes);
                if span != old.quiet.map(|(span, _)| span) {
                    old.quiet = span.map(|span| (span, self.now));
                }
                self.retiring = Some(old);
            }
            Step::EndGrace => self.retiring = None,
            Step::Disable => {
                // Who is disabled already is left alone, and so is a rotation that began since.
                if self.state == KeyState::Enabled {
                    (self.state, self.retiring) = (KeyState::Disabled, None);
                }
            }
            Step::Enable => self.state = KeyState::Enabled,
            Step::Expire { lasts } => {
                self.expires = lasts.map(|lasts| self.now.plus(minutes(lasts)));
            }
            Step::Revoke => (self.state, self.retiring) = (KeyState::Revoked, None),
        }
        None
    }
}

/// The same with the real thing.
struct Life<'a> {
    bench: &'a Bench,
    /// The command line, for a person's session would end meanwhile.
    operator: Caller,
    key: ApiKeyId,
    tokens: Vec<PlainToken>,
    /// The place of the key's first token among them.
    first: usize,
}

impl<'a> Life<'a> {
    async fn begin(bench: &'a Bench) -> Self {
        let operator = callers::operator(&bench.keyring, None, Origin::default());
        let mut life = Self {
            bench,
            operator: operator.await.unwrap(),
            key: ApiKeyId::from_uuid(uuid::Uuid::nil()),
            tokens: Vec::new(),
            first: 0,
        };
        life.issue(None).await;
        life
    }

    async fn issue(&mut self, lasts: Option<Duration>) {
        let mut request = issue_request("life", &["tools:read"], &[]);
        let end = lasts.map(|lasts| self.bench.keyring.clock().now().plus(lasts));
        request.expiry = end.map_or(Expiry::Never, Expiry::At);
        let issued = keys::issue(&self.bench.keyring, &self.operator, request).await;
        let (key, token) = issued.unwrap();
        (self.key, self.first) = (key.metadata.id, self.tokens.len());
        self.tokens.push(token);
    }

    async fn take(&mut self, step: &Step, old: Option<usize>) -> Option<Kind> {
        let (k, owner, id) = (&self.bench.keyring, &self.operator, self.key);
        let minutes = Duration::from_mins;
        let refused = |error: crate::Error| Some(error.public().kind);
        let done = match *step {
            Step::Issue { lasts } => {
                self.issue(lasts.map(minutes)).await;
                return None;
            }
            Step::Rotate { grace, quiet } => {
                let quiet = quiet.filter(|_| grace > 0).map(minutes);
                let how = Rotate::new(minutes(grace), quiet).unwrap();
                match keys::rotate(k, owner, id, how).await {
                    Ok((_, token)) => self.tokens.push(token),
                    Err(error) => return refused(error),
                }
                return None;
            }
            Step::Extend { period } => {
                let change = GraceChange {
                    period: Some(minutes(period)),
                    quiet: None,
                };
                keys::change_grace(k, owner, id, change).await.map(drop)
            }
            Step::EndWhenQuiet { quiet } => {
                let change = GraceChange {
                    period: None,
                    quiet: Some(quiet.map(minutes)),
                };
                keys::change_grace(k, owner, id, change).await.map(drop)
            }
            Step::EndGrace => keys::end_grace(k, owner, id).await.map(drop),
            Step::Disable => keys::disable(k, owner, id, None).await.map(drop),
            Step::Enable => keys::enable(k, owner, id).await.map(drop),
            Step::Expire { lasts } => {
                let end = lasts.map(|lasts| k.clock().now().plus(minutes(lasts)));
                let changes = KeyChanges {
                    expires_at: Some(end),
                    ..KeyChanges::default()
                };
                keys::update(k, owner, id, changes).await.map(drop)
            }
            Step::Revoke => keys::revoke(k, owner, id, None).await,
            Step::Use => {
                if let Some(old) = old {
                    assert!(self.bench.bearer(&self.tokens[old]).await.is_ok());
                }
                Ok(())
            }
            Step::Flush => usage::flush(k).await,
            Step::Look => keys::end_quiet(k).await.map(drop),
            Step::Wait { minutes } => {
                self.bench.advance(Duration::from_mins(minutes));
                Ok(())
            }
        };
        done.err().and_then(refused)
    }

    /// What the key says of itself, also once it is revoked.
    async fn told(&self) -> ApiKey {
        let told = keys::get_ever(&self.bench.keyring, &self.operator, self.key).await;
        told.unwrap()
    }

    /// Compares everything that can be seen without using a token.
    async fn compare(&self, model: &Model, steps: &[Step]) {
        let told = self.told().await;
        let said = (told.state, told.spec.expires_at);
        assert_eq!(said, (model.state, model.expires), "after {steps:?}");
        let info = told.info.unwrap();
        assert_eq!(
            info.token_hint,
            self.tokens[model.current].hint(),
            "after {steps:?}"
        );
        let shown = info.retiring_token.map(|old| {
            let quiet = old.end_when_quiet_for;
            (old.hint, old.expires_at, quiet, old.rotated_at)
        });
        let expected = model.in_grace().map(|old| {
            let quiet = old.quiet.map(|(span, _)| Period(span));
            (self.tokens[old.token].hint(), old.ends, quiet, old.rotated)
        });
        assert_eq!(shown, expected, "after {steps:?}");
    }

    /// Presents every token that the key ever had. A use of the token before counts, so the model is told.
    async fn present(&self, model: &mut Model, steps: &[Step]) {
        let good = model.good();
        assert!(good.len() <= 2);
        for (number, token) in self.tokens.iter().enumerate().skip(self.first) {
            let works = self.bench.bearer(token).await.is_ok();
            assert_eq!(
                works,
                good.contains(&number),
                "token {number}, after {steps:?}"
            );
        }
        model.take(&Step::Use, 0);
    }
}

async fn a_life_is_as_the_model_has_it(bench: Bench) {
    let lives = std::env::var("KEYRACK_LIVES").map_or(6, |text| text.parse().unwrap());
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..lives {
        let steps = prop::collection::vec((step(), any::<bool>()), 60)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        let mut life = Life::begin(&bench).await;
        let mut model = Model::issued(bench.keyring.clock().now(), None, 0);
        let mut taken = Vec::new();
        for (step, present) in steps {
            let old = model.in_grace().filter(|_| model.works());
            taken.push(step.clone());
            let answer = life.take(&step, old.map(|old| old.token)).await;
            let expected = model.take(
                &step,
                life.tokens.len()
                    - usize::from(
                        matches!(step, Step::Issue { .. } | Step::Rotate { .. })
                            && answer.is_none(),
                    ),
            );
            assert_eq!(answer, expected, "after {taken:?}");
            life.compare(&model, &taken).await;
            if present {
                life.present(&mut model, &taken).await;
            }
        }
        life.present(&mut model, &taken).await;
    }
}

/// Whatever of these happens at once: one after the other, and at most two tokens are good.
async fn what_happens_at_once_leaves_two_tokens(bench: Bench) {
    for round in 0..6 {
        let (key, first) = bench.key(&format!("k{round}"), &[], &[]).await;
        let id = key.metadata.id;
        let rotate = || {
            let (keyring, owner) = (bench.keyring.clone(), bench.owner.clone());
            let how = Rotate::new(MINUTE * 60, (round % 2 == 0).then_some(MINUTE)).unwrap();
            tokio::spawn(async move {
                let rotated = keys::rotate(&keyring, &owner, id, how).await;
                rotated
                    .map(|(_, token)| token)
                    .map_err(|error| error.public().kind)
            })
        };
        let disturb = {
            let (keyring, owner) = (bench.keyring.clone(), bench.owner.clone());
            tokio::spawn(async move {
                match round % 3 {
                    0 => drop(keys::end_grace(&keyring, &owner, id).await),
                    1 => drop(keys::disable(&keyring, &owner, id, None).await),
                    _ => drop(keys::end_quiet(&keyring).await),
                }
            })
        };
        let (one, other, _) = tokio::join!(rotate(), rotate(), disturb);
        let mut made = vec![first];
        for answer in [one.unwrap(), other.unwrap()] {
            match answer {
                Ok(token) => made.push(token),
                // On PostgreSQL one may be called off.
                Err(kind) => assert_eq!(kind, Kind::Aborted),
            }
        }
        assert!(made.len() > 1);
        let told = keys::get(&bench.keyring, &bench.owner, id).await.unwrap();
        let info = told.info.unwrap();
        let mut good = Vec::new();
        for token in &made {
            if bench.bearer(token).await.is_ok() {
                good.push(token.hint());
            }
        }
        good.sort();
        let mut promised: Vec<String> = info
            .retiring_token
            .map(|old| old.hint)
            .into_iter()
            .chain([info.token_hint])
            .collect();
        promised.sort();
        if told.state == KeyState::Disabled {
            promised.clear();
        }
        assert_eq!(good, promised, "in round {round}");
    }
}
