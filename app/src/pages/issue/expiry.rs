//! The expiry control: lifetimes, or a day, and the date that comes of it.

use contract::form::{DEFAULT_LIFETIME, LIFETIMES, USUAL_LIFETIME, expiry};
use contract::request::Expiry;
use contract::settings::KeySettings;
use contract::{Invalid, Timestamp};
use leptos::prelude::*;

use crate::components::{Segmented, TextField};
use crate::posted::Typed;
use crate::wording;

/// What the control holds.
#[derive(Clone, Copy)]
pub(crate) struct Lifetime {
    pub(crate) choice: RwSignal<String>,
    /// `YYYY-MM-DD`, when a day was chosen.
    pub(crate) date: RwSignal<String>,
    /// What a lifetime in days counts from.
    pub(crate) now: Timestamp,
    /// How long keys of the account last, and may last.
    pub(crate) keys: KeySettings,
}

impl Lifetime {
    /// For a new key. What a link proposes and the account does not allow is not proposed.
    pub(crate) fn of_new(now: Timestamp, keys: KeySettings) -> Self {
        let typed = Typed::here();
        let usual = match keys.default_lifetime {
            Some(_) => USUAL_LIFETIME.0,
            None => DEFAULT_LIFETIME,
        };
        let proposed = typed.text("expires", usual);
        let offered = usual == proposed || allowed(&keys).any(|(choice, _)| choice == proposed);
        Self {
            choice: RwSignal::new(if offered { proposed } else { usual.to_owned() }),
            date: RwSignal::new(typed.text("expiresOn", "")),
            now,
            keys,
        }
    }

    /// Tracks what is chosen; `Ok(None)` is never.
    fn end(&self) -> Result<Option<Timestamp>, Invalid> {
        let expiry = expiry(&self.choice.read(), &self.date.read(), self.now)?;
        Ok(end_of(expiry, &self.keys, self.now))
    }
}

/// When a key with this expiry ends; `None` is never.
pub(crate) fn end_of(expiry: Expiry, keys: &KeySettings, now: Timestamp) -> Option<Timestamp> {
    match expiry {
        Expiry::Usual => keys.default_lifetime.map(|usual| now.plus(usual.0)),
        Expiry::Never => None,
        Expiry::At(at) => Some(at),
    }
}

/// The lifetimes that the account lets a key have.
fn allowed(keys: &KeySettings) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
    let most = keys.max_lifetime.map(|most| most.0.as_secs() / 86_400);
    LIFETIMES.into_iter().filter(move |(choice, _)| {
        let days = choice.parse::<u64>().ok();
        match (*choice, most) {
            (_, None) | ("date", _) => true,
            (_, Some(most)) => days.is_some_and(|days| days <= most),
        }
    })
}

#[component]
pub(crate) fn ExpiryField(
    lifetime: Lifetime,
    /// "Keep" as the first choice, with the present expiry: for a key that exists.
    #[prop(optional)]
    keep: Option<Option<Timestamp>>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let Lifetime {
        choice, date, keys, ..
    } = lifetime;
    let result = move || {
        let at = match keep {
            Some(present) if choice.read().as_str() == "keep" => Ok(present),
            _ => lifetime.end(),
        };
        match at {
            Ok(Some(at)) => at.date(),
            Ok(None) => "no end".to_owned(),
            Err(_) => String::new(),
        }
    };
    let first = match (keep, keys.default_lifetime) {
        (Some(_), _) => Some(("keep", "Keep")),
        (None, Some(_)) => Some(USUAL_LIFETIME),
        (None, None) => None,
    };
    let options = first.into_iter().chain(allowed(&keys)).collect::<Vec<_>>();
    let hint = move || {
        match keys.max_lifetime {
        Some(most) => Some(format!(
            "The settings of the account let a key last {} at most, so that none is forgotten.",
            wording::lasting(most.0)
        )),
        None => (choice.read().as_str() == "never").then(|| {
            "For a program that nobody could give a new key in time. It stays good until somebody revokes it.".to_owned()
        }),
    }
    };
    view! {
        <div class="expiry">
            <div class="row">
                <Segmented name="expires".to_owned() legend="Expires" show_legend=true options=options value=choice/>
                <span class="muted result" aria-live="polite">{result}</span>
            </div>
            // Shown by the style sheet with the choice "Date", so that it is there without scripting.
            <div class="on-date">
                <TextField
                    name="expiresOn"
                    label="Last day"
                    note="until its end in UTC"
                    kind="date"
                    value=date
                    error=error
                />
            </div>
            {move || hint().map(|text| view! { <p class="hint">{text}</p> })}
            {move || (choice.read().as_str() != "date").then(|| error.get()).flatten().map(|text| view! { <p class="error">{text}</p> })}
        </div>
    }
    .into_any()
}
