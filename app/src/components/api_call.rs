use leptos::prelude::*;

use super::{CopyButton, Icon, Look};

/// Lines for a terminal, with a button that copies them.
#[component]
pub fn CodeBlock(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! {
        <div class="code">
            // A region that can scroll is reachable by keyboard.
            <pre tabindex="0"><code>{move || text.get()}</code></pre>
            <CopyButton text=move || text.get_untracked() look=Look::Quiet small=true/>
        </div>
    }
    .into_any()
}

/// "Show as API call": what a program would send for what this form does.
#[component]
pub fn ApiCall(#[prop(into)] curl: Signal<String>) -> impl IntoView {
    view! {
        <details class="api-call">
            <summary class="btn quiet"><Icon name="braces"/>"Show as API call"</summary>
            <CodeBlock text=curl/>
        </details>
    }
    .into_any()
}
