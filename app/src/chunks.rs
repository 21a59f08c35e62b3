//! The console in chunks: the code of a page is loaded with the first page that needs it.
//!
//! Every page stands behind a function here that the build splits the WASM at: what one chunk alone
//! uses goes into it, what several use into one they share, and the rest stays in the main module. The
//! router loads a page's chunk before it leaves the page before. On the server they are plain functions.
//!
//! A chunk is for pages that people use together. There are few, because what some of them share is a file
//! for each of the ways in which they share it: with sixteen chunks there were 355 files, most of them with
//! less than two thousand bytes, and a page loaded 165 of them.

#![expect(
    non_snake_case,
    reason = "the functions are named like the pages they show"
)]

use std::future::pending;
use std::pin::Pin;

use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use leptos_router::ChooseView;
use leptos_router::hooks::use_location;

use crate::browser;
use crate::pages;

/// A page as the router takes it: how to load its chunk and how to show it.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    #[cfg(feature = "ssr")]
    chunk: &'static str,
    load: fn() -> Loading<()>,
    show: fn() -> Loading<AnyView>,
}

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// Constants of type [`Page`]: `NAME: chunk, component`.
macro_rules! pages {
    ($($name:ident: $chunk:ident, $component:ident;)*) => {$(
        pub(crate) const $name: Page = {
            #[wasm_split($chunk, fallible, preload(load), wasm_split_path = ::leptos::wasm_split)]
            fn $component() -> Result<AnyView, SplitLoaderError> {
                Ok(view! { <pages::$component/> }.into_any())
            }
            Page {
                #[cfg(feature = "ssr")]
                chunk: stringify!($chunk),
                load: || Box::pin(load()),
                show: || Box::pin($component()),
            }
        };
    )*};
}

pages! {
    SETUP: start, Setup;
    SIGN_IN: start, SignIn;
    WELCOME: start, Welcome;
    JOIN: start, Join;
    KEYS: keys, Keys;
    ISSUE_KEY: keys, IssueKey;
    CHANGE_MANY: keys, ChangeMany;
    KEY: keys, Key;
    ROTATE_KEY: keys, RotateKey;
    REVOKE_KEY: keys, RevokeKey;
    DISABLE_KEY: keys, DisableKey;
    CHANGE_GRACE: keys, ChangeGrace;
    ACCESS: access, Access;
    EXPLAIN: access, Explain;
    WORKSPACES: people, Workspaces;
    NEW_WORKSPACE: people, NewWorkspace;
    WORKSPACE: people, Workspace;
    PEOPLE: people, People;
    INVITE_PERSON: people, InvitePerson;
    PERSON: people, Person;
    REMOVE_PERSON: people, RemovePerson;
    ACCOUNT: account, Account;
    CONFIRM: account, Confirm;
    AUDIT: account, Audit;
    SETTINGS: account, Settings;
    REFERENCE: reference, Reference;
}

/// How the command palette is shown, while its signal says so.
pub(crate) type ShowPalette = fn(RwSignal<bool>) -> AnyView;

/// A value that comes with a chunk: `chunk, function: type = value`.
macro_rules! loaded {
    ($chunk:ident, $name:ident: $of:ty = $value:expr) => {{
        #[wasm_split($chunk, fallible, wasm_split_path = ::leptos::wasm_split)]
        fn $name() -> Result<$of, SplitLoaderError> {
            Ok($value)
        }
        Box::pin($name())
    }};
}

/// Loads the code of the command palette, the first time it is wanted.
pub(crate) fn palette() -> Loading<ShowPalette> {
    loaded!(palette, Palette: ShowPalette = |open| view! { <pages::Palette open/> }.into_any())
}

impl ChooseView for Page {
    async fn preload(&self) {
        if (self.load)().await.is_err() {
            // The server may have been updated since: it has the page, and the code for it.
            let location = use_location();
            browser::go(&location.pathname.get_untracked());
            pending::<()>().await;
        }
    }

    async fn choose(self) -> AnyView {
        // Loaded by now, or the page would not be chosen.
        (self.show)().await.unwrap_or_else(|_| ().into_any())
    }
}

/// Loads the code of the page at `path`, so that it takes over at once what the server rendered. An
/// error when that fails; the page then goes on without scripting.
pub async fn load(path: &str) -> Result<(), SplitLoaderError> {
    for page in pages_at(path) {
        (page.load)().await?;
    }
    Ok(())
}

/// The chunks that [`load`] will load, for the browser to fetch them beforehand.
#[cfg(feature = "ssr")]
pub(crate) fn chunks_at(path: &str) -> impl Iterator<Item = &'static str> + use<> {
    pages_at(path).iter().map(|page| page.chunk)
}

/// The pages at `path`, one over the other, as [`crate::routes`] places them. Each of them, though they
/// share chunks: a page that was not asked for counts as not loaded.
fn pages_at(path: &str) -> &'static [Page] {
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match segments[..] {
        ["setup"] => &[SETUP],
        ["sign-in"] => &[SIGN_IN],
        ["welcome"] => &[WELCOME],
        ["join", _] => &[JOIN],
        ["keys"] => &[KEYS],
        ["keys", "new"] => &[KEYS, ISSUE_KEY],
        ["keys", "change"] => &[KEYS, CHANGE_MANY],
        ["keys", _] => &[KEY],
        ["keys", _, "rotate"] => &[KEY, ROTATE_KEY],
        ["keys", _, "revoke"] => &[KEY, REVOKE_KEY],
        ["keys", _, "disable"] => &[KEY, DISABLE_KEY],
        ["keys", _, "grace"] => &[KEY, CHANGE_GRACE],
        ["access"] => &[ACCESS],
        ["access", "explain"] => &[EXPLAIN],
        ["workspaces"] => &[WORKSPACES],
        ["workspaces", "new"] => &[WORKSPACES, NEW_WORKSPACE],
        ["workspaces", _] => &[WORKSPACE],
        ["people"] => &[PEOPLE],
        ["people", "new"] => &[PEOPLE, INVITE_PERSON],
        ["people", _] => &[PERSON],
        ["people", _, "remove"] => &[PERSON, REMOVE_PERSON],
        ["account"] => &[ACCOUNT],
        ["confirm"] => &[CONFIRM],
        ["audit"] => &[AUDIT],
        ["settings"] => &[SETTINGS],
        ["reference"] => &[REFERENCE],
        _ => &[],
    }
}
