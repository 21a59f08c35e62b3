//! The grid: one listener for each kind of event, however many cells there are.

use contract::console::FirstWindow;
use leptos::ev::{KeyboardEvent, MouseEvent, PointerEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, Event};

use super::desk::{Desk, Head};
use super::face::{Face, Shape};
use super::first::FirstSheet;
use super::presses::{Held, Press, press};
use crate::browser;

#[component]
pub(super) fn Grid(desk: Desk, first: FirstWindow) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    Effect::new(move || {
        if let Some(frame) = frame.get() {
            desk.take_over(frame.into());
        }
    });
    keys_everywhere(desk);
    let (rows, columns) = (first.rows + 2, first.columns + 2);
    view! {
        <div class="panel matrix" class:past=move || desk.past().get().is_some()>
            <div
                node_ref=frame
                class="frame"
                role="grid"
                aria-label="Which key reaches which workspace"
                aria-multiselectable="true"
                aria-rowcount=rows.to_string()
                aria-colcount=columns.to_string()
                on:scroll=move |_| desk.scrolled()
                on:pointerdown=move |event| pointer_down(desk, &event)
                on:pointermove=move |event| desk.pointed(f64::from(event.client_x()), f64::from(event.client_y()))
                on:pointerup=move |_| desk.lift()
                on:pointercancel=move |_| desk.drop_stroke()
                on:pointerleave=move |_| desk.look_away()
                on:click=move |event| click(desk, &event)
                on:keydown=move |event| key(desk, &event)
                on:focusin=move |event| focused(desk, &event)
                on:focusout=move |_| desk.blurred()
            >
                <FirstSheet first/>
            </div>
            <Legend/>
        </div>
    }
    .into_any()
}

/// What each shape means.
#[component]
fn Legend() -> impl IntoView {
    let one = |shape: Shape, text: &'static str| {
        let face = Face {
            shape,
            ..Face::default()
        };
        view! { <span><i class=face.class()></i>{text}</span> }
    };
    view! {
        <p class="legend" id="legend">
            {one(Shape::Granted, "granted")}
            {one(Shape::None, "none")}
            {one(Shape::Rail, "all, present and future")}
            {one(Shape::Add, "will be granted")}
            {one(Shape::Remove, "will be revoked")}
            <span><i class="slot fresh"><i></i></i>"just changed by somebody else"</span>
        </p>
    }
    .into_any()
}

/// The element of that kind which an event came from.
fn from(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}

/// A position on the sheet out of an `aria-*index`, which counts the heads too.
fn index(element: &Element, name: &str) -> Option<usize> {
    let count: usize = element.get_attribute(name)?.parse().ok()?;
    count.checked_sub(3)
}

/// The row, and the column unless it is that of all workspaces, of the cell an event came from.
fn cell_of(event: &Event) -> Option<(usize, Option<usize>)> {
    let cell = from(event, "[role=gridcell]")?;
    let row = cell.closest("[role=row]").ok()??;
    Some((index(&row, "aria-rowindex")?, index(&cell, "aria-colindex")))
}

fn pointer_down(desk: Desk, event: &PointerEvent) {
    // A finger scrolls; what it taps comes as a click.
    if event.button() != 0 || event.pointer_type() == "touch" {
        return;
    }
    let Some((row, column)) = cell_of(event) else {
        return;
    };
    event.prevent_default();
    if let Some(column) = column
        && desk.begin_stroke(row, column, event.shift_key())
        && let Some(frame) = from(event, ".frame")
    {
        let _ = frame.set_pointer_capture(event.pointer_id());
    }
}

fn click(desk: Desk, event: &MouseEvent) {
    let row = || index(&from(event, "[role=row]")?, "aria-rowindex");
    let column = || index(&from(event, "[role=columnheader]")?, "aria-colindex");
    let group = || {
        from(event, "[data-group]")?
            .get_attribute("data-group")?
            .parse()
            .ok()
    };
    if from(event, "button.reach").is_some() {
        if let Some(row) = row() {
            desk.toggle_head(Head::Row(row));
        }
    } else if from(event, "button.tri").is_some() {
        if let Some(column) = column() {
            desk.toggle_head(Head::Column(column));
        }
    } else if let Some(group) = group() {
        desk.fold(group);
    } else if let Some((row, column)) = cell_of(event) {
        match column {
            Some(column) => desk.tapped(row, column),
            None => desk.ask_all(row),
        }
    }
}

fn held(event: &KeyboardEvent) -> Held {
    Held {
        ctrl: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
    }
}

fn key(desk: Desk, event: &KeyboardEvent) {
    // A link or a button among the heads has the key, not the cells.
    if from(event, ".slot").is_none() {
        return;
    }
    if let Some(press) = press(&event.key(), held(event))
        && desk.press(press)
    {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Review, undo and redo from wherever on the page.
fn keys_everywhere(desk: Desk) {
    let listen = move |event: KeyboardEvent| {
        if event.default_prevented() || browser::is_typing(&event) || browser::modal_is_open() {
            return;
        }
        let found = press(&event.key(), held(&event));
        let everywhere = matches!(found, Some(Press::Review | Press::Undo | Press::Redo));
        if let Some(press) = found.filter(|_| everywhere)
            && desk.press(press)
        {
            event.prevent_default();
        }
    };
    Effect::new(move || {
        let listener = window_event_listener(leptos::ev::keydown, listen);
        on_cleanup(move || listener.remove());
    });
}

fn focused(desk: Desk, event: &Event) {
    if from(event, ".slot").is_some()
        && let Some((row, column)) = cell_of(event)
    {
        desk.focused(row, column);
    }
}
