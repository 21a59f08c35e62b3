//! The review: every staged change in words, before all of them take effect together.

use std::collections::BTreeMap;

use contract::Timestamp;
use leptos::prelude::*;
use leptos::task::spawn_local;
use matrix::{Beneath, KeyReview, Place, Reviewed, Risk, Whole};

use super::conflicts::Conflicts;
use super::desk::Desk;
use super::work::Work;
use crate::components::{ApiCall, Button, Dialog, Look, Notice, Tone, When};
use crate::fns::access::{ExplainQuery, explain};
use crate::wording::{counted, reviewed};

/// More lines than these are summed up, key by key.
const LINES: usize = 400;

/// Of so many cells the server is asked when they were last used.
const ASKED: usize = 24;

/// A line of the review.
#[derive(Clone, PartialEq)]
struct Line {
    want: bool,
    name: String,
    label: Option<String>,
    risk: Option<Risk>,
    /// For how many days the grant that goes was not used.
    unused: Option<u64>,
}

/// A key with what changes about it.
#[derive(Clone, PartialEq)]
struct Entry {
    name: String,
    whole: Option<(Whole, Option<Risk>)>,
    lines: Vec<Line>,
    /// Lines that are not shown.
    more: usize,
}

#[component]
pub(super) fn Review(desk: Desk) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let told = desk.told();
    let summary = Memo::new(move |_| told.with(|told| told.summary));
    let busy = Signal::derive(move || told.with(|told| told.is_applying));
    let title = Signal::derive(move || {
        format!(
            "Review {}",
            counted(summary.get().changes() as u64, "change", "changes")
        )
    });
    let uses = uses(desk);
    let entries = Memo::new(move |_| {
        let uses = uses.get();
        desk.read(|work| entries(work, &uses)).unwrap_or_default()
    });
    let close = move || desk.over().set(None);
    let apply = move || {
        if summary.get_untracked().changes() > 0 {
            desk.apply(&reason.get_untracked());
        }
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            apply();
        }
    };
    let refused = desk.refused();
    let label = move || {
        format!(
            "Apply {}",
            counted(summary.get().changes() as u64, "change", "changes")
        )
    };
    view! {
        <Dialog id="review" title=title wide=true on_close=close>
            <p class="lead">{move || reviewed(summary.get())} " They take effect together, or not at all."</p>
            <div aria-live="assertive">
                {move || refused.get().map(|text| view! { <Notice tone=Tone::Bad>{text}</Notice> })}
            </div>
            <Conflicts desk/>
            <div class="changes" tabindex="0" role="group" aria-label="Changes by key">
                {move || entries.get().into_iter().map(entry).collect_view()}
            </div>
            <form class="dialog-foot apply" on:submit=send>
                <div class="box why">
                    <input
                        type="text"
                        name="reason"
                        aria-label="Why, for the audit log (optional)"
                        placeholder="Why, for the audit log (optional)"
                        maxlength="500"
                        autocomplete="off"
                        prop:value=move || reason.get()
                        on:input:target=move |event| reason.set(event.target().value())
                    />
                </div>
                <Button look=Look::Quiet on_press=close>"Keep editing"</Button>
                <Button
                    look=Look::Primary
                    busy=busy
                    disabled=Signal::derive(move || summary.get().changes() == 0)
                    on_press=apply
                >
                    {label}
                </Button>
            </form>
            <ApiCall curl=Signal::derive(move || desk.curl(&reason.get()))/>
        </Dialog>
    }
    .into_any()
}

/// When what is to be revoked was last used, as the server tells it of the first few.
fn uses(desk: Desk) -> RwSignal<BTreeMap<Place, Timestamp>> {
    let uses = RwSignal::new(BTreeMap::new());
    Effect::new(move || {
        let asked = desk.peek(|work| {
            let matrix = work.board().matrix();
            let staged = work.board().staged();
            let revoked = staged.filter(|place| matrix.granted(*place) && matrix.used(*place));
            let asked = revoked.filter_map(|place| {
                let (key, workspace) = matrix.ids(place)?;
                let query = ExplainQuery {
                    key: key.to_string(),
                    workspace: workspace.to_string(),
                    permission: String::new(),
                };
                Some((place, query))
            });
            asked.take(ASKED).collect::<Vec<_>>()
        });
        for (place, query) in asked.unwrap_or_default() {
            spawn_local(async move {
                let explained = explain(query).await;
                if let Ok(Some(at)) = explained.map(|explained| explained.last_used_at) {
                    uses.try_update(|uses| uses.insert(place, at));
                }
            });
        }
    });
    uses
}

