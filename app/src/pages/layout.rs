//! Around every page of somebody who is signed in.

use contract::console::Me;
use contract::factor::Standing;
use contract::people::SignInStep;
use leptos::prelude::*;
use leptos::suspense::Unsuspend;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_location, use_navigate};

use super::code::Code;
use super::failed::Failed;
use super::instead;
use super::news::News;
use super::reveal::Revealed;
use crate::chunks::{self, ShowPalette};
use crate::components::{Dialog, PasswordField, Refusal, Shell, SubmitButton};
use crate::fns;
use crate::form::Submission;
use crate::session::Session;

/// Finds out who is signed in, once for all pages; nobody is led to the sign-in.
#[component]
pub(crate) fn SignedIn() -> impl IntoView {
    let me = Resource::new_blocking(|| (), |()| fns::session::me());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match me.await {
                    Ok(me) => view! { <Frame me/> }.into_any(),
                    Err(problem) => view! { <Failed problem/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Frame(me: Me) -> impl IntoView {
    provide_context(me.clone());
    let session = Session::provide();
    News::provide();
    if me.factor == Standing::Missing {
        lead_to_own_page();
    }
    // The server looks through what stands in a `Suspense` for more to wait for, and makes a page anew each
    // time: with data that the browser, which is given those of the first time, would not find on it.
    let owner = Owner::current().unwrap_or_default();
    let page = Unsuspend::new(move || owner.with(|| view! { <Outlet/> }.into_any()));
    let (finding, found) = (RwSignal::new(false), RwSignal::new(None::<ShowPalette>));
    let find = move |()| {
        finding.set(true);
        if found.with_untracked(Option::is_none) {
            spawn_local(async move {
                match chunks::palette().await {
                    Ok(show) => drop(found.try_set(Some(show))),
                    Err(_) => drop(finding.try_set(false)),
                }
            });
        }
    };
    let palette = move || {
        found
            .get()
            .filter(|_| finding.get())
            .map(|show| show(finding))
    };
    view! {
        <Shell name=me.name account=me.account role=me.role.title() find=Callback::new(find)>
            {page}
        </Shell>
        {palette}
        <Show when=move || session.is_revealing()>
            <Revealed/>
        </Show>
        <SignInAgain email=me.email account=me.account_id.to_string()/>
    }
    .into_any()
}

/// Who has to turn a second factor on first is shown no other page; the server leads them as well.
fn lead_to_own_page() {
    const OWN: &str = "/account";
    let path = use_location().pathname;
    let navigate = use_navigate();
    Effect::new(move || {
        if path.get() != OWN {
            navigate(OWN, instead());
        }
    });
}

/// Over the page when the session has ended in the middle of it, so that nothing typed is lost. For
/// the same person only: the page below is theirs.
#[component]
fn SignInAgain(email: String, account: String) -> impl IntoView {
    let ended = Session::expect().ended();
    let passphrase = RwSignal::new(String::new());
    let submission = Submission::new();
    let refused = submission.error_beside(&[]);
    let code_wanted = RwSignal::new(false);
    let go_on = move |step: SignInStep| {
        // It is said which account, so there is none to choose.
        if step == SignInStep::Code {
            code_wanted.set(true);
            return;
        }
        passphrase.set(String::new());
        code_wanted.set(false);
        ended.set(false);
    };
    let (email, account) = (StoredValue::new(email), StoredValue::new(account));
    view! {
        <Show when=move || ended.get()>
            <Dialog id="again" title="Your session has ended" narrow=true on_close=move || ended.set(false)>
                <p class="lead">
                    "Sign in again to go on. What you typed is still here; press its button once more."
                </p>
                <form
                    class="stack"
                    method="post"
                    action="/sign-in"
                    on:submit=submission.send(fns::session::sign_in, go_on)
                >
                    <Refusal text=refused/>
                    <p>"Signed in as " <b><bdi>{email.get_value()}</bdi></b></p>
                    <input type="hidden" name="email" value=email.get_value()/>
                    <input type="hidden" name="account" value=account.get_value()/>
                    <PasswordField
                        name="passphrase"
                        id="again-passphrase"
                        label="Passphrase"
                        value=passphrase
                        autocomplete="current-password"
                    />
                    {move || code_wanted.get().then(|| view! {
                        <Code submission id="again-code" name="code" first=true/>
                    })}
                    <div class="dialog-foot">
                        <SubmitButton busy=submission.busy()>"Sign in"</SubmitButton>
                        // A whole new page, since this one belongs to somebody else.
                        <a class="btn quiet" href="/sign-in" rel="external">"Sign in as somebody else"</a>
                    </div>
                </form>
            </Dialog>
        </Show>
    }
    .into_any()
}
