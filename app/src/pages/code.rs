//! Codes of the second factor: the field in forms that need one, and a page with nothing else, for what is
//! no form.

use contract::factor::CODE_FIELD;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::PageTitle;
use crate::components::{LinkButton, Look, PageHeader, Refusal, SubmitButton, TextField};
use crate::fns::factor;
use crate::form::Submission;
use crate::pages::instead;
use crate::posted::Typed;
use crate::session::{Session, next_path};

const HINT: &str = "Six digits from your authenticator, or one of your recovery codes.";

/// Asks for a code while the session has given none lately. The server takes it before it does what the form
/// asks, and asks for it if it comes too late after all.
#[component]
pub(crate) fn CodeField(
    submission: Submission,
    id: &'static str,
    /// Where not all that the form does needs one: what of it does.
    #[prop(optional)]
    needed: Option<&'static str>,
) -> impl IntoView {
    let wanted = Session::expect().code_wanted();
    let required = needed.is_none();
    let hint = needed.unwrap_or(HINT);
    move || {
        wanted
            .get()
            .then(|| view! { <Code submission id name=CODE_FIELD required hint/> })
    }
}

/// The field itself.
#[component]
pub(crate) fn Code(
    submission: Submission,
    id: &'static str,
    name: &'static str,
    /// Whether it is what the person came for.
    #[prop(optional)]
    first: bool,
    #[prop(default = true)] required: bool,
    #[prop(default = HINT)] hint: &'static str,
) -> impl IntoView {
    let value = RwSignal::new(String::new());
    let wanted_now = first || submission.is_refused();
    view! {
        <TextField
            id=id.to_owned()
            name=name
            label="Code"
            note="of your second factor"
            hint=hint
            value=value
            autocomplete="one-time-code"
            required=required
            autofocus=wanted_now
            maxlength=20
            error=submission.error(name)
        />
    }
    .into_any()
}

#[component]
pub(crate) fn Confirm() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let next = next_path(next.or_else(|| Typed::here().get("next")));
    let submission = Submission::posted();
    let refused = submission.error_beside(&[]);
    let navigate = use_navigate();
    let go_on = {
        let next = next.clone();
        move |()| {
            navigate(&next, instead());
        }
    };
    let wanted = Session::expect().code_wanted().get_untracked();
    let form = if wanted {
        view! {
            <form class="stack" method="post" action="/confirm" on:submit=submission.send(factor::confirm, go_on)>
                <Refusal text=refused/>
                <input type="hidden" name="next" value=next.clone()/>
                <Code submission id="confirm-code" name=CODE_FIELD first=true/>
                <div class="row">
                    <SubmitButton busy=submission.busy()>"Confirm"</SubmitButton>
                    <a class="btn quiet" href=next>"Cancel"</a>
                </div>
            </form>
        }
        .into_any()
    } else {
        view! {
            <p class="t2">"No code is needed now."</p>
            <div class="row"><LinkButton href=next look=Look::Primary>"Go on"</LinkButton></div>
        }
        .into_any()
    };
    view! {
        <PageTitle text="Confirm"/>
        <PageHeader title="Confirm it is you" sub=|| "What you were about to do needs a code of your second factor, of the last ten minutes. You go back to it from here, and press its button once more."/>
        <section class="panel pad stack settings">{form}</section>
    }
    .into_any()
}