/// Everything staged, with the names of it.
fn entries(work: &Work, uses: &BTreeMap<Place, Timestamp>) -> Vec<Entry> {
    let review = work.board().review(work.now(), uses);
    let mut left = LINES;
    let entry = |key: KeyReview| {
        let shown = key.cells.len().min(left);
        left -= shown;
        let lines = key.cells.iter().take(shown).map(|cell| line(work, cell));
        let found = work.board().matrix().keys().get(key.key);
        Entry {
            name: found.map_or_else(String::new, |found| found.row.name.clone()),
            whole: key.whole.map(|whole| (whole, key.risk)),
            lines: lines.collect(),
            more: key.cells.len() - shown,
        }
    };
    review.keys.into_iter().map(entry).collect()
}

fn line(work: &Work, cell: &Reviewed) -> Line {
    let matrix = work.board().matrix();
    let workspace = matrix.workspaces().get(cell.place.workspace);
    let label = work.query().grouping.label(matrix);
    let label = workspace.and_then(|workspace| {
        let mut labels = workspace.column.labels.iter();
        labels.find(|(key, _)| Some(*key) == label.as_deref())
    });
    Line {
        want: cell.want,
        name: workspace.map_or_else(String::new, |workspace| workspace.column.name.clone()),
        label: label.map(|(_, value)| value.to_owned()),
        risk: cell.risk,
        unused: (!cell.want && !matrix.used(cell.place)).then(|| matrix.used_days()),
    }
}

fn entry(entry: Entry) -> impl IntoView {
    let Entry {
        name,
        whole,
        lines,
        more,
    } = entry;
    let whole = whole.map(|(whole, risk)| {
        let (sign, text) = match whole {
            Whole::On => ("+", "all workspaces, present and future"),
            Whole::Off(Beneath::Keep) => ("−", "all workspaces; its own grants stay"),
            Whole::Off(Beneath::Today) => ("−", "all workspaces; granted those of today instead"),
            Whole::Off(Beneath::None) => ("−", "all workspaces, and nothing remains"),
        };
        let class = if sign == "+" { "plus" } else { "minus" };
        view! { <li><b class=class>{sign}</b><span class="what">{text}</span>{risk.map(danger)}</li> }
    });
    let line = |line: Line| {
        let (class, sign, word) = if line.want {
            ("plus", "+", "grant ")
        } else {
            ("minus", "−", "revoke ")
        };
        let risk = line.risk.map(danger);
        let never = line.unused.map(|days| {
            let text = format!("not used in {}", counted(days, "day", "days"));
            view! { <span class="end muted">{text}</span> }
        });
        view! {
            <li>
                <b class=class aria-hidden="true">{sign}</b>
                <span class="what">
                    <span class="vh">{word}</span>
                    <bdi>{line.name}</bdi>
                    {line.label.map(|label| view! { " " <span class="muted">{label}</span> })}
                </span>
                {risk}
                {never}
            </li>
        }
    };
    let more = (more > 0).then(|| {
        view! { <li><b></b><span class="what muted">{format!("and {}", counted(more as u64, "more change", "more changes"))}</span></li> }
    });
    view! {
        <section class="entry">
            <h2 dir="auto">{name}</h2>
            <ul>{whole}{lines.into_iter().map(line).collect_view()}{more}</ul>
        </section>
    }
}

/// Why to look twice.
fn danger(risk: Risk) -> impl IntoView {
    let when = |text: &'static str, at: Timestamp| {
        view! { <span class="end warn">{text} <When at=at/></span> }.into_any()
    };
    match risk {
        Risk::InUse(at) => when("last called ", at),
        Risk::MayBeInUse(at) => when("the key last called ", at),
        Risk::Production => view! { <span class="end warn">"production"</span> }.into_any(),
    }
}
