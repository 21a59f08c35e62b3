use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::Icon;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Look {
    #[default]
    Plain,
    /// The one thing to do here.
    Primary,
    /// Leads to something that cannot be undone.
    Danger,
    /// Does what cannot be undone; the last step.
    DangerSolid,
    Quiet,
}

impl Look {
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "btn",
            Self::Primary => "btn primary",
            Self::Danger => "btn danger",
            Self::DangerSolid => "btn danger solid",
            Self::Quiet => "btn quiet",
        }
    }
}

fn parts(
    icon: Option<&'static str>,
    children: Children,
    kbd: Option<&'static str>,
) -> impl IntoView {
    view! {
        {icon.map(|name| view! { <Icon name/> })}
        {children()}
        {kbd.map(|keys| view! { <kbd aria-hidden="true">{keys}</kbd> })}
    }
}

/// A button that acts on the page. While `busy` it keeps its label, its width and the focus, and a
/// second press does nothing.
#[component]
pub fn Button(
    #[prop(optional)] look: Look,
    #[prop(optional)] icon: Option<&'static str>,
    /// The key that does the same, shown beside the label.
    #[prop(optional)]
    kbd: Option<&'static str>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] small: bool,
    #[prop(into)] on_press: Callback<()>,
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        event.prevent_default();
        if !busy.get_untracked() {
            on_press.run(());
        }
    };
    view! {
        <button
            type="button"
            class=look.class()
            class:small=small
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            on:click=press
        >
            {parts(icon, children, kbd)}
        </button>
    }
    .into_any()
}

/// The button that sends its form. While `busy` it keeps its label, its width and the focus, and
/// neither a second press nor Enter in a field sends again.
#[component]
pub fn SubmitButton(
    #[prop(default = Look::Primary)] look: Look,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional)] kbd: Option<&'static str>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] small: bool,
    /// As wide as its form, for the pages that are one form.
    #[prop(optional)]
    wide: bool,
    /// Sent with the form when this button sends it.
    #[prop(optional)]
    name: Option<&'static str>,
    #[prop(optional, into)] value: Option<String>,
    /// The id of its form, when the button stands outside of it.
    #[prop(optional)]
    form: Option<&'static str>,
    children: Children,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        if busy.get_untracked() {
            event.prevent_default();
        }
    };
    view! {
        <button
            type="submit"
            class=look.class()
            class:small=small
            class:wide=wide
            name=name
            value=value
            form=form
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            on:click=press
        >
            {parts(icon, children, kbd)}
        </button>
    }
    .into_any()
}

/// A link that looks like a button, for what is a place and not an act.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] look: Look,
    #[prop(optional)] icon: Option<&'static str>,
    #[prop(optional)] kbd: Option<&'static str>,
    #[prop(optional)] small: bool,
    children: Children,
) -> impl IntoView {
    view! {
        <a class=look.class() class:small=small href=move || href.get()>
            {parts(icon, children, kbd)}
        </a>
    }
    .into_any()
}

/// A button of one icon. `label` is its name to a screen reader and its tooltip.
#[component]
pub fn IconButton(
    icon: &'static str,
    #[prop(into)] label: Signal<String>,
    #[prop(into)] on_press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="icon-btn"
            aria-label=move || label.get()
            title=move || label.get()
            on:click=move |_| on_press.run(())
        >
            <Icon name=icon/>
        </button>
    }
    .into_any()
}
