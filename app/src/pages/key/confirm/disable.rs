//! The question before a key is disabled.

use contract::form::Fields;
use contract::resource::ApiKey;
use leptos::prelude::*;
use serde_json::json;

use super::{Asked, ReasonField, VerbCall, leave, over_key};
use crate::components::{Dialog, Refusal, SubmitButton, Toasts};
use crate::fns::keys;
use crate::form::Submission;
use crate::pages::key::turn_back;
use crate::pages::key::usage::StillUses;
use crate::session::Session;

#[component]
pub(crate) fn DisableKey() -> impl IntoView {
    over_key(|asked| view! { <Disable asked/> })
}

#[component]
fn Disable(asked: Asked) -> impl IntoView {
    let Asked {
        key, usage, place, ..
    } = asked;
    let session = Session::expect();
    let toasts = Toasts::expect();
    let submission = Submission::posted();
    let refused = submission.error_beside(&["reason"]);
    let leave = leave();
    let id = key.metadata.id.to_string();
    let disable = {
        let id = id.clone();
        move |fields: Fields| keys::disable(id.clone(), fields)
    };
    let disabled = {
        let leave = leave.clone();
        move |key: ApiKey| {
            let id = key.metadata.id.to_string();
            let said = format!("{} is disabled.", key.metadata.name);
            toasts.undoable(said, move || {
                turn_back(session, toasts, keys::enable(id.clone()));
            });
            leave();
            session.changed();
        }
    };
    let rotating = key.info.is_some_and(|info| info.retiring_token.is_some());
    view! {
        <Dialog id="disable" title=format!("Disable {}?", key.metadata.name) narrow=true on_close=leave>
            <form method="post" action=format!("/keys/{id}/disable") on:submit=submission.send(disable, disabled)>
                <div class="stack">
                    <p class="lead">
                        "Its token is refused until the key is enabled again. What it reaches and may do stays as it is."
                        {rotating.then_some(" The rotation in progress ends: the token before does not come back.")}
                    </p>
                    <StillUses usage place/>
                    <Refusal text=refused/>
                    <ReasonField submission/>
                </div>
                <div class="dialog-foot">
                    <SubmitButton icon="pause" busy=submission.busy()>"Disable"</SubmitButton>
                    <a class="btn quiet" href=format!("/keys/{id}")>"Cancel"</a>
                </div>
            </form>
            <VerbCall id=id.clone() verb="disable" body=json!({"reason": "…"})/>
        </Dialog>
    }
    .into_any()
}
