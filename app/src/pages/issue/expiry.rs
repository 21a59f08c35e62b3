//! The expiry control: lifetimes, or a day, and the date that comes of it.

use contract::Timestamp;
use contract::form::{LIFETIMES, expiry};
use leptos::prelude::*;

use crate::components::{Segmented, TextField};

/// What the control holds.
#[derive(Clone, Copy)]
pub(crate) struct Lifetime {
    pub(crate) choice: RwSignal<String>,
    /// `YYYY-MM-DD`, when a day was chosen.
    pub(crate) date: RwSignal<String>,
    /// What a lifetime in days counts from.
    pub(crate) now: Timestamp,
}

#[component]
pub(crate) fn ExpiryField(
    lifetime: Lifetime,
    /// "Keep" as the first choice, with the present expiry: for a key that exists.
    #[prop(optional)]
    keep: Option<Option<Timestamp>>,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let Lifetime { choice, date, now } = lifetime;
    let result = move || {
        let at = match keep {
            Some(present) if choice.read().as_str() == "keep" => Ok(present),
            _ => expiry(&choice.read(), &date.read(), now),
        };
        match at {
            Ok(Some(at)) => at.date(),
            Ok(None) => "no end".to_owned(),
            Err(_) => String::new(),
        }
    };
    let options = keep
        .map(|_| ("keep", "Keep"))
        .into_iter()
        .chain(LIFETIMES)
        .collect::<Vec<_>>();
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
            {move || (choice.read().as_str() != "date").then(|| error.get()).flatten().map(|text| view! { <p class="error">{text}</p> })}
        </div>
    }
    .into_any()
}
