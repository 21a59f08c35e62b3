//! One's own account: where one is signed in, the second factor, and the passphrase.

mod factor;

use contract::console::Me;
use contract::people::SessionRow;
use contract::text::PASSPHRASE_MIN;
use leptos::prelude::*;

use self::factor::SecondFactor;
use super::PageTitle;
use super::code::CodeField;
use super::failed::Failed;
use super::people::Sessions;
use crate::components::{Look, PageHeader, PasswordField, Refusal, Skeleton, SubmitButton, Toasts};
use crate::fns::session;
use crate::form::Submission;
use crate::session::Session;

const FIELDS: &[&str] = &["passphrase", "newPassphrase"];

#[component]
pub(crate) fn Account() -> impl IntoView {
    let shared = Session::expect();
    let me = expect_context::<Me>();
    let sessions = Resource::new(move || shared.changes(), |_| session::own());
    let own = me.profile.to_string();
    let list = move || {
        let own = own.clone();
        Suspend::new(async move {
            match sessions.await {
                Ok(sessions) => view! { <Own sessions own/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let sub = {
        let (email, role, account) = (me.email.clone(), me.role.title(), me.account.clone());
        move || view! { <bdi>{email}</bdi> ", " {role} " of " <bdi>{account}</bdi> }
    };
    view! {
        <PageTitle text="Your account"/>
        <PageHeader title=me.name.clone() sub=sub/>
        <div class="columns">
            <div><Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{list}</Transition></div>
            <div>
                <SecondFactor me=me.clone()/>
                <Passphrase email=me.email.clone()/>
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn Own(sessions: Vec<SessionRow>, own: String) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let submission = Submission::new();
    let others = sessions.len() > 1;
    let end = move |_| session::end_all(own.clone());
    let ended = move |()| {
        toasts.done("All other sessions are ended.");
        shared.changed();
    };
    view! {
        <section class="panel pad" aria-labelledby="sessions-title">
            <div class="panel-head">
                <h2 id="sessions-title">"Where you are signed in"</h2>
                {others.then(|| view! {
                    <form class="end" method="post" action="/account/sign-out-others" on:submit=submission.send(end, ended)>
                        <SubmitButton look=Look::Plain small=true icon="log-out" busy=submission.busy()>"End all others"</SubmitButton>
                    </form>
                })}
            </div>
            <Sessions sessions page="/account".to_owned()/>
        </section>
    }
    .into_any()
}

#[component]
fn Passphrase(email: String) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submission = Submission::posted_by("passphrase");
    let refused = submission.error_beside(FIELDS);
    let changed = move |()| {
        current.set(String::new());
        new.set(String::new());
        toasts.done("Your passphrase is changed, and all other sessions are ended.");
        shared.changed();
    };
    view! {
        <section class="panel pad" aria-labelledby="passphrase-title">
            <div class="panel-head"><h2 id="passphrase-title">"Passphrase"</h2></div>
            <form
                class="stack"
                method="post"
                action="/account"
                on:submit=submission.send(session::change_passphrase, changed)
            >
                <Refusal text=refused/>
                // For password managers, which keep the passphrase under it.
                <input class="vh" type="email" value=email readonly=true autocomplete="username" tabindex="-1" aria-hidden="true"/>
                <PasswordField
                    name="passphrase"
                    label="Present passphrase"
                    value=current
                    autocomplete="current-password"
                    error=submission.error("passphrase")
                />
                <PasswordField
                    name="newPassphrase"
                    label="New passphrase"
                    note=format!("at least {PASSPHRASE_MIN} characters")
                    value=new
                    autocomplete="new-password"
                    hint="It ends all your other sessions."
                    error=submission.error("newPassphrase")
                />
                <input type="hidden" name="section" value="passphrase"/>
                <CodeField submission id="passphrase-code"/>
                <div class="row"><SubmitButton busy=submission.busy()>"Change passphrase"</SubmitButton></div>
            </form>
        </section>
    }
    .into_any()
}
