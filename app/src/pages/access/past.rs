//! The matrix as it was at a moment, read-only.

use contract::Timestamp;
use leptos::prelude::*;
use matrix::Differences;

use super::desk::Desk;
use crate::browser;
use crate::components::{Button, Dialog, Look, Notice, Tone};
use crate::wording::counted;

/// Chooses the moment.
#[component]
pub(super) fn AsOf(desk: Desk) -> impl IntoView {
    let (at, until) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let refused = RwSignal::new(None::<&'static str>);
    let close = move || desk.over().set(None);
    let show = move || match (moment(&at.get_untracked()), until.get_untracked()) {
        (Some(at), _) if at > Timestamp::from_unix_millis(browser::now_millis()) => {
            refused.set(Some("Choose a day and a time that is over."));
        }
        (Some(at), until) if until.is_empty() => {
            close();
            desk.go_back_to(at, None);
        }
        (Some(at), until) => match moment(&until).filter(|until| *until > at) {
            Some(until) => {
                close();
                desk.go_back_to(at, Some(until));
            }
            None => refused.set(Some(
                "Compare with a later day and time, or leave that empty.",
            )),
        },
        (None, _) => refused.set(Some("Choose a day and a time.")),
    };
    view! {
        <Dialog id="as-of" title="As of a moment" narrow=true on_close=close>
            <p class="lead">"Shows the matrix as it was, rebuilt from the audit log. It cannot be changed there."</p>
            <form class="stack" on:submit=move |event| {
                event.prevent_default();
                show();
            }>
                <Moment id="as-of-at" label="Day and time, in UTC" value=at required=true/>
                <Moment id="as-of-until" label="Tell what changed until then, in UTC; empty is until now" value=until/>
                <div aria-live="polite">{move || refused.get().map(|text| view! { <p class="error">{text}</p> })}</div>
                <div class="dialog-foot">
                    <Button look=Look::Primary on_press=show>"Show it"</Button>
                    <Button look=Look::Quiet on_press=close>"Stay with now"</Button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

#[component]
fn Moment(
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(optional)] required: bool,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <div class="box">
                <input
                    id=id
                    type="datetime-local"
                    step="1"
                    required=required
                    prop:value=move || value.get()
                    on:input:target=move |event| value.set(event.target().value())
                />
            </div>
        </div>
    }
    .into_any()
}

/// What a field for a local time gives, taken as UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let seconds = if text.len() == 16 { ":00" } else { "" };
    Timestamp::parse(&format!("{text}{seconds}Z")).ok()
}

/// Says that this is the past, with the way back.
#[component]
pub(super) fn PastNotice(desk: Desk) -> impl IntoView {
    let past = desk.past();
    view! {
        {move || past.get().map(|at| view! {
            <Notice tone=Tone::Info>
                <span class="row">
                    <span>"As it was on " <b>{at.date_and_time()}</b> ". It cannot be changed here."</span>
                    <span class="end"><Button small=true on_press=move || desk.go_to_now()>"Back to now"</Button></span>
                </span>
            </Notice>
        })}
        {move || desk.changed_since().map(|differences| since(differences, desk.until().get()))}
    }
    .into_any()
}

/// What came to be different, sentence by sentence.
fn since(differences: Differences, until: Option<Timestamp>) -> impl IntoView {
    let Differences { shown, total } = differences;
    let span = match until {
        Some(until) => format!("until {}", until.date_and_time()),
        None => "since".to_owned(),
    };
    let head = match total {
        0 => format!("Nothing changed {span}."),
        total => format!("{} {span}", counted(total as u64, "change", "changes")),
    };
    let more = total - shown.len();
    let lines = shown
        .into_iter()
        .map(|one| view! { <li dir="auto">{one.to_string()}</li> });
    view! {
        <details class="panel changed-since">
            <summary><b>{head}</b></summary>
            <ul>{lines.collect_view()}</ul>
            {(more > 0).then(|| view! { <p class="muted">{format!("and {}", counted(more as u64, "more", "more"))}</p> })}
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_moment_is_one_of_utc() {
        let at = moment("2026-11-24T14:05").unwrap();
        assert_eq!(at.date_and_time(), "24 Nov 2026, 14:05 UTC");
        assert_eq!(
            moment("2026-11-24T14:05:30").unwrap().unix_millis() - at.unix_millis(),
            30_000
        );
        assert_eq!(moment(""), None);
    }
}
