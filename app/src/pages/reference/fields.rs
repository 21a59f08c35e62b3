//! Rows of fields, what is inside of one indented below it.

use contract::reference::{Field, Place};
use leptos::prelude::*;

/// What it means that a field is required.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// It must be given.
    Request,
    /// It is always there.
    Answer,
    /// Nothing that needs saying.
    Neither,
}

pub(super) fn field_list(fields: &[Field], side: Side) -> AnyView {
    let rows: Vec<_> = fields.iter().map(|field| row(field, side, None)).collect();
    view! { <ul class="fields">{rows}</ul> }.into_any()
}

/// One field, and where it stands if that is not in a body.
pub(super) fn row(field: &Field, side: Side, place: Option<Place>) -> AnyView {
    let mut kind = field.kind.clone();
    if let Some(place) = place {
        kind.extend([", in the ", place.as_str()]);
    }
    if side == Side::Answer && !field.required {
        kind.push_str(", may be absent");
    }
    let must = side == Side::Request && field.required;
    let must = must.then(|| view! { <small class="must">"required"</small> });
    let meaning = (!field.meaning.is_empty()).then(|| view! { <p>{prose(&field.meaning)}</p> });
    let limits =
        (!field.limits.is_empty()).then(|| view! { <p class="muted">{prose(&field.limits)}</p> });
    let inside = (!field.fields.is_empty()).then(|| field_list(&field.fields, side));
    view! {
        <li>
            <div class="field-row">
                <p class="what"><code>{field.name.clone()}</code>" "<small class="muted">{kind}</small>" "{must}</p>
                <div class="says">{meaning}{limits}</div>
            </div>
            {inside}
        </li>
    }
    .into_any()
}

/// A text with code between backticks.
pub(super) fn prose(text: &str) -> AnyView {
    if !text.contains('`') {
        return text.to_owned().into_any();
    }
    let parts: Vec<AnyView> = text
        .split('`')
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(at, part)| {
            let part = part.to_owned();
            if at % 2 == 1 {
                view! { <code>{part}</code> }.into_any()
            } else {
                part.into_any()
            }
        })
        .collect();
    parts.into_any()
}
