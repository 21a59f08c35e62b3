//! Accepting an invitation. Whoever has the link is nobody yet.

use contract::form::Fields;
use contract::people::Invited;
use contract::text::PASSPHRASE_MIN;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::PageTitle;
use super::failed::answer_with;
use crate::components::{Brand, PasswordField, Refusal, SubmitButton, TextField};
use crate::fns::people;
use crate::form::Submission;
use crate::pages::instead;
use crate::posted::Typed;

const FIELDS: &[&str] = &["name", "passphrase"];

#[component]
pub(crate) fn Join() -> impl IntoView {
    let params = use_params_map();
    let secret = params.with_untracked(|params| params.get("secret"));
    let secret = StoredValue::new(secret.unwrap_or_default());
    let invited = Resource::new_blocking(|| (), move |()| people::invited(secret.get_value()));
    view! {
        <PageTitle text="Invitation"/>
        <div class="auth">
            <main id="main" tabindex="-1">
                <Brand/>
                <Suspense>
                    {move || Suspend::new(async move {
                        match invited.await {
                            Ok(invited) => view! { <Accept invited secret=secret.get_value()/> }.into_any(),
                            Err(problem) => {
                                answer_with(problem.0.kind.status());
                                view! {
                                    <h1>"This link leads nowhere"</h1>
                                    <p>{problem.0.message}</p>
                                }
                                .into_any()
                            }
                        }
                    })}
                </Suspense>
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn Accept(invited: Invited, secret: String) -> impl IntoView {
    let typed = Typed::here();
    let name = RwSignal::new(typed.text("name", &invited.name));
    let passphrase = RwSignal::new(String::new());
    let submission = Submission::posted();
    let refused = submission.error_beside(FIELDS);
    let navigate = use_navigate();
    let begin = move |()| {
        navigate("/keys", instead());
    };
    let action = format!("/join/{secret}");
    let join = move |fields: Fields| people::join(secret.clone(), fields);
    view! {
        <div>
            <h1>"Join " <bdi>{invited.account}</bdi></h1>
            <p>
                <bdi>{invited.by}</bdi>
                " invites you as "
                {invited.role.title().to_lowercase()}
                ". The link works once, until "
                {invited.expires_at.date_and_time()}
                "."
            </p>
        </div>
        <Refusal text=refused/>
        <form method="post" action=action on:submit=submission.send(join, begin)>
            // For password managers, which keep the passphrase under it.
            <div class="field">
                <label for="field-email">"You sign in with"</label>
                <div class="box">
                    <input id="field-email" type="email" value=invited.email readonly=true autocomplete="username"/>
                </div>
            </div>
            <TextField
                name="name"
                label="Your name"
                value=name
                autocomplete="name"
                required=true
                autofocus=true
                error=submission.error("name")
            />
            <PasswordField
                name="passphrase"
                label="Passphrase"
                note=format!("at least {PASSPHRASE_MIN} characters")
                value=passphrase
                autocomplete="new-password"
                error=submission.error("passphrase")
            />
            <SubmitButton wide=true busy=submission.busy()>"Join"</SubmitButton>
        </form>
    }
    .into_any()
}
