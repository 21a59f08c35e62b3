//! Applying what is staged: in one transaction, or not at all.

use contract::BatchId;
use contract::access::{AccessApplied, ApplyOutcome};
use contract::request::{ApplyAccess, CellInput, KeyReach, KeyReachInput};
use leptos::prelude::*;
use leptos::task::spawn_local;
use matrix::Changes;

use super::super::work::Work;
use super::Desk;
use crate::fns;
use crate::problem::Problem;
use crate::wording;

/// How many cells a command line shows.
const CURL_CELLS: usize = 8;

impl Desk {
    /// Sends everything staged. What is applied leaves the stage; what somebody else changed meanwhile is
    /// put before the person, and the rest stays staged.
    pub(in super::super) fn apply(self, reason: &str) {
        let Some(changes) = self.edit(Work::begin) else {
            return;
        };
        let wanted = wire(changes, reason);
        self.refused.set(None);
        spawn_local(async move {
            let answer = fns::access::apply(wanted).await;
            self.answered(answer);
        });
    }

    fn answered(self, answer: Result<ApplyOutcome, Problem>) {
        match answer {
            Ok(ApplyOutcome::Applied(applied)) => {
                self.edit(Work::applied);
                self.over.try_set(None);
                self.tell_applied(&applied);
                self.focus_cell();
            }
            Ok(ApplyOutcome::Conflicts(conflicts)) => {
                let news = self.edit(|work| work.conflicted(&conflicts));
                let first = "Somebody else has changed some of these. Decide about each; nothing else is lost.";
                let told = [first.to_owned()].into_iter();
                let told: Vec<_> = told.chain(news.unwrap_or_default()).collect();
                self.refuse(told.join(" "));
            }
            Err(problem) => {
                let news = self.edit(Work::refused).unwrap_or_default();
                self.fail(&problem);
                if !news.is_empty() {
                    self.say(news.join(" "));
                }
            }
        }
    }

    fn tell_applied(self, applied: &AccessApplied) {
        let text = wording::applied(applied);
        self.say(text.clone());
        match applied.batch_id {
            Some(batch) => self
                .toasts
                .reversible(text, "Revert", move || self.revert(batch)),
            None => self.toasts.done(text),
        }
    }

    /// Takes a whole batch back, where nobody has changed it since.
    fn revert(self, batch: BatchId) {
        spawn_local(async move {
            match fns::access::revert(batch.to_string()).await {
                Ok(ApplyOutcome::Applied(applied)) => {
                    let text = format!("Reverted: {}", wording::applied(&applied));
                    self.say(text.clone());
                    self.toasts.done(text);
                }
                Ok(ApplyOutcome::Conflicts(conflicts)) => {
                    let count = wording::counted(conflicts.len() as u64, "cell", "cells");
                    self.refuse(format!(
                        "Not reverted: {count} of it changed again since. The audit log tells by whom."
                    ));
                }
                Err(problem) => self.fail(&problem),
            }
        });
    }

    fn fail(self, problem: &Problem) {
        if problem.is_signed_out() {
            self.session.end();
        }
        let details = problem.0.details.first();
        let text = match details {
            Some(detail) => format!(
                "{} {}",
                problem.0.message,
                wording::sentence(&detail.message)
            ),
            None => problem.0.message.clone(),
        };
        self.refused.try_set(Some(text));
    }
}

/// The same as a command line. More than a few cells would fill the screen, so those stand for all.
pub(super) fn curl(public_url: &str, work: &Work, reason: &str) -> String {
    let mut wanted = wire(work.board().changes(), reason);
    let all = wanted.cells.len();
    wanted.cells.truncate(CURL_CELLS);
    let body = serde_json::to_value(&wanted).unwrap_or_default();
    let call = wording::call_with_body(public_url, "POST", "/v1/account/access:apply", &body);
    if all > CURL_CELLS {
        format!(
            "# The first {CURL_CELLS} of {all} cells; the others go into the same list.\n{call}"
        )
    } else {
        call
    }
}

fn wire(changes: Changes, reason: &str) -> ApplyAccess {
    let cell = |cell: contract::request::Cell| CellInput {
        api_key_id: cell.key.to_string(),
        workspace_id: cell.workspace.to_string(),
        want: cell.want,
        expected: cell.expected,
    };
    let key = |change: KeyReach| KeyReachInput {
        api_key_id: change.key.to_string(),
        all_workspaces: change.all_workspaces,
        grants: change.grants,
        expected: change.expected,
    };
    let reason = reason.trim();
    ApplyAccess {
        cells: changes.cells.into_iter().map(cell).collect(),
        keys: changes.keys.into_iter().map(key).collect(),
        reason: (!reason.is_empty()).then(|| reason.to_owned()),
    }
}
