//! Sign-in.

use contract::people::OpenAccount;
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::PageTitle;
use crate::components::{
    Brand, Notice, PasswordField, Refusal, SelectField, SubmitButton, TextField, Tone,
};
use crate::fns;
use crate::form::Submission;
use crate::pages::instead;
use crate::posted::{Posted, Typed};
use crate::session::next_path;

#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let typed = Typed::here();
    let next = use_query_map().with_untracked(|query| query.get("next"));
    let is_return = next.is_some();
    let next = next_path(next.or_else(|| typed.get("next")));
    let email = RwSignal::new(typed.text("email", ""));
    let passphrase = RwSignal::new(String::new());
    let submission = Submission::posted();
    let refused = submission.error_beside(&["email", "passphrase"]);
    let navigate = use_navigate();
    let accounts = use_context::<Posted>().map(|posted| posted.accounts);
    let accounts = RwSignal::new(accounts.unwrap_or_default());
    let go_on = {
        let next = next.clone();
        move |several: Vec<OpenAccount>| {
            if !several.is_empty() {
                accounts.set(several);
                return;
            }
            navigate(&next, instead());
        }
    };
    view! {
        <PageTitle text="Sign in"/>
        <div class="auth">
            <main id="main" tabindex="-1">
                <Brand/>
                <div>
                    <h1>"Sign in"</h1>
                    {is_return.then(|| view! { <p>"Then you go on where you were."</p> })}
                </div>
                <Refusal text=refused/>
                <form
                    method="post"
                    action="/sign-in"
                    on:submit=submission.send(fns::session::sign_in, go_on)
                >
                    <input type="hidden" name="next" value=next/>
                    <TextField
                        name="email"
                        label="Email"
                        kind="email"
                        value=email
                        autocomplete="username"
                        required=true
                        autofocus=true
                        error=submission.error("email")
                    />
                    <PasswordField
                        name="passphrase"
                        label="Passphrase"
                        value=passphrase
                        autocomplete="current-password"
                        error=submission.error("passphrase")
                    />
                    {move || (!accounts.read().is_empty()).then(|| view! { <Which accounts=accounts.get()/> })}
                    <SubmitButton wide=true busy=submission.busy()>"Sign in"</SubmitButton>
                </form>
            </main>
        </div>
    }
    .into_any()
}

/// For somebody whom the same address and passphrase let into several accounts.
#[component]
fn Which(accounts: Vec<OpenAccount>) -> impl IntoView {
    let options = accounts
        .into_iter()
        .map(|account| (account.id.to_string(), account.name));
    view! {
        <Notice tone=Tone::Info alert=true>"You are in more than one account. Choose one, and sign in."</Notice>
        <SelectField name="account" label="Account" blank="Choose an account" options=options.collect() chosen="" required=true/>
    }
    .into_any()
}
