//! What the account decides for itself. A form for each section, so that one is saved without the others.

use contract::console::{Me, OfferedPermission};
use contract::form::permission_fields;
use contract::permission::CatalogueEntry;
use contract::settings::{AccountSettings, KeySettings, PEOPLE_SECTION, PeopleSettings};
use contract::{Catalogue, Period, Permission};
use leptos::prelude::*;
use serde_json::json;

use super::PageTitle;
use super::code::CodeField;
use super::failed::Failed;
use super::issue::{PermissionPicker, PermissionsForm};
use crate::components::{
    ApiCall, Checkbox, PageHeader, Refusal, Skeleton, SubmitButton, TextField, Toasts,
};
use crate::fns;
use crate::form::{self, Submission};
use crate::posted::Typed;
use crate::wording;

const KEY_FIELDS: &[&str] = &[
    "keys.defaultLifetime",
    "keys.maxLifetime",
    "keys.maxGracePeriod",
];
const PEOPLE_FIELDS: &[&str] = &["people.requireSecondFactor", "people.memberPermissions"];

#[component]
pub(crate) fn Settings() -> impl IntoView {
    let settings = Resource::new(|| (), |()| fns::settings::get());
    let page = move || {
        Suspend::new(async move {
            match settings.await {
                Ok(AccountSettings { keys, people }) => view! {
                    <KeyLifetimes keys/>
                    <People people/>
                }
                .into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    let account = expect_context::<Me>().account;
    let sub = move || view! { "What " <bdi>{account.clone()}</bdi> " decides for itself. Every change is in the audit log." };
    view! {
        <PageTitle text="Settings"/>
        <PageHeader title="Settings" sub=sub/>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition>
    }
    .into_any()
}

/// How long keys and their tokens last.
#[component]
fn KeyLifetimes(keys: KeySettings) -> impl IntoView {
    let typed = Typed::here();
    let submission = Submission::posted_by("keys");
    let field = |name: &str, stored: Option<Period>| {
        let stored = stored.map(days).unwrap_or_default();
        RwSignal::new(typed.text(name, &stored))
    };
    let usual = field("keys.defaultLifetime", keys.default_lifetime);
    let most = field("keys.maxLifetime", keys.max_lifetime);
    let grace = field("keys.maxGracePeriod", Some(keys.max_grace_period));
    let refused = submission.error_beside(KEY_FIELDS);
    let stored = RwSignal::new(keys);
    let was = Signal::derive(move || {
        let KeySettings {
            default_lifetime,
            max_lifetime,
            max_grace_period,
        } = stored.get();
        let lengths = [default_lifetime, max_lifetime, Some(max_grace_period)];
        let lengths = lengths.map(|length| length.map(days).unwrap_or_default());
        let names = KEY_FIELDS.iter().map(|name| (*name).to_owned());
        names.zip(lengths).collect::<Vec<_>>()
    });
    let toasts = Toasts::expect();
    let saved = move |settings: AccountSettings| {
        let KeySettings {
            default_lifetime,
            max_lifetime,
            max_grace_period,
        } = settings.keys;
        stored.set(settings.keys);
        usual.set(default_lifetime.map(days).unwrap_or_default());
        most.set(max_lifetime.map(days).unwrap_or_default());
        grace.set(days(max_grace_period));
        toasts.done("The settings are saved.".to_owned());
    };
    let body = json!({"keys": {"defaultLifetime": "7776000s", "maxLifetime": "31536000s"}});
    let base = expect_context::<Me>().public_url;
    let curl = wording::call_with_body(&base, "PATCH", "/v1/account/settings", &body);
    view! {
        <section class="panel pad settings" aria-labelledby="keys-title">
            <div class="panel-head"><h2 id="keys-title">"How long keys last"</h2></div>
            <form class="stack" method="post" action="/settings" on:submit=submission.send(fns::settings::update, saved)>
                <Refusal text=refused/>
                {form::shown(was)}
                <TextField
                    name="keys.defaultLifetime"
                    label="Usual lifetime, in days"
                    note="empty: a key lasts until it is revoked"
                    hint="What a new key gets when whoever issues it says nothing else."
                    value=usual
                    error=submission.error("keys.defaultLifetime")
                />
                <TextField
                    name="keys.maxLifetime"
                    label="Longest lifetime, in days"
                    note="empty: no limit"
                    hint="No key is issued, or given another end, that is further away. Keys that are there keep theirs."
                    value=most
                    error=submission.error("keys.maxLifetime")
                />
                <TextField
                    name="keys.maxGracePeriod"
                    label="Longest grace after a rotation, in days"
                    note="empty: 30 days; 0: none"
                    hint="How long the token before may stay good, from the rotation on."
                    value=grace
                    error=submission.error("keys.maxGracePeriod")
                />
                <input type="hidden" name="section" value="keys"/>
                <div class="row"><SubmitButton busy=submission.busy()>"Save"</SubmitButton></div>
            </form>
            <div class="needs-script"><ApiCall curl=curl/></div>
        </section>
    }
    .into_any()
}

/// What people need to come in, and what members hold.
#[component]
fn People(people: PeopleSettings) -> impl IntoView {
    let typed = Typed::here();
    let sent = typed.get("section").as_deref() == Some(PEOPLE_SECTION);
    let submission = Submission::posted_by(PEOPLE_SECTION);
    let refused = submission.error_beside(PEOPLE_FIELDS);
    let required = RwSignal::new(if sent {
        typed.get("people.requireSecondFactor").is_some()
    } else {
        people.require_second_factor
    });
    let held = PermissionsForm::new(for_members(), false, |name| {
        if sent {
            typed.get(name)
        } else {
            PermissionsForm::level_of(&people.member_permissions, name)
        }
    });
    let stored = RwSignal::new(people);
    let was = Signal::derive(move || {
        let PeopleSettings {
            require_second_factor: required,
            member_permissions: held,
        } = stored.get();
        let required = required.then(|| ("people.requireSecondFactor".to_owned(), "on".to_owned()));
        let held = permission_fields(&held);
        required.into_iter().chain(held).collect::<Vec<_>>()
    });
    let toasts = Toasts::expect();
    let saved = move |settings: AccountSettings| {
        required.set(settings.people.require_second_factor);
        stored.set(settings.people);
        toasts.done("The settings are saved.".to_owned());
    };
    let body = json!({"people": {
        "requireSecondFactor": true,
        "memberPermissions": ["api_keys:manage", "tools:read", "workspaces:read"],
    }});
    let base = expect_context::<Me>().public_url;
    let curl = wording::call_with_body(&base, "PATCH", "/v1/account/settings", &body);
    view! {
        <section class="panel pad settings" aria-labelledby="people-title">
            <div class="panel-head"><h2 id="people-title">"People"</h2></div>
            <form class="stack" method="post" action="/settings" on:submit=submission.send(fns::settings::update, saved)>
                <Refusal text=refused/>
                {form::shown(was)}
                <input type="hidden" name="section" value=PEOPLE_SECTION/>
                <Checkbox
                    name="people.requireSecondFactor"
                    label="Owners and admins need a second factor"
                    hint="Who has none holds nothing until it is on. Keys are not asked."
                    checked=required
                    error=submission.error("people.requireSecondFactor")
                />
                <p class="t2">
                    "What members hold, in the workspaces they belong to. It counts from their next request on; keys that hold more go on as they are, and only an admin can change them."
                </p>
                <PermissionPicker form=held error=submission.error("people.memberPermissions")/>
                <CodeField submission id="people-code"/>
                <div class="row"><SubmitButton busy=submission.busy()>"Save"</SubmitButton></div>
            </form>
            <div class="needs-script"><ApiCall curl=curl/></div>
        </section>
    }
    .into_any()
}

/// What of the catalogue members may hold at all.
fn for_members() -> Vec<OfferedPermission> {
    let offered = |entry: &CatalogueEntry| OfferedPermission {
        read: entry.readable && PeopleSettings::for_members(&Permission::read(&entry.resource)),
        manage: PeopleSettings::for_members(&Permission::manage(&entry.resource)),
        entry: entry.clone(),
    };
    let catalogue = Catalogue::default();
    let all = catalogue.entries().iter().map(offered);
    all.filter(|offered| offered.read || offered.manage)
        .collect()
}

/// In days, or as it is written where it is no whole number of them.
fn days(period: Period) -> String {
    const DAY: u64 = 86_400;
    let seconds = period.0.as_secs();
    if period.0.subsec_nanos() == 0 && seconds.is_multiple_of(DAY) {
        return (seconds / DAY).to_string();
    }
    period.to_string()
}
