use contract::Permission;
use contract::console::Me;
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html::{Details, Summary};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Node;
use leptos_router::components::A;
use leptos_router::hooks::use_location;

use super::shortcuts::Shortcuts;
use super::theme_switch::ThemeSwitch;
use super::{Avatar, Brand, Icon, Now, ToastRegion, Toasts};
use crate::browser;

/// The places: address, icon, name, keys.
const PLACES: [(&str, &str, &str, &str); 7] = [
    ("/keys", "key-round", "Keys", "g k"),
    ("/access", "grid-3x3", "Access", "g a"),
    ("/workspaces", "layers", "Workspaces", "g w"),
    ("/people", "users", "People", "g p"),
    ("/audit", "scroll-text", "Audit log", "g l"),
    ("/reference", "braces", "API reference", "g r"),
    ("/settings", "settings-2", "Settings", "g s"),
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
    /// Shows the command palette.
    find: Callback<()>,
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
    // Where nobody but they are let in, nobody else is sent.
    let me = use_context::<Me>();
    let open = |(href, ..): &(&str, &str, &str, &str)| {
        let holds = |me: &Me| me.permissions.holds(&Permission::manage("account"));
        !["/audit", "/people", "/settings"].contains(href) || me.as_ref().is_some_and(holds)
    };
    let places = PLACES.into_iter().filter(open).map(|(href, icon, place, keys)| {
        // On a narrow screen there is room for one word of it.
        let (place, rest) = match place.strip_prefix("API") {
            Some(rest) => ("API", Some(rest)),
            None => (place, None),
        };
        let rest = rest.map(|rest| view! { <span class="rest">{rest}</span> });
        view! {
            <li><A href=href><Icon name=icon/><span>{place}{rest}</span><kbd aria-hidden="true">{keys}</kbd></A></li>
        }
    });
    view! {
        // For the browser and not for the router, which would scroll and leave the focus behind.
        <a class="btn skip" href="#main" rel="external">"Skip to content"</a>
        <div class="app">
            <nav class="nav" aria-label="Places">
                <Brand/>
                <ul>{places.collect_view()}</ul>
                <AccountMenu name account role help find/>
            </nav>
            <main class="main" id="main" tabindex="-1">{children()}</main>
        </div>
        <ToastRegion toasts/>
        <Shortcuts help find/>
    }
    .into_any()
}

/// Who is signed in, and what is theirs: theme, keys, the way out. It folds up when the focus goes
/// elsewhere, and on Escape.
#[component]
fn AccountMenu(
    name: String,
    account: String,
    role: String,
    help: RwSignal<bool>,
    find: Callback<()>,
) -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let summary = NodeRef::<Summary>::new();
    let fold = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let left = move |event: FocusEvent| {
        let to = event
            .related_target()
            .and_then(|to| to.dyn_into::<Node>().ok());
        let inside = menu
            .get_untracked()
            .is_some_and(|menu| menu.contains(to.as_ref()));
        if to.is_none() || !inside {
            fold();
        }
    };
    // Back to what is still there after folding, so that the help can give the focus back to it.
    let back = move || {
        if let Some(summary) = summary.get_untracked() {
            browser::focus(&summary);
        }
        fold();
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            back();
        }
    };
    let show_palette = move |_| {
        back();
        find.run(());
    };
    let show_help = move |_| {
        back();
        help.set(true);
    };
    view! {
        <details class="account" node_ref=menu on:focusout=left on:keydown=key>
            <summary node_ref=summary>
                <Avatar name=name.clone()/>
                <span class="who">
                    <b class="truncate">{name}</b>
                    <small class="muted truncate">{account} " · " {role}</small>
                </span>
                <span class="short">"Account"</span>
            </summary>
            <div class="menu" tabindex="-1">
                <a class="btn quiet" href="/account"><Icon name="user"/>"Your account"</a>
                <ThemeSwitch/>
                <button type="button" class="btn quiet needs-script" on:click=show_palette>
                    <Icon name="search"/>
                    "Find or do"
                </button>
                <button type="button" class="btn quiet needs-script" on:click=show_help>
                    <Icon name="keyboard"/>
                    "Keyboard shortcuts"
                </button>
                <form method="post" action="/sign-out">
                    <button type="submit" class="btn">
                        <Icon name="log-out"/>
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
    .into_any()
}
