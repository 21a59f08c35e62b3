//! Sign-in.

use contract::factor::CODE_FIELD;
use contract::people::{OpenAccount, SignInStep};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

use super::PageTitle;
use super::code::Code;
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
    let posted = use_context::<Posted>().unwrap_or_default();
    let step = posted.sign_in;
    let code_wanted = RwSignal::new(posted.had_code || step == Some(SignInStep::Code));
    // Which account was said, where the answer to the post has no list of them any more.
    let said = posted.fields.get("account").map(str::to_owned);
    let accounts = RwSignal::new(match step {
        Some(SignInStep::Choose(accounts)) => accounts,
        _ => Vec::new(),
    });
    let go_on = {
        let next = next.clone();
        move |step: SignInStep| match step {
            SignInStep::Choose(several) => accounts.set(several),
            SignInStep::Code => code_wanted.set(true),
            SignInStep::Done => navigate(&next, instead()),
        }
    };
    let which = move || {
        if !accounts.read().is_empty() {
            return view! { <Which accounts=accounts.get()/> }.into_any();
        }
        let said = said.clone().filter(|said| !said.is_empty());
        said.map(|said| view! { <input type="hidden" name="account" value=said/> })
            .into_any()
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
                    {which}
                    {move || code_wanted.get().then(|| view! { <CodeWanted submission/> })}
                    <SubmitButton wide=true busy=submission.busy()>"Sign in"</SubmitButton>
                </form>
            </main>
        </div>
    }
    .into_any()
}

/// For somebody who has a second factor.
#[component]
fn CodeWanted(submission: Submission) -> impl IntoView {
    view! {
        <Notice tone=Tone::Info alert=true>
            "Give a code of your second factor as well."
            <span class="without-script">" Your passphrase is wanted again, too."</span>
        </Notice>
        <Code submission id="field-code" name=CODE_FIELD first=true/>
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
