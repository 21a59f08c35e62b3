//! What outlives a page while somebody is signed in: whether the session still holds and when it gives a code,
//! the one token on the screen, and that something has changed.

use contract::Permission;
use contract::console::Me;
use contract::factor::Standing;
use contract::form::Fields;
use contract::next::own_path;
use contract::resource::RevealedApiKey;
use leptos::prelude::*;

use crate::posted::Posted;

/// Whether whoever is signed in holds a permission.
pub(crate) fn may(permission: &Permission) -> bool {
    use_context::<Me>().is_some_and(|me| me.permissions.holds(permission))
}

/// Shared by everything inside the signed-in layout.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    ended: RwSignal<bool>,
    revealed: RwSignal<Option<RevealedApiKey>>,
    changes: RwSignal<u32>,
    code_wanted: RwSignal<bool>,
}

impl Session {
    pub(crate) fn provide() -> Self {
        let revealed = use_context::<Posted>().and_then(|posted| posted.revealed);
        let stale = |me: Me| me.factor == Standing::Stale;
        let session = Self {
            code_wanted: RwSignal::new(use_context::<Me>().is_some_and(stale)),
            ended: RwSignal::new(false),
            revealed: RwSignal::new(revealed),
            changes: RwSignal::new(0),
        };
        provide_context(session);
        session
    }

    /// # Panics
    /// Outside of the signed-in layout.
    pub(crate) fn expect() -> Self {
        expect_context()
    }

    /// The server no longer knows who this is. A dialog over the page asks to sign in again; what
    /// was typed stays where it is.
    pub(crate) fn end(self) {
        self.ended.try_set(true);
    }

    pub(crate) fn ended(self) -> RwSignal<bool> {
        self.ended
    }

    /// Whether forms that need a code of the second factor ask for one.
    pub(crate) fn code_wanted(self) -> Signal<bool> {
        self.code_wanted.into()
    }

    /// The server asked for a code, or took one.
    pub(crate) fn want_code(self, wanted: bool) {
        self.code_wanted.try_set(wanted);
    }

    /// Shows a token, over whatever page is below: going to another one does not lose it.
    pub(crate) fn reveal(self, key: RevealedApiKey) {
        self.revealed.try_set(Some(key));
    }

    pub(crate) fn revealed(self) -> Signal<Option<RevealedApiKey>> {
        self.revealed.into()
    }

    pub(crate) fn is_revealing(self) -> bool {
        self.revealed.with(Option::is_some)
    }

    /// Drops the token, and only then lets the lists load again.
    pub(crate) fn forget(self) {
        self.revealed.set(None);
        self.changed();
    }

    /// Something that lists show has changed.
    pub(crate) fn changed(self) {
        self.changes.try_update(|changes| *changes += 1);
    }

    /// What a list depends on, to load again when something has changed.
    pub(crate) fn changes(self) -> u32 {
        self.changes.get()
    }
}

/// The address of the sign-in page that leads back to `path`.
pub(crate) fn sign_in_path(path: &str, search: &str, typed: Option<&Fields>) -> String {
    use leptos_router::location::Url;
    let mut back = path.to_owned();
    let mut separator = '?';
    if !search.is_empty() {
        back.push('?');
        back.push_str(search);
        separator = '&';
    }
    for (name, value) in typed.iter().flat_map(|fields| fields.iter()) {
        back.push(separator);
        back.push_str(&Url::escape(name));
        back.push('=');
        back.push_str(&Url::escape(value));
        separator = '&';
    }
    format!("/sign-in?next={}", Url::escape(&back))
}

/// Where a sign-in leads: to a path of this site, or else to the keys.
pub(crate) fn next_path(next: Option<String>) -> String {
    let next = next.as_deref().and_then(own_path);
    next.unwrap_or("/keys").to_owned()
}
