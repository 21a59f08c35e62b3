//! What there is to see. A page loads its data through [`crate::fns`], shows it with
//! [`crate::components`], and sends its forms through `form`.

pub(crate) mod access;
pub(crate) mod failed;
pub(crate) mod issue;
pub(crate) mod key;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod reveal;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod welcome;
pub(crate) mod workspaces;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::browser;

/// The title of the page in the tab.
#[component]
fn PageTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <Title text=move || browser::in_head(&text.get())/> }.into_any()
}
