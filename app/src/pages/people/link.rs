//! The link of an invitation, in the one moment in which it is shown.

use contract::console::Me;
use contract::people::InvitationLink;
use leptos::prelude::*;

use crate::components::{CodeBlock, Dialog, Dismiss};

#[component]
pub(super) fn LinkShown(link: InvitationLink) -> impl IntoView {
    let me = expect_context::<Me>();
    let url = format!("{}/join/{}", me.public_url, link.secret.expose());
    let until = link.expires_at.date_and_time();
    view! {
        <Dialog id="link" title=format!("Invitation for {}", link.email) dismiss=Dismiss::Never>
            <div class="stack">
                <p class="lead">
                    "Hand this link over yourself; Keyrack sends nothing. It is shown this once, lets one person in, and is good until "
                    {until}
                    "."
                </p>
                <CodeBlock text=url/>
            </div>
            <div class="dialog-foot">
                // A whole new page: nothing of the link stays behind.
                <a class="btn primary" href=format!("/people/{}", link.person) rel="external">"Done"</a>
            </div>
        </Dialog>
    }
    .into_any()
}
