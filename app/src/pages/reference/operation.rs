//! One operation: a line that unfolds.

use contract::console::Me;
use contract::reference::{Answer, Body, Call, Method, Operation, Parameter, Reference};
use leptos::prelude::*;

use super::fields::{Side, field_list, prose, row};
use crate::components::{CodeBlock, Icon};
use crate::wording;

/// Folded it says what it does; unfolded, everything. What a link leads to is inside, so that a browser
/// unfolds it by itself.
pub(super) fn operation_view(
    reference: &Reference,
    operation: &Operation,
    hidden: Signal<bool>,
) -> AnyView {
    let id = operation.id.clone();
    let link = format!("#{id}");
    let method = operation.method.as_str();
    let description = Some(&operation.description)
        .filter(|text| !text.is_empty())
        .map(|text| view! { <p>{prose(text)}</p> });
    let parameters = Some(&operation.parameters).filter(|parameters| !parameters.is_empty());
    let answer = operation.answer.as_ref();
    let base = expect_context::<Me>().public_url;
    let curl = curl(&base, operation.method, &operation.call);
    view! {
        <details class="operation" hidden=move || hidden.get()>
            <summary>
                <Icon name="chevron-right"/>
                <span class=format!("method {}", method.to_lowercase())>{method}</span>
                <code class="path">{breakable(&operation.path)}</code>
                <h3>{operation.summary.clone()}</h3>
            </summary>
            <div class="told two" id=id>
                <div class="stack">
                    {description}
                    <p class="t2">{prose(&operation.needs)}</p>
                    {parameters.map(|parameters| parameters_view(parameters))}
                    {operation.body.as_ref().map(body_view)}
                </div>
                <section class="beside">
                    <h4>"Call"</h4>
                    <CodeBlock text=curl/>
                </section>
                {answer.map(|answer| answer_view(reference, answer))}
                <div class="beside stack">
                    {errors_view(reference, &operation.errors)}
                    <p>
                        <a class="anchor" href=link rel="external">
                            <Icon name="link"/>
                            <span>"Link to "<code>{id.clone()}</code></span>
                        </a>
                    </p>
                </div>
            </div>
        </details>
    }
    .into_any()
}

fn curl(base: &str, method: Method, call: &Call) -> String {
    let method = method.as_str();
    match &call.body {
        Some(body) => wording::call_with_body(base, method, &call.path, body),
        None if call.token => wording::plain_call(base, method, &call.path),
        None => wording::open_call(base, method, &call.path),
    }
}

/// A path that breaks before its segments where the line is too short.
fn breakable(path: &str) -> AnyView {
    let segments = path.split('/').skip(1);
    let segments = segments.map(|segment| view! { <wbr/>{format!("/{segment}")} }.into_any());
    segments.collect::<Vec<AnyView>>().into_any()
}

fn parameters_view(parameters: &[Parameter]) -> AnyView {
    let rows: Vec<_> = parameters
        .iter()
        .map(|Parameter { place, field }| row(field, Side::Request, Some(*place)))
        .collect();
    view! {
        <section>
            <h4>"Parameters"</h4>
            <ul class="fields">{rows}</ul>
        </section>
    }
    .into_any()
}

fn body_view(body: &Body) -> AnyView {
    let title = if body.required {
        "Body"
    } else {
        "Body, which may be left out"
    };
    view! {
        <section>
            <h4>{title}</h4>
            {field_list(&body.fields, Side::Request)}
        </section>
    }
    .into_any()
}

fn answer_view(reference: &Reference, answer: &Answer) -> AnyView {
    let fields = reference.fields_of(answer);
    let fields = (!fields.is_empty()).then(|| field_list(fields, Side::Answer));
    let headers = (!answer.headers.is_empty()).then(|| {
        view! {
            <h4>"Headers"</h4>
            {field_list(&answer.headers, Side::Neither)}
        }
    });
    view! {
        <section>
            <h4>"Answer "<code>{answer.status}</code></h4>
            <p class="t2">{prose(&answer.meaning)}</p>
            {fields}
            {headers}
        </section>
    }
    .into_any()
}

fn errors_view(reference: &Reference, errors: &[u16]) -> AnyView {
    let rows: Vec<_> = errors
        .iter()
        .map(|status| {
            let meaning = reference.errors.statuses.get(status);
            view! { <li><code>{*status}</code><span>{meaning.map(|meaning| prose(meaning))}</span></li> }
        })
        .collect();
    view! {
        <section>
            <h4>"Errors"</h4>
            <ul class="errors">{rows}</ul>
        </section>
    }
    .into_any()
}
