//! What there is to see. A page loads its data through [`crate::fns`], shows it with
//! [`crate::components`], and sends its forms through `form`.

pub(crate) mod access;
pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod change;
pub(crate) mod code;
pub(crate) mod explain;
pub(crate) mod failed;
pub(crate) mod first_call;
pub(crate) mod issue;
pub(crate) mod join;
pub(crate) mod key;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod news;
pub(crate) mod palette;
pub(crate) mod people;
pub(crate) mod reference;
#[cfg(feature = "ssr")]
pub(crate) mod refused;
pub(crate) mod reveal;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod setup;
pub(crate) mod sign_in;
pub(crate) mod welcome;
pub(crate) mod workspaces;

pub(crate) use self::access::Access;
pub(crate) use self::account::Account;
pub(crate) use self::audit::Audit;
pub(crate) use self::change::ChangeMany;
pub(crate) use self::code::Confirm;
pub(crate) use self::explain::Explain;
pub(crate) use self::issue::IssueKey;
pub(crate) use self::join::Join;
pub(crate) use self::key::{ChangeGrace, DisableKey, Key, RevokeKey, RotateKey};
pub(crate) use self::keys::Keys;
pub(crate) use self::palette::Palette;
pub(crate) use self::people::{InvitePerson, People, Person, RemovePerson};
pub(crate) use self::reference::Reference;
pub(crate) use self::settings::Settings;
pub(crate) use self::setup::Setup;
pub(crate) use self::sign_in::SignIn;
pub(crate) use self::welcome::Welcome;
pub(crate) use self::workspaces::{NewWorkspace, Workspace, Workspaces};

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;

use crate::browser;

/// Goes somewhere in the place of this page, which the way back then leaves out.
fn instead() -> NavigateOptions {
    NavigateOptions {
        replace: true,
        ..NavigateOptions::default()
    }
}

/// Like [`instead`], and nothing scrolls: a dialog closes, or the page is asked something else.
fn in_place() -> NavigateOptions {
    NavigateOptions {
        scroll: false,
        ..instead()
    }
}

/// The title of the page in the tab.
#[component]
fn PageTitle(#[prop(into)] text: Signal<String>) -> impl IntoView {
    // The server writes the head once the page is done, when a signal of the page may no longer be
    // read, or is another request's: it gets the text itself.
    #[cfg(feature = "ssr")]
    let text = browser::in_head(&text.get_untracked());
    // In the browser, the title of a view that was made anew in its place stays among the titles behind it, and
    // is asked once more when the page is left: by then its text may be gone.
    #[cfg(not(feature = "ssr"))]
    let text = move || browser::in_head(&text.try_get().unwrap_or_default());
    view! { <Title text/> }.into_any()
}
