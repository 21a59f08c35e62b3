//! The matrix as a grid. One handler for all cells, one Tab stop; a row is drawn anew only when
//! something in it changes.

use contract::access::{AccessColumn, AccessRow};
use contract::resource::KeyState;
use leptos::ev::{Event, KeyboardEvent, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

use super::board::{Board, Group, Row};
use crate::browser;

#[component]
pub(super) fn Grid(board: Board) -> impl IntoView {
    let table = NodeRef::<html::Table>::new();
    let (rows, columns) = board.size();
    let has_groups = board.groups.with_value(|groups| !groups.is_empty());
    let head_rows = if has_groups { 2 } else { 1 };
    let focus = move |row: usize, column: usize| {
        board.active.set((row, column));
        // A key that reaches everything has one cell, whatever the column.
        let cell = format!("[data-r=\"{row}\"][data-c=\"{column}\"], [data-r=\"{row}\"].rail");
        let found = table
            .get_untracked()
            .and_then(|table| table.query_selector(&cell).ok().flatten());
        if let Some(found) = found {
            browser::focus(&found);
        }
    };
    let click = move |event: MouseEvent| {
        if let Some((row, column)) = cell_of(&event) {
            board.active.set((row, column));
            board.toggle(row, column);
        }
    };
    let press = move |event: KeyboardEvent| {
        let Some(at) = cell_of(&event) else { return };
        if let Some((row, column)) = moved(&event, at, (rows, columns)) {
            event.prevent_default();
            focus(row, column);
        }
    };
    let body = board.rows.with_value(|rows| {
        rows.iter()
            .enumerate()
            .map(|(at, row)| view! { <GridRow board=board at=at row=row.clone() first=head_rows/> })
            .collect_view()
    });
    view! {
        <div class="panel matrix">
            <table
                node_ref=table
                role="grid"
                aria-label="Which key reaches which workspace"
                aria-rowcount=(rows + head_rows).to_string()
                aria-colcount=(columns + 1).to_string()
                on:click=click
                on:keydown=press
            >
                <Head board=board/>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The names of the workspaces, under those of their groups.
#[component]
fn Head(board: Board) -> impl IntoView {
    let groups = board.groups.get_value();
    let rows = if groups.is_empty() { 1 } else { 2 };
    let corner = move || {
        view! {
            <th class="key" scope="col" rowspan=rows.to_string()>
                <div>"Key"<small>"grants"</small></div>
            </th>
        }
    };
    let name = move |(at, column): (usize, AccessColumn)| {
        let is_active = Memo::new(move |_| board.active.get().1 == at);
        view! {
            <th class="col" class:cross=move || is_active.get() class:starts=board.starts(at) scope="col" id=format!("w{at}")>
                <a href=format!("/workspaces/{}", column.id) title=column.name.clone()>
                    <span dir="auto">{column.name.clone()}</span>
                </a>
            </th>
        }
    };
    let names = board
        .columns
        .get_value()
        .into_iter()
        .enumerate()
        .map(name)
        .collect_view();
    let group = |Group { name, columns }: Group| {
        view! {
            <th class="group" scope="colgroup" colspan=columns.to_string() title=name.clone()>
                <span class="truncate">{name.clone()}</span>
            </th>
        }
    };
    if groups.is_empty() {
        view! { <thead><tr>{corner()}{names}</tr></thead> }.into_any()
    } else {
        let groups = groups.into_iter().map(group).collect_view();
        view! { <thead><tr>{corner()}{groups}</tr><tr>{names}</tr></thead> }.into_any()
    }
}

#[component]
fn GridRow(board: Board, at: usize, row: Row, first: usize) -> impl IntoView {
    let columns = board.size().1;
    let key = row.key.clone();
    let count = {
        let row = row.clone();
        move || {
            if row.key.all_workspaces {
                "all".to_owned()
            } else {
                format!("{} / {columns}", row.count())
            }
        }
    };
    let active = Memo::new(move |_| {
        let (row, column) = board.active.get();
        (row == at).then_some(column)
    });
    let cells = move || {
        if row.key.all_workspaces {
            return rail(at, columns, active).into_any();
        }
        let (granted, busy, active) = (row.granted.read(), row.busy.read(), active.get());
        let cell = |column: usize| {
            Cell {
                row: at,
                column,
                edge: board.starts(column).then_some("starts"),
                granted: granted[column],
                busy: busy.contains(&column),
                locked: board.locked(&row.key, column),
                active: active == Some(column),
            }
            .view()
        };
        (0..columns).map(cell).collect_view().into_any()
    };
    view! {
        <tr class:is-off=key.state == KeyState::Disabled aria-rowindex=(at + first + 1).to_string()>
            <RowHead key=key.clone() at=at count=count/>
            {cells}
        </tr>
    }
    .into_any()
}

#[component]
fn RowHead(
    key: AccessRow,
    at: usize,
    count: impl Fn() -> String + Send + Sync + 'static,
) -> impl IntoView {
    view! {
        <th class="key" scope="row" title=key.locked>
            <div>
                <a class="truncate" dir="auto" id=format!("k{at}") href=format!("/keys/{}", key.id) title=key.name.clone()>
                    {key.name.clone()}
                </a>
                <small>{count}</small>
            </div>
        </th>
    }
    .into_any()
}

/// One slot, named by its key and its workspace.
struct Cell {
    row: usize,
    column: usize,
    /// The class of a cell at the edge of its group.
    edge: Option<&'static str>,
    granted: bool,
    busy: bool,
    locked: Option<String>,
    active: bool,
}

impl Cell {
    fn view(self) -> impl IntoView + use<> {
        let Self {
            row,
            column,
            edge,
            granted,
            busy,
            locked,
            active,
        } = self;
        view! {
            <td class=edge>
                <button
                    type="button"
                    class="slot"
                    role="checkbox"
                    data-r=row.to_string()
                    data-c=column.to_string()
                    aria-checked=if granted { "true" } else { "false" }
                    aria-labelledby=format!("k{row} w{column}")
                    aria-busy=busy.then_some("true")
                    aria-disabled=locked.is_some().then_some("true")
                    title=locked
                    tabindex=if active { "0" } else { "-1" }
                ></button>
            </td>
        }
    }
}

/// The one cell of a key that reaches all there are and will be. Only its place in the Tab order
/// changes, by itself: an element that is drawn anew without that place loses the focus.
fn rail(row: usize, columns: usize, active: Memo<Option<usize>>) -> impl IntoView {
    view! {
        <td
            class="rail"
            colspan=columns.to_string()
            data-r=row.to_string()
            tabindex=move || if active.get().is_some() { "0" } else { "-1" }
        >
            <span class="reach-all"></span>
            <span class="vh">"All workspaces, present and future"</span>
        </td>
    }
    .into_any()
}

/// The row and column of the cell that an event came from.
fn cell_of(event: &Event) -> Option<(usize, usize)> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let cell = target.closest("[data-r]").ok()??;
    let number = |name: &str| cell.get_attribute(name)?.parse().ok();
    Some((number("data-r")?, number("data-c").unwrap_or(0)))
}

/// Where a key leads from a cell.
fn moved(
    event: &KeyboardEvent,
    from: (usize, usize),
    size: (usize, usize),
) -> Option<(usize, usize)> {
    let (row, column) = from;
    let (last_row, last_column) = (size.0.saturating_sub(1), size.1.saturating_sub(1));
    let ctrl = event.ctrl_key() || event.meta_key();
    Some(match event.key().as_str() {
        "ArrowUp" => (row.saturating_sub(1), column),
        "ArrowDown" => ((row + 1).min(last_row), column),
        "ArrowLeft" => (row, column.saturating_sub(1)),
        "ArrowRight" => (row, (column + 1).min(last_column)),
        "Home" if ctrl => (0, 0),
        "End" if ctrl => (last_row, last_column),
        "Home" => (row, 0),
        "End" => (row, last_column),
        _ => return None,
    })
}
