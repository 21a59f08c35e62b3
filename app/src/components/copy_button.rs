use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Icon, Look};
use crate::browser;

/// How long the button says what came of it.
const SAID_FOR_MS: u32 = 2_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Copied,
    Refused,
}

/// Copies what `text` gives at the press. The text is asked for then and handed straight to the
/// clipboard: nothing of it stays in a signal.
#[component]
pub fn CopyButton(
    text: impl Fn() -> String + Send + Sync + 'static,
    #[prop(default = "Copy")] label: &'static str,
    #[prop(optional)] look: Look,
    #[prop(optional)] small: bool,
    /// Called when the clipboard has it.
    #[prop(optional, into)]
    on_copied: Option<Callback<()>>,
) -> impl IntoView {
    let said = RwSignal::new(Said::Nothing);
    let copy = move |_| {
        let copying = browser::copy(text());
        spawn_local(async move {
            let copied = copying.await;
            said.try_set(if copied { Said::Copied } else { Said::Refused });
            if let Some(on_copied) = on_copied.filter(|_| copied) {
                on_copied.try_run(());
            }
            browser::after(SAID_FOR_MS, move || {
                said.try_set(Said::Nothing);
            });
        });
    };
    let icon = move || {
        if said.get() == Said::Copied {
            view! { <Icon name="check"/> }
        } else {
            view! { <Icon name="copy"/> }
        }
    };
    let words = move || match said.get() {
        Said::Nothing => label,
        Said::Copied => "Copied",
        Said::Refused => "Select and copy it by hand",
    };
    view! {
        <button type="button" class=format!("{} needs-script", look.class()) class:small=small on:click=copy>
            {icon}
            <span aria-live="polite">{words}</span>
        </button>
    }
    .into_any()
}
