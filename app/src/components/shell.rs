use leptos::prelude::*;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::shortcuts::Shortcuts;
use super::theme_switch::ThemeSwitch;
use super::{Avatar, Brand, Icon, Now, ToastRegion, Toasts};
use crate::browser;

/// The places: address, icon, name, keys.
const PLACES: [(&str, &str, &str, &str); 3] = [
    ("/keys", "key-round", "Keys", "g k"),
    ("/access", "grid-3x3", "Access", "g a"),
    ("/workspaces", "layers", "Workspaces", "g w"),
];

/// The frame around every page of somebody who is signed in: the places, who they are, the page
/// itself, its toasts and its keys. Provides [`Toasts`] and [`Now`] to what is inside.
#[component]
pub fn Shell(
    /// The person's own name.
    #[prop(into)]
    name: String,
    /// The account's name.
    #[prop(into)]
    account: String,
    /// Their role, for people: "Owner".
    #[prop(into)]
    role: String,
    children: Children,
) -> impl IntoView {
    Now::provide();
    let toasts = Toasts::provide();
    let help = RwSignal::new(false);
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            browser::focus_main_if_lost();
        }
        path
    });
    let places = PLACES.map(|(href, icon, place, keys)| {
        view! {
            <li><A href=href><Icon name=icon/><span>{place}</span><kbd aria-hidden="true">{keys}</kbd></A></li>
        }
    });
    view! {
        <a class="btn skip" href="#main">"Skip to content"</a>
        <div class="app">
            <nav class="nav" aria-label="Places">
                <Brand/>
                <ul>{places.collect_view()}</ul>
                <AccountMenu name account role help/>
            </nav>
            <main class="main" id="main" tabindex="-1">{children()}</main>
        </div>
        <ToastRegion toasts/>
        <Shortcuts help/>
    }
    .into_any()
}

/// Who is signed in, and what is theirs: theme, keys, the way out.
#[component]
fn AccountMenu(name: String, account: String, role: String, help: RwSignal<bool>) -> impl IntoView {
    view! {
        <details class="account" name="account">
            <summary>
                <Avatar name=name.clone()/>
                <span class="who">
                    <b class="truncate">{name}</b>
                    <small class="muted truncate">{account} " · " {role}</small>
                </span>
                <span class="short">"Account"</span>
            </summary>
            <div class="menu">
                <ThemeSwitch/>
                <button type="button" class="btn quiet needs-script" on:click=move |_| help.set(true)>
                    <Icon name="keyboard"/>"Keyboard shortcuts"
                </button>
                <form method="post" action="/sign-out">
                    <button type="submit" class="btn"><Icon name="log-out"/>"Sign out"</button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
