//! How long the token before a rotation stays good: when one is begun, and while it is in progress.

use contract::form::{Fields, GRACES, KEEP_GRACE, OTHER_GRACE};
use contract::resource::ApiKey;
use leptos::prelude::*;
use serde_json::json;

use super::{Asked, VerbCall, leave, over_key};
use crate::components::{Dialog, Refusal, Segmented, SubmitButton, TextField, Toasts};
use crate::fns::keys;
use crate::form::Submission;
use crate::posted::Typed;
use crate::session::Session;

/// What the fields hold.
#[derive(Clone, Copy)]
pub(super) struct GraceForm {
    choice: RwSignal<String>,
    hours: RwSignal<String>,
    quiet: RwSignal<String>,
}

impl GraceForm {
    /// The fields that show their own refusals.
    pub(super) const FIELDS: &[&str] = &["gracePeriod", "endWhenQuietFor"];

    pub(super) fn new(choice: &str, quiet: &str) -> Self {
        let typed = Typed::here();
        let field = |name: &str, initial: &str| RwSignal::new(typed.text(name, initial));
        Self {
            choice: field("gracePeriod", choice),
            hours: field("graceHours", ""),
            quiet: field("endWhenQuietFor", quiet),
        }
    }
}

#[component]
pub(super) fn GraceFields(
    form: GraceForm,
    legend: &'static str,
    choices: Vec<(&'static str, &'static str)>,
    submission: Submission,
) -> impl IntoView {
    let GraceForm {
        choice,
        hours,
        quiet,
    } = form;
    let error = submission.error("gracePeriod");
    let elsewhere = move || {
        let shown = choice.read().as_str() != OTHER_GRACE.0;
        shown.then(|| error.get()).flatten()
    };
    view! {
        <div class="grace">
            <Segmented name="gracePeriod".to_owned() legend=legend show_legend=true options=choices value=choice/>
            // Shown by the style sheet with the choice "Other", so that it is there without scripting.
            <div class="on-other">
                <TextField name="graceHours" label="Hours" kind="number" value=hours error=error/>
            </div>
            {move || elsewhere().map(|text| view! { <p class="error">{text}</p> })}
            <div class="when-quiet">
                <TextField
                    name="endWhenQuietFor"
                    label="End sooner, when the old token was not used for so many hours"
                    note="optional"
                    kind="number"
                    value=quiet
                    error=submission.error("endWhenQuietFor")
                />
            </div>
        </div>
    }
    .into_any()
}

#[component]
pub(crate) fn ChangeGrace() -> impl IntoView {
    over_key(|asked| view! { <Change asked/> })
}

#[component]
fn Change(asked: Asked) -> impl IntoView {
    let Asked { key, .. } = asked;
    // It may have ended since the page was made.
    let Some(old) = key.info.and_then(|info| info.retiring_token) else {
        return ().into_any();
    };
    let session = Session::expect();
    let toasts = Toasts::expect();
    let submission = Submission::posted();
    let refused = submission.error_beside(GraceForm::FIELDS);
    let leave = leave();
    let id = key.metadata.id.to_string();
    let quiet = old
        .end_when_quiet_for
        .map(|period| period.0.as_secs() / 3_600);
    let quiet = quiet
        .map(|hours| hours.max(1).to_string())
        .unwrap_or_default();
    let form = GraceForm::new(KEEP_GRACE.0, &quiet);
    let choices = [KEEP_GRACE].into_iter().chain(GRACES).chain([OTHER_GRACE]);
    let change = {
        let id = id.clone();
        move |fields: Fields| keys::change_grace(id.clone(), fields)
    };
    let changed = {
        let leave = leave.clone();
        move |key: ApiKey| {
            toasts.done(format!("The grace of {} is changed.", key.metadata.name));
            leave();
            session.changed();
        }
    };
    let name = key.metadata.name;
    view! {
        <Dialog id="grace" title=format!("Extend the grace of {name}?") on_close=leave>
            <form method="post" action=format!("/keys/{id}/grace") on:submit=submission.send(change, changed)>
                <div class="stack">
                    <p class="lead">
                        "The token before, " <code>{old.hint}</code> ", is good until "
                        {old.expires_at.date_and_time()} "."
                    </p>
                    <Refusal text=refused/>
                    <GraceFields form legend="From now on" choices=choices.collect() submission/>
                </div>
                <div class="dialog-foot">
                    <SubmitButton icon="timer" busy=submission.busy()>"Save"</SubmitButton>
                    <a class="btn quiet" href=format!("/keys/{id}")>"Cancel"</a>
                </div>
            </form>
            <VerbCall id=id.clone() verb="changeGrace" body=json!({"gracePeriod": "86400s"})/>
        </Dialog>
    }
    .into_any()
}
