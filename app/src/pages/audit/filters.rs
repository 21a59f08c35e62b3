//! What the list is narrowed by. A plain form; when the page is awake it is sent at every choice.

use contract::audit::{Action, AuditEntry, AuditQuery, EntranceKind, Person};
use contract::{AccountId, ApiKeyId, ProfileId, WorkspaceId};
use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use super::super::search::REST_MS;
use super::address;
use crate::browser::{self, Pause};
use crate::components::{Look, SearchField, SubmitButton};
use crate::pages::in_place;
use crate::wording::audit;

/// What is typed. It outlasts the answer to what was typed before, which makes the filters anew.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    text: RwSignal<String>,
    /// What was asked for last.
    sent: StoredValue<AuditQuery>,
    pause: Pause,
}

impl Typed {
    pub(super) fn new(asked: Memo<AuditQuery>) -> Self {
        let first = asked.get_untracked();
        let typed = Self {
            text: RwSignal::new(first.q.clone()),
            sent: StoredValue::new(first),
            pause: Pause::default(),
        };
        // A link or the way back changed what is asked, whatever waits to be sent.
        Effect::new(move |_| {
            let now = asked.get();
            if typed.sent.with_value(|sent| *sent != now) {
                typed.pause.begin();
                typed.text.set(now.q.clone());
                typed.sent.set_value(now);
            }
        });
        typed
    }
}

/// A value and what it is called.
type Choice = (String, String);

#[component]
pub(super) fn Filters(
    asked: AuditQuery,
    typed: Typed,
    people: Vec<Person>,
    /// How many refusals there were in this time.
    refused: u64,
    entries: Vec<AuditEntry>,
) -> impl IntoView {
    let Typed { text, sent, pause } = typed;
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        pause.begin();
        let fields = browser::fields_of(&event);
        let field = |wanted: &str| fields.iter().find(|(name, _)| *name == wanted);
        let query = AuditQuery::of(|name| field(name).map_or("", |(_, value)| value).to_owned());
        navigate(&address(&query, &[]), in_place());
        sent.set_value(query);
    };
    let changed = move |event: Event| {
        pause.then(REST_MS, move || browser::send_form_around(&event));
    };
    let who = who(people, &entries);
    let actions = Action::ALL
        .iter()
        .map(|action| (action.as_str().to_owned(), audit::name(*action).to_owned()));
    let targets = [
        (ApiKeyId::PREFIX, "Keys"),
        (WorkspaceId::PREFIX, "Workspaces"),
        (ProfileId::PREFIX, "People"),
        (AccountId::PREFIX, "The account"),
    ];
    let periods = [
        ("24h", "Last 24 hours"),
        ("", "Last 7 days"),
        ("30d", "Last 30 days"),
    ];
    let owned = |(value, name): (&str, &str)| (value.to_owned(), name.to_owned());
    let target_name = entries
        .iter()
        .find(|entry| entry.event.target == asked.target);
    let target_name = target_name.map(|entry| entry.event.target_name.clone());
    let only = !asked.refused.is_empty();
    let refused_href = address(
        &asked,
        &[("refused", if only { "" } else { "1" }), ("cursor", "")],
    );
    view! {
        <form class="toolbar audit-filters" method="get" action=super::PATH on:submit=submit on:input=changed>
            <SearchField
                name="q"
                label="Search the audit log by actor, action, target or id"
                placeholder="Actor, action, target or id"
                value=text
            />
            <Picker name="who" label="Who" blank="Anyone" choices=who chosen=asked.who pause/>
            <Picker name="action" label="Action" blank="Any action" choices=actions.collect() chosen=asked.action pause/>
            <Picker
                name="target"
                label="Target"
                blank="Any target"
                choices=targets.map(owned).into()
                chosen=asked.target
                called=target_name
                pause
            />
            <Picker
                name="period"
                label="Time"
                blank="Any time"
                blank_value="all"
                choices=periods.map(owned).into()
                chosen=asked.period
                pause
            />
            {only.then(|| view! { <input type="hidden" name="refused" value="1"/> })}
            <a class="chip" href=refused_href aria-current=only.then_some("true")>
                "Refused " <b>{refused}</b>
            </a>
            <span class="without-script"><SubmitButton look=Look::Plain small=true>"Show"</SubmitButton></span>
        </form>
    }
    .into_any()
}

/// The people of the account, the ways in, and whoever else is asked for on this page.
fn who(people: Vec<Person>, entries: &[AuditEntry]) -> Vec<Choice> {
    let people = people
        .into_iter()
        .map(|person| (person.id.to_string(), person.name));
    let mut choices: Vec<Choice> = people.collect();
    for entry in entries {
        let id = entry.event.actor.profile_id.to_string();
        if choices.iter().all(|(known, _)| *known != id) {
            choices.push((id, entry.event.actor.name.clone()));
        }
    }
    let ways = EntranceKind::ALL.map(|kind| {
        let name = match kind {
            EntranceKind::Session => "Anyone signed in",
            EntranceKind::Key => "Any key",
            EntranceKind::CommandLine => "The command line",
            EntranceKind::SignIn => "Nobody yet: sign-ins",
            EntranceKind::System => "Keyrack itself",
        };
        (kind.as_str().to_owned(), name.to_owned())
    });
    choices.into_iter().chain(ways).collect()
}

/// One of a browser's own lists, small enough for a line of them.
#[component]
fn Picker(
    name: &'static str,
    label: &'static str,
    /// What it says where nothing is chosen.
    blank: &'static str,
    #[prop(optional)] blank_value: &'static str,
    choices: Vec<Choice>,
    chosen: String,
    /// What the chosen one is called, where it is not among the choices.
    #[prop(optional_no_strip)]
    called: Option<String>,
    pause: Pause,
) -> impl IntoView {
    // At once: an answer that comes meanwhile would make the choices anew.
    let choose = move |event: Event| {
        pause.begin();
        browser::send_form_around(&event);
    };
    let listed = chosen == blank_value || choices.iter().any(|(value, _)| *value == chosen);
    let unlisted = (!listed).then(|| (chosen.clone(), called.unwrap_or_else(|| chosen.clone())));
    let narrowed = !chosen.is_empty();
    let all = [(blank_value.to_owned(), blank.to_owned())];
    let options = all
        .into_iter()
        .chain(unlisted)
        .chain(choices)
        .map(|(value, name)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected prop:selected=selected>{name}</option> }
        });
    view! {
        <select class="chip pick" class:narrowed=narrowed name=name aria-label=label on:change=choose>
            {options.collect_view()}
        </select>
    }
    .into_any()
}
