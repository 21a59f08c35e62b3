//! A list of sessions, each with a way to end it.

use contract::people::SessionRow;
use leptos::prelude::*;

use crate::components::{Chip, Look, Refusal, SubmitButton, Toasts, When};
use crate::fns::session;
use crate::form::Submission;
use crate::session::Session;
use crate::wording::audit::program;

#[component]
pub(crate) fn Sessions(
    sessions: Vec<SessionRow>,
    /// The page this is on, for the way back without scripting.
    page: String,
) -> impl IntoView {
    if sessions.is_empty() {
        return view! { <p class="t2">"Not signed in anywhere."</p> }.into_any();
    }
    let submission = Submission::new();
    let refused = submission.error_beside(&[]);
    let rows = sessions
        .into_iter()
        .map(|row| view! { <Row row page=page.clone() submission/> });
    view! {
        <Refusal text=refused/>
        <ul class="rows sessions">{rows.collect_view()}</ul>
    }
    .into_any()
}

#[component]
fn Row(row: SessionRow, page: String, submission: Submission) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let device = row
        .user_agent
        .map_or_else(|| "Unknown program".to_owned(), program);
    let address = row.address.map(|address| format!("from {address}, "));
    let id = row.id.to_string();
    let action = format!("/account/sessions/{id}/end");
    let end = move |_| session::end(id.clone());
    let ended = move |()| {
        toasts.done("The session is ended.");
        shared.changed();
    };
    let label = format!("End the session of {device}");
    view! {
        <li>
            <div class="what">
                <b class="truncate"><bdi>{device}</bdi></b>
                <span class="second">{address} "since " <When at=row.started_at/> ", last used " <When at=row.last_seen_at/></span>
            </div>
            {if row.current {
                view! { <Chip text="this one" small=true/> }.into_any()
            } else {
                view! {
                    <form method="post" action=action on:submit=submission.send(end, ended)>
                        <input type="hidden" name="next" value=page/>
                        <SubmitButton look=Look::Plain small=true busy=submission.busy()>
                            <span aria-hidden="true">"End"</span>
                            <span class="vh">{label}</span>
                        </SubmitButton>
                    </form>
                }
                .into_any()
            }}
        </li>
    }
    .into_any()
}
