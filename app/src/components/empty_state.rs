use leptos::prelude::*;

use super::{CodeBlock, Icon};

/// What a list says when it is empty: what belongs here, the one thing to do (its children), and the
/// same thing as a program would do it.
#[component]
pub fn EmptyState(
    icon: &'static str,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// The same as a curl line.
    #[prop(optional, into)]
    curl: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <Icon name=icon class="glyph"/>
            <h2>{title}</h2>
            <p class="text">{text}</p>
            {children.map(|children| children())}
            {curl.map(|curl| view! { <CodeBlock text=curl/> })}
        </div>
    }
    .into_any()
}
