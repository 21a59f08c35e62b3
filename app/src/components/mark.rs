use leptos::prelude::*;

/// Which slots of the rack in the mark hold a key.
const FILLED: [[bool; 3]; 3] = [
    [true, false, true],
    [true, true, false],
    [false, true, true],
];

/// The rack of nine slots.
#[component]
pub fn Mark() -> impl IntoView {
    let at = |step: usize| ["4", "9.2", "14.4"][step];
    let slots = FILLED.iter().enumerate().flat_map(|(row, slots)| {
        slots.iter().enumerate().map(move |(column, filled)| {
            let (fill, stroke) =
                if *filled { ("var(--accent)", "var(--accent)") } else { ("none", "var(--edge)") };
            view! { <rect x=at(column) y=at(row) width="3.8" height="3.8" rx="1" fill=fill stroke=stroke stroke-width=".8"></rect> }
        })
    });
    view! {
        <svg class="mark" viewBox="0 0 22 22" aria-hidden="true">
            <rect x=".5" y=".5" width="21" height="21" rx="5" fill="none" stroke="var(--edge)"></rect>
            {slots.collect_view()}
        </svg>
    }
    .into_any()
}

/// The mark with the name, as a way home.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="brand" href="/">
            <Mark/>
            "Keyrack"
        </a>
    }
    .into_any()
}
