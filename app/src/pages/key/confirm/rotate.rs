//! The question before a rotation: how long the token before stays good.

use contract::form::{Fields, GRACES, NO_GRACE, OTHER_GRACE};
use contract::resource::RevealedApiKey;
use contract::usage::KeyUsage;
use leptos::prelude::*;
use serde_json::json;

use super::grace::{GraceFields, GraceForm};
use super::{Asked, VerbCall, leave, over_key};
use crate::components::{Dialog, Refusal, SubmitButton};
use crate::fns::keys;
use crate::form::Submission;
use crate::pages::code::CodeField;
use crate::pages::key::usage::StillUses;
use crate::posted::Posted;
use crate::session::Session;

#[component]
pub(crate) fn RotateKey() -> impl IntoView {
    let shows_token = use_context::<Posted>().is_some_and(|posted| posted.revealed.is_some());
    (!shows_token).then(|| over_key(|asked| view! { <Rotate asked/> }))
}

/// A key in use gets a day, unless somebody decides otherwise: what still uses it goes on meanwhile.
fn usual_grace(usage: &KeyUsage) -> &'static str {
    let [_, (day, _), _] = GRACES;
    if usage.sources.is_empty() {
        NO_GRACE.0
    } else {
        day
    }
}

#[component]
fn Rotate(asked: Asked) -> impl IntoView {
    let Asked {
        key, usage, place, ..
    } = asked;
    let session = Session::expect();
    let submission = Submission::posted();
    let refused = submission.error_beside(GraceForm::FIELDS);
    let leave = leave();
    let id = key.metadata.id.to_string();
    let form = GraceForm::new(usual_grace(&usage), "");
    let choices = [NO_GRACE].into_iter().chain(GRACES).chain([OTHER_GRACE]);
    let rotate = {
        let id = id.clone();
        move |fields: Fields| keys::rotate(id.clone(), fields)
    };
    let reveal = {
        let leave = leave.clone();
        move |key: RevealedApiKey| {
            session.reveal(key);
            leave();
        }
    };
    let (hint, rotating) = key.info.map_or((String::new(), false), |info| {
        (info.token_hint, info.retiring_token.is_some())
    });
    view! {
        <Dialog id="rotate" title=format!("Rotate {}?", key.metadata.name) on_close=leave>
            <form method="post" action=format!("/keys/{id}/rotate") on:submit=submission.send(rotate, reveal)>
                <div class="stack">
                    <p class="lead">
                        "It gets a new token, which is shown once. The present one, "
                        <code>{hint}</code>
                        ", stops working at once, or after a grace: until then both work."
                        {rotating.then_some(" A rotation is in progress: the token before the present one ends now.")}
                    </p>
                    <StillUses usage place/>
                    <Refusal text=refused/>
                    <GraceFields form legend="Grace" choices=choices.collect() submission/>
                    <CodeField submission id="rotate-code"/>
                </div>
                <div class="dialog-foot">
                    <SubmitButton icon="rotate-cw" busy=submission.busy()>"Rotate now"</SubmitButton>
                    <a class="btn quiet" href=format!("/keys/{id}")>"Cancel"</a>
                </div>
            </form>
            <VerbCall id=id.clone() verb="rotate" body=json!({"gracePeriod": "86400s"})/>
        </Dialog>
    }
    .into_any()
}
