use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::Mark;

/// The head of a page: its title, what stands beside and below it, and as children its actions.
#[component]
pub fn PageHeader(
    #[prop(into)] title: Signal<String>,
    /// The page above this one: its address and name.
    #[prop(optional)]
    crumb: Option<(&'static str, &'static str)>,
    /// Beside the title: a status.
    #[prop(optional, into)]
    beside: Option<ViewFnOnce>,
    /// A line below it.
    #[prop(optional, into)]
    sub: Option<ViewFnOnce>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            <div class="titles">
                {crumb.map(|(href, name)| view! { <a class="crumb" href=href>{name} " /"</a> })}
                <div class="line">
                    <Mark/>
                    <h1><bdi>{move || title.get()}</bdi></h1>
                    {beside.map(ViewFnOnce::run)}
                </div>
                {sub.map(|sub| view! { <p class="sub">{sub.run()}</p> })}
            </div>
            {children.map(|children| view! { <div class="actions">{children()}</div> })}
        </header>
    }
    .into_any()
}
