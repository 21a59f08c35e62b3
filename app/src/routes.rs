//! Which page stands at which address.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::chunks::{
    ACCESS, ACCOUNT, AUDIT, CHANGE_GRACE, CHANGE_MANY, CONFIRM, DISABLE_KEY, EXPLAIN,
    INVITE_PERSON, ISSUE_KEY, JOIN, KEY, KEYS, NEW_WORKSPACE, PEOPLE, PERSON, REFERENCE,
    REMOVE_PERSON, REVOKE_KEY, ROTATE_KEY, SETTINGS, SETUP, SIGN_IN, WELCOME, WORKSPACE,
    WORKSPACES,
};
use crate::pages::failed::NotFound;
use crate::pages::layout::SignedIn;

/// What the tab says of a page with that title.
pub(crate) fn titled(page: String) -> String {
    if page.is_empty() {
        "Keyrack".to_owned()
    } else {
        format!("{page} · Keyrack")
    }
}

/// The console. Runs on the server for every page, once at start to list the routes, and in the
/// browser to take over what the server rendered.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=titled/>
        <Router>
            <Routes fallback=NotFound>
                // The server answers `/` itself; this is for links within the page.
                <Route path=path!("/") view=|| view! { <Redirect path="/keys"/> } ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=SETUP ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SIGN_IN ssr=SsrMode::Async/>
                <Route path=path!("/join/:secret") view=JOIN ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=SignedIn ssr=SsrMode::Async>
                    <Route path=path!("/welcome") view=WELCOME ssr=SsrMode::Async/>
                    <ParentRoute path=path!("/keys") view=KEYS ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("new") view=ISSUE_KEY ssr=SsrMode::Async/>
                        <Route path=path!("change") view=CHANGE_MANY ssr=SsrMode::Async/>
                    </ParentRoute>
                    <ParentRoute path=path!("/keys/:id") view=KEY ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("rotate") view=ROTATE_KEY ssr=SsrMode::Async/>
                        <Route path=path!("revoke") view=REVOKE_KEY ssr=SsrMode::Async/>
                        <Route path=path!("disable") view=DISABLE_KEY ssr=SsrMode::Async/>
                        <Route path=path!("grace") view=CHANGE_GRACE ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("/access") view=ACCESS ssr=SsrMode::Async/>
                    <Route path=path!("/access/explain") view=EXPLAIN ssr=SsrMode::Async/>
                    <ParentRoute path=path!("/workspaces") view=WORKSPACES ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("new") view=NEW_WORKSPACE ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("/workspaces/:id") view=WORKSPACE ssr=SsrMode::Async/>
                    <ParentRoute path=path!("/people") view=PEOPLE ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("new") view=INVITE_PERSON ssr=SsrMode::Async/>
                    </ParentRoute>
                    <ParentRoute path=path!("/people/:id") view=PERSON ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("remove") view=REMOVE_PERSON ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("/account") view=ACCOUNT ssr=SsrMode::Async/>
                    <Route path=path!("/confirm") view=CONFIRM ssr=SsrMode::Async/>
                    <Route path=path!("/audit") view=AUDIT ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=SETTINGS ssr=SsrMode::Async/>
                    <Route path=path!("/reference") view=REFERENCE ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
