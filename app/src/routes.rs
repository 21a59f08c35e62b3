//! Which page stands at which address.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Redirect, Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::pages::access::Access;
use crate::pages::failed::NotFound;
use crate::pages::issue::IssueKey;
use crate::pages::key::{Key, RevokeKey, RotateKey};
use crate::pages::keys::Keys;
use crate::pages::layout::SignedIn;
use crate::pages::setup::Setup;
use crate::pages::sign_in::SignIn;
use crate::pages::welcome::Welcome;
use crate::pages::workspaces::{NewWorkspace, Workspace, Workspaces};

/// The console. Runs on the server for every page, once at start to list the routes, and in the
/// browser to take over what the server rendered.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let titled = |page: String| {
        if page.is_empty() {
            "Keyrack".to_owned()
        } else {
            format!("{page} · Keyrack")
        }
    };
    view! {
        <Title formatter=titled/>
        <Router>
            <Routes fallback=NotFound>
                // The server answers `/` itself; this is for links within the page.
                <Route path=path!("/") view=|| view! { <Redirect path="/keys"/> } ssr=SsrMode::Async/>
                <Route path=path!("/setup") view=Setup ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=SignIn ssr=SsrMode::Async/>
                <ParentRoute path=path!("") view=SignedIn ssr=SsrMode::Async>
                    <Route path=path!("/welcome") view=Welcome ssr=SsrMode::Async/>
                    <ParentRoute path=path!("/keys") view=Keys ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("new") view=IssueKey ssr=SsrMode::Async/>
                    </ParentRoute>
                    <ParentRoute path=path!("/keys/:id") view=Key ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("rotate") view=RotateKey ssr=SsrMode::Async/>
                        <Route path=path!("revoke") view=RevokeKey ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("/access") view=Access ssr=SsrMode::Async/>
                    <ParentRoute path=path!("/workspaces") view=Workspaces ssr=SsrMode::Async>
                        <Route path=path!("") view=|| () ssr=SsrMode::Async/>
                        <Route path=path!("new") view=NewWorkspace ssr=SsrMode::Async/>
                    </ParentRoute>
                    <Route path=path!("/workspaces/:id") view=Workspace ssr=SsrMode::Async/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
