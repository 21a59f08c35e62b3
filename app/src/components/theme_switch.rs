use leptos::prelude::*;

use crate::browser;

/// The value of each choice and its name.
const THEMES: [(&str, &str); 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];

/// System, light or dark. The choice is a cookie, so that the server renders the next page with it;
/// which one holds is on `<html data-theme>`, and the look of the buttons follows from there.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let chosen = RwSignal::new(None::<String>);
    Effect::new(move || {
        chosen.set(Some(
            browser::theme().unwrap_or_else(|| "system".to_owned()),
        ));
    });
    let buttons = THEMES.map(|(value, name)| {
        let choose = move |_| {
            browser::set_theme((value != "system").then_some(value));
            chosen.set(Some(value.to_owned()));
        };
        let pressed = move || chosen.with(|chosen| chosen.as_ref().map(|chosen| (chosen == value).to_string()));
        view! { <button type="button" value=value aria-pressed=pressed on:click=choose>{name}</button> }
    });
    view! { <div class="theme needs-script" role="group" aria-label="Theme">{buttons.collect_view()}</div> }.into_any()
}
