use leptos::prelude::*;

/// Stands for rows that are on their way, in their height. It shows after 200 ms, so that a quick
/// answer does not flicker.
#[component]
pub fn Skeleton(
    #[prop(default = 6)] rows: usize,
    #[prop(default = 5)] columns: usize,
) -> impl IntoView {
    let row = move || view! { <div>{(0..columns).map(|_| view! { <i></i> }).collect_view()}</div> };
    view! {
        <div class="skeleton" aria-busy="true">
            <span class="vh">"Loading"</span>
            {(0..rows).map(|_| row()).collect_view()}
        </div>
    }
    .into_any()
}
