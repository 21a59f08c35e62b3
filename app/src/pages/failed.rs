//! A page that cannot be shown, and why.

use leptos::prelude::*;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_location;

use super::PageTitle;
use crate::components::{Brand, EmptyState, LinkButton, Look, Notice, PageHeader, Tone};
use crate::problem::Problem;
use crate::session::sign_in_path;

/// Stands in for what a page could not load. Who is not signed in is led to the sign-in and back.
#[component]
pub(crate) fn Failed(problem: Problem) -> impl IntoView {
    if problem.is_signed_out() {
        let location = use_location();
        let path = location.pathname.get_untracked();
        let search = location.search.get_untracked();
        let typed = use_context::<crate::posted::Posted>().map(|posted| posted.fields);
        let path = sign_in_path(&path, &search, typed.as_ref());
        return view! { <Redirect path=path/> }.into_any();
    }
    answer_with(problem.0.kind.status());
    if problem.is_not_found() {
        return view! {
            <PageTitle text="Not found"/>
            <PageHeader title="There is nothing here"/>
            <div class="panel">
                <EmptyState
                    icon="search"
                    title=problem.0.message
                    text="The address may have been mistyped, or what it named may be gone."
                >
                    <LinkButton href="/keys">"All keys"</LinkButton>
                </EmptyState>
            </div>
        }
        .into_any();
    }
    let way = problem.wants_factor().then(|| {
        view! { " " <a href="/account">"Your account"</a> }
    });
    view! { <Notice tone=Tone::Bad alert=true>{problem.0.message} {way}</Notice> }.into_any()
}

/// An address at which there is no page.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    answer_with(404);
    view! {
        <PageTitle text="Not found"/>
        <div class="auth">
            <main id="main" tabindex="-1">
                <Brand/>
                <h1>"There is no page here"</h1>
                <p>"The address may have been mistyped, or what it named may be gone."</p>
                <LinkButton href="/keys" look=Look::Primary>"All keys"</LinkButton>
            </main>
        </div>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
pub(super) fn answer_with(status: u16) {
    crate::context::set_status(status);
}

/// Only an answer of the server has a status.
#[cfg(not(feature = "ssr"))]
pub(super) fn answer_with(_: u16) {}
