//! The matrix on a narrow screen: choose a key, then check its workspaces, or the reverse.

use leptos::prelude::*;

use super::desk::Desk;
use super::face::{Face, aria};
use super::work::Work;
use crate::browser;
use crate::components::{Button, Segmented};
use crate::wording::counted;

/// As many lines are shown at first, and as many more each time.
const STEP: usize = 50;

/// Whether the list goes by keys or by workspaces.
const BY_KEY: &str = "key";

/// There as long as the window is narrow, and the grid is not.
#[component]
pub(super) fn List(desk: Desk) -> impl IntoView {
    let narrow = RwSignal::new(false);
    Effect::new(move || {
        browser::on_match("(width < 760px)", move |matches| {
            narrow.try_set(matches);
        });
    });
    view! { <Show when=move || narrow.get() && desk.read(|_| ()).is_some()><Lines desk/></Show> }
        .into_any()
}

#[component]
fn Lines(desk: Desk) -> impl IntoView {
    let by = RwSignal::new(BY_KEY.to_owned());
    let chosen = RwSignal::new(0_usize);
    let shown = RwSignal::new(STEP);
    let by_key = Memo::new(move |_| by.get() == BY_KEY);
    Effect::new(move |_| {
        by_key.track();
        chosen.set(0);
        shown.set(STEP);
    });
    let options = move || {
        let names = desk
            .read(|work| names(work, by_key.get()))
            .unwrap_or_default();
        let option = |(at, name): (usize, String)| {
            view! { <option value=at.to_string() selected=at == chosen.get_untracked()>{name}</option> }
        };
        names.into_iter().enumerate().map(option).collect_view()
    };
    let lines = Memo::new(move |_| {
        let (by_key, chosen, shown) = (by_key.get(), chosen.get(), shown.get());
        desk.read(|work| lines(work, by_key, chosen, shown))
            .unwrap_or_default()
    });
    let all = Memo::new(move |_| {
        desk.read(|work| {
            if by_key.get() {
                work.columns()
            } else {
                work.rows()
            }
        })
        .unwrap_or(0)
    });
    let rail = Memo::new(move |_| {
        let on = desk.read(|work| by_key.get().then(|| work.all_face(chosen.get())));
        on.flatten()
    });
    let more = move || {
        let left = all.get().saturating_sub(shown.get());
        (left > 0).then(|| {
            let label = format!("Show more of {}", counted(left as u64, "other", "others"));
            view! { <Button look=crate::components::Look::Quiet on_press=move || shown.update(|shown| *shown += STEP)>{label}</Button> }
        })
    };
    view! {
        <div class="panel pad matrix-list">
            <Segmented name="list-by".to_owned() legend="List by" options=vec![(BY_KEY, "By key"), ("workspace", "By workspace")] value=by/>
            <div class="field">
                <label for="list-chosen">{move || if by_key.get() { "Key" } else { "Workspace" }}</label>
                <div class="box">
                    <select
                        id="list-chosen"
                        on:change:target=move |event| {
                            chosen.set(event.target().value().parse().unwrap_or_default());
                            shown.set(STEP);
                        }
                    >
                        {options}
                    </select>
                </div>
            </div>
            <div class="rows">
                {move || rail.get().map(|face| view! {
                    <div class="grant">
                        {button(face, "All workspaces, present and future".to_owned(), move || desk.ask_all(chosen.get_untracked()))}
                        <bdi>"All workspaces, present and future"</bdi>
                    </div>
                })}
                {move || lines.get().into_iter().map(|line| {
                    let Line { row, column, name, face, why } = line;
                    view! {
                        <div class="grant">
                            {button(face, name.clone(), move || desk.tick(row, column))}
                            <bdi class="truncate">{name}</bdi>
                            <span class="end truncate">{why}</span>
                        </div>
                    }
                }).collect_view()}
            </div>
            {more}
        </div>
    }
    .into_any()
}

#[derive(Clone, PartialEq)]
struct Line {
    row: usize,
    column: usize,
    name: String,
    face: Face,
    why: Option<String>,
}

fn names(work: &Work, by_key: bool) -> Vec<String> {
    if by_key {
        (0..work.rows())
            .map(|row| work.key_name(row).to_owned())
            .collect()
    } else {
        (0..work.columns())
            .map(|column| work.column_name(column).to_owned())
            .collect()
    }
}

fn lines(work: &Work, by_key: bool, chosen: usize, shown: usize) -> Vec<Line> {
    let count = if by_key { work.columns() } else { work.rows() };
    let line = |at: usize| {
        let (row, column) = if by_key { (chosen, at) } else { (at, chosen) };
        let place = work.place(row, column)?;
        let matrix = work.board().matrix();
        let face = work.face(row, column);
        let why = match face.description() {
            Some(text) => Some(text.to_owned()),
            None => work
                .board()
                .lock(place)
                .map(|lock| lock.reason(matrix, place)),
        };
        Some(Line {
            row,
            column,
            name: if by_key {
                work.column_name(column).to_owned()
            } else {
                work.key_name(row).to_owned()
            },
            face,
            why,
        })
    };
    (0..count).filter_map(line).take(shown).collect()
}

fn button(face: Face, name: String, press: impl Fn() + 'static) -> impl IntoView {
    view! {
        <button
            type="button"
            class=face.class()
            role="checkbox"
            aria-checked=aria(face.is_checked())
            aria-disabled=face.locked.then_some("true")
            aria-label=name
            on:click=move |_| press()
        >
            <b></b>
            {face.fresh.then(|| view! { <i></i> })}
        </button>
    }
}
