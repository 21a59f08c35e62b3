//! The one showing of a token, after issue and rotate.
//!
//! It stands above the pages, so that the way back in the browser's history cannot lose it. The
//! token is in the session's signal and in what is drawn here; `Session::forget` drops both.

use contract::console::Me;
use contract::resource::RevealedApiKey;
use leptos::prelude::*;

use super::first_call::FirstCall;
use crate::browser;
use crate::components::{
    Button, Checkbox, CopyButton, Dialog, Dismiss, Look, Notice, TabPanel, Tabs,
};
use crate::posted::Posted;
use crate::session::Session;
use crate::wording;

/// The forms a token is shown in: the key of each tab and its name.
const FORMS: [(&str, &str); 4] = [
    ("token", "Token"),
    ("env", ".env"),
    ("curl", "curl"),
    ("docker", "Docker / Kubernetes"),
];

/// What the dialog shows, in the form of a tab.
fn in_form(form: &str, base: &str, key: &RevealedApiKey) -> String {
    let token = key.spec.token.expose();
    match form {
        "env" => wording::env_line(token),
        "curl" => wording::whoami_call(base).replace("$KEYRACK_TOKEN", token),
        "docker" => wording::docker_lines(&key.metadata.name, token),
        _ => token.to_owned(),
    }
}

#[component]
pub(crate) fn Revealed() -> impl IntoView {
    let revealed = Session::expect().revealed();
    let name = revealed.with_untracked(|key| key.as_ref().map(|key| key.metadata.name.clone()));
    let plain = use_context::<Posted>().is_some();
    view! {
        <Dialog id="reveal" title=format!("{} is ready", name.unwrap_or_default()) dismiss=Dismiss::Never>
            <p>"This is the only time the token is shown. Keyrack keeps a keyed digest of it, never the token."</p>
            {if plain { view! { <Written/> }.into_any() } else { view! { <Interactive/> }.into_any() }}
        </Dialog>
    }
    .into_any()
}

/// The answer to a plain post: everything at once, to be selected and copied by hand.
#[component]
fn Written() -> impl IntoView {
    let base = expect_context::<Me>().public_url;
    let key = Session::expect().revealed().get_untracked();
    let done = key.as_ref().map(|key| format!("/keys/{}", key.metadata.id));
    let forms = key.map(|key| {
        FORMS
            .map(|(form, name)| {
                let text = in_form(form, &base, &key);
                let class = if form == "token" {
                    "token"
                } else {
                    "token small"
                };
                view! { <h2>{name}</h2><pre class=class tabindex="0">{text}</pre> }
            })
            .collect_view()
    });
    view! {
        {forms}
        <Notice>"Store it before you leave this page: it cannot be shown again."</Notice>
        <div class="dialog-foot"><a class="btn end" href=done>"Done"</a></div>
    }
    .into_any()
}

#[component]
fn Interactive() -> impl IntoView {
    let session = Session::expect();
    let stored = RwSignal::new(false);
    let taken = RwSignal::new(false);
    let safe = Signal::derive(move || stored.get() || taken.get());
    let tried_to_leave = RwSignal::new(false);
    browser::ask_before_leaving(move || !safe.get_untracked());
    browser::on_back(move || tried_to_leave.set(!safe.get_untracked()));
    // Its parts, and not the token: it is on the screen once.
    let awaited = session.revealed().with_untracked(|key| {
        let key = key.as_ref()?;
        let total = key.info.as_ref().map_or(0, |info| info.workspaces_total);
        let reach = match total {
            _ if key.spec.spec.all_workspaces => "reaches all workspaces".to_owned(),
            0 => "reaches no workspace".to_owned(),
            _ => format!(
                "reaches {}",
                wording::counted(total, "workspace", "workspaces")
            ),
        };
        Some(view! { <FirstCall key=key.metadata.id beside=reach/> })
    });
    let done = move || {
        session.forget();
        browser::focus_main_if_lost();
    };
    view! {
        <TokenForms on_taken=move || taken.set(true)/>
        {awaited}
        <div aria-live="polite">
            {move || (tried_to_leave.get() && !safe.get()).then(|| view! {
                <Notice>"You went back, and the token is still here. Copy or download it before you leave: it cannot be shown again."</Notice>
            })}
        </div>
        <div class="dialog-foot">
            <Checkbox name="stored" label="I have stored it somewhere safe" checked=stored/>
            <span class="end"></span>
            <Button on_press=done disabled=Signal::derive(move || !safe.get())>"Done"</Button>
        </div>
    }
    .into_any()
}

/// The tabs, what they show, and the ways to take it along.
#[component]
fn TokenForms(#[prop(into)] on_taken: Callback<()>) -> impl IntoView {
    let revealed = Session::expect().revealed();
    let base = StoredValue::new(expect_context::<Me>().public_url);
    let selected = RwSignal::new("token");
    let hidden = RwSignal::new(false);
    let text = move |form: &str| {
        revealed.with(|key| {
            key.as_ref()
                .map(|key| in_form(form, &base.read_value(), key))
        })
    };
    let taken_text = move || text(selected.get_untracked()).unwrap_or_default();
    let panels = FORMS.map(|(form, _)| {
        let shown = move || {
            let token =
                revealed.with(|key| key.as_ref().map(|key| key.spec.token.expose().to_owned()));
            let (Some(text), Some(token)) = (text(form), token) else {
                return ().into_any();
            };
            let text = if hidden.get() {
                wording::masked(&text, &token)
            } else {
                text
            };
            if form == "token" {
                coloured(&text).into_any()
            } else {
                text.into_any()
            }
        };
        let class = move || match (form, hidden.get()) {
            ("token", false) => "token",
            ("token", true) => "token masked",
            _ => "token small",
        };
        view! {
            <TabPanel id="reveal" key=form selected=selected>
                <pre class=class tabindex="0" dir="ltr" translate="no">{shown}</pre>
            </TabPanel>
        }
    });
    let download = move || {
        let name = revealed.with_untracked(|key| {
            key.as_ref()
                .map(|key| wording::env_file(&key.metadata.name))
        });
        let (Some(name), Some(line)) = (name, text("env")) else {
            return;
        };
        if browser::download(&name, &line) {
            on_taken.run(());
        }
    };
    let copy = move || {
        let label = if selected.get() == "token" {
            "Copy token"
        } else {
            "Copy"
        };
        view! { <CopyButton text=taken_text label=label look=Look::Primary on_copied=on_taken/> }
    };
    view! {
        <Tabs id="reveal" label="Forms of the token" tabs=FORMS.to_vec() selected=selected/>
        {panels.collect_view()}
        <div class="row">
            {copy}
            <Button icon="download" on_press=download>"Download .env"</Button>
            <span class="end"></span>
            {move || if hidden.get() {
                view! { <Button look=Look::Quiet icon="eye" on_press=move || hidden.set(false)>"Show"</Button> }
            } else {
                view! { <Button look=Look::Quiet icon="eye-off" on_press=move || hidden.set(true)>"Hide"</Button> }
            }}
        </div>
    }
    .into_any()
}

/// The token with its prefix and its checksum set apart, as the eye compares those.
fn coloured(token: &str) -> impl IntoView + use<> {
    let start = token.find('_').map_or(0, |at| at + 1);
    let end = token
        .char_indices()
        .rev()
        .nth(5)
        .map_or(token.len(), |(at, _)| at)
        .max(start);
    let (prefix, rest) = token.split_at(start);
    let (middle, checksum) = rest.split_at(end - start);
    view! { <em>{prefix.to_owned()}</em>{middle.to_owned()}<u>{checksum.to_owned()}</u> }.into_any()
}
