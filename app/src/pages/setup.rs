//! The first start: whoever holds the code from the log makes this Keyrack theirs.

use contract::console::SetupState;
use contract::text::PASSPHRASE_MIN;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_navigate;

use super::PageTitle;
use super::failed::Failed;
use crate::components::{Brand, PasswordField, Refusal, SubmitButton, TextField};
use crate::fns;
use crate::form::Submission;
use crate::pages::instead;
use crate::posted::Typed;

const FIELDS: &[&str] = &["code", "account", "name", "email", "passphrase"];

#[component]
pub(crate) fn Setup() -> impl IntoView {
    let state = Resource::new_blocking(|| (), |()| fns::setup::state());
    view! {
        <PageTitle text="Setup"/>
        <div class="auth">
            <main id="main" tabindex="-1">
                <Brand/>
                <Suspense>
                    {move || Suspend::new(async move {
                        match state.await {
                            Ok(SetupState::Open) => view! { <Claim/> }.into_any(),
                            Ok(SetupState::Done) => view! { <Redirect path="/sign-in"/> }.into_any(),
                            Err(problem) => view! { <Failed problem/> }.into_any(),
                        }
                    })}
                </Suspense>
            </main>
        </div>
    }
    .into_any()
}

#[component]
fn Claim() -> impl IntoView {
    let typed = Typed::here();
    let field = |name: &str| RwSignal::new(typed.text(name, ""));
    let (account, name, email) = (field("account"), field("name"), field("email"));
    let (code, passphrase) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submission = Submission::posted();
    let refused = submission.error_beside(FIELDS);
    let navigate = use_navigate();
    let begin = move |()| {
        navigate("/welcome", instead());
    };
    view! {
        <div>
            <h1>"Make this Keyrack yours"</h1>
            <p>"The setup code is in the server's log. It works once and for 30 minutes."</p>
        </div>
        <Refusal text=refused/>
        <form method="post" action="/setup" on:submit=submission.send(fns::setup::claim, begin)>
            <TextField
                name="code"
                label="Setup code"
                placeholder="XXXX-XXXX-XXXX"
                value=code
                code=true
                required=true
                autofocus=true
                error=submission.error("code")
            />
            <TextField
                name="account"
                label="Account"
                note="your company or team"
                value=account
                autocomplete="organization"
                required=true
                error=submission.error("account")
            />
            <TextField
                name="name"
                label="Your name"
                value=name
                autocomplete="name"
                required=true
                error=submission.error("name")
            />
            <TextField
                name="email"
                label="Email"
                kind="email"
                value=email
                autocomplete="username"
                required=true
                error=submission.error("email")
            />
            <PasswordField
                name="passphrase"
                label="Passphrase"
                note=format!("at least {PASSPHRASE_MIN} characters")
                value=passphrase
                autocomplete="new-password"
                error=submission.error("passphrase")
            />
            <SubmitButton wide=true busy=submission.busy()>"Create the account"</SubmitButton>
        </form>
    }
    .into_any()
}
