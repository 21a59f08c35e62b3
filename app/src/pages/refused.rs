//! What people get when their request was refused before any page could answer it: asked for by
//! another site, too large, or while something is broken. Rendered on the server only, and whole
//! without scripting.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};

use super::PageTitle;
use crate::components::{Brand, LinkButton, Look};
use crate::context::PublicUrl;
use crate::routes::titled;

/// `request_id` is what the log names the request by.
#[component]
pub(crate) fn Refused(problem: contract::Error, request_id: String) -> impl IntoView {
    provide_meta_context();
    // Whole, because somebody may be here under another address of the same server.
    let home = use_context::<PublicUrl>().unwrap_or_default().0 + "/";
    let title = problem.kind.title();
    view! {
        <Title formatter=titled/>
        <PageTitle text=title/>
        <div class="auth">
            <main id="main" tabindex="-1">
                <Brand/>
                <h1>{title}</h1>
                <p>{problem.message}</p>
                <p class="muted">"Request id " <code>{request_id}</code></p>
                <LinkButton href=home look=Look::Primary>"To the start of Keyrack"</LinkButton>
            </main>
        </div>
    }
    .into_any()
}
