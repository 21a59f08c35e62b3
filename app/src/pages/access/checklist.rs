//! The matrix on a narrow screen: choose a key, then check its workspaces.

use leptos::prelude::*;

use super::board::Board;

#[component]
pub(super) fn Checklist(board: Board) -> impl IntoView {
    let chosen = RwSignal::new(0_usize);
    let options = board.rows.with_value(|rows| {
        let option = |(at, row): (usize, &super::board::Row)| {
            view! { <option value=at.to_string()>{row.key.name.clone()}</option> }
        };
        rows.iter().enumerate().map(option).collect_view()
    });
    let reach = move || {
        let row = board
            .rows
            .with_value(|rows| rows.get(chosen.get()).cloned());
        let Some(row) = row else { return ().into_any() };
        if row.key.all_workspaces {
            return view! { <p class="rack"><i class="reach-all"></i>"All, present and future"</p> }.into_any();
        }
        let at = chosen.get();
        let line = |(column, workspace): (usize, contract::access::AccessColumn)| {
            let locked = board.locked(&row.key, column);
            let (granted, busy) = (row.granted, row.busy);
            view! {
                <div class="grant">
                    <button
                        type="button"
                        class="slot"
                        role="checkbox"
                        aria-checked=move || if granted.read()[column] { "true" } else { "false" }
                        aria-busy=move || busy.read().contains(&column).then_some("true")
                        aria-disabled=locked.is_some().then_some("true")
                        aria-labelledby=format!("check-{column}")
                        on:click=move |_| board.toggle(at, column)
                    ></button>
                    <bdi class="truncate" id=format!("check-{column}")>{workspace.name}</bdi>
                    <span class="end truncate">{locked}</span>
                </div>
            }
        };
        let lines = board
            .columns
            .get_value()
            .into_iter()
            .enumerate()
            .map(line)
            .collect_view();
        view! { <div class="rows">{lines}</div> }.into_any()
    };
    view! {
        <div class="panel pad checklist">
            <div class="field">
                <label for="checklist-key">"Key"</label>
                <div class="box">
                    <select
                        id="checklist-key"
                        on:change:target=move |event| chosen.set(event.target().value().parse().unwrap_or_default())
                    >
                        {options}
                    </select>
                </div>
            </div>
            {reach}
        </div>
    }
    .into_any()
}
