//! What a key may do: none, read or manage for each resource, or everything.

use contract::console::OfferedPermission;
use contract::permission::Verb;
use contract::{Permission, Permissions};
use leptos::prelude::*;

use crate::components::{Checkbox, Segmented};

/// What the picker holds.
#[derive(Clone)]
pub(crate) struct PermissionsForm {
    rows: StoredValue<Vec<(OfferedPermission, RwSignal<String>)>>,
    /// `*`, for who holds it.
    all: RwSignal<bool>,
    full_access: bool,
}

impl PermissionsForm {
    /// `initial` gives what a field begins with, by its name.
    pub(crate) fn new(
        catalogue: Vec<OfferedPermission>,
        full_access: bool,
        initial: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let row = |offered: OfferedPermission| {
            let level = initial(&format!("permission.{}", offered.entry.resource));
            let level = level.unwrap_or_else(|| "none".to_owned());
            (offered, RwSignal::new(level))
        };
        Self {
            rows: StoredValue::new(catalogue.into_iter().map(row).collect()),
            all: RwSignal::new(full_access && initial("permission.all").is_some()),
            full_access,
        }
    }

    /// The field values that stand for permissions a key has.
    pub(crate) fn level_of(permissions: &Permissions, name: &str) -> Option<String> {
        let resource = name.strip_prefix("permission.")?;
        let level = |permission: &Permission| match permission {
            Permission::All if resource == "all" => Some("*"),
            Permission::On(on, Verb::Read) if on == resource => Some("read"),
            Permission::On(on, Verb::Manage) if on == resource => Some("manage"),
            _ => None,
        };
        permissions.iter().find_map(level).map(str::to_owned)
    }

    /// The permissions as texts. Tracks every row.
    pub(crate) fn chosen(&self) -> Vec<String> {
        if self.all.get() {
            return vec!["*".to_owned()];
        }
        let chosen = |(offered, level): &(OfferedPermission, RwSignal<String>)| {
            let level = level.get();
            (level != "none").then(|| format!("{}:{level}", offered.entry.resource))
        };
        self.rows
            .with_value(|rows| rows.iter().filter_map(chosen).collect())
    }

    /// The first permission of a key that these fields cannot say, so that saving would drop it.
    pub(crate) fn beyond(
        catalogue: &[OfferedPermission],
        full_access: bool,
        permissions: &Permissions,
    ) -> Option<String> {
        let offered = |permission: &Permission| match permission {
            Permission::All => full_access,
            Permission::On(resource, verb) => catalogue.iter().any(|offered| {
                &offered.entry.resource == resource
                    && match verb {
                        Verb::Read => offered.read,
                        Verb::Manage => offered.manage,
                    }
            }),
        };
        permissions
            .iter()
            .find(|permission| !offered(permission))
            .map(Permission::to_string)
    }
}

#[component]
pub(crate) fn PermissionPicker(
    form: PermissionsForm,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let all = form.all;
    let rows = form.rows.with_value(|rows| {
        rows.iter()
            .map(|(offered, level)| view! { <Level offered=offered.clone() level=*level/> })
            .collect_view()
    });
    view! {
        <fieldset class="field" aria-describedby="permissions-error">
            <legend>"Permissions " <span class="note">"nothing unless chosen"</span></legend>
            {form.full_access.then(|| view! {
                <Checkbox
                    name="permission.all"
                    value="*"
                    label="Full access: everything, now and later"
                    checked=all
                />
            })}
            <div class="panel permissions" class:is-off=move || all.get()>{rows}</div>
            <div id="permissions-error">
                {move || error.get().map(|text| view! { <p class="error">{text}</p> })}
            </div>
        </fieldset>
    }
    .into_any()
}

/// One resource. Levels the person does not hold are not offered.
#[component]
fn Level(offered: OfferedPermission, level: RwSignal<String>) -> impl IntoView {
    let entry = offered.entry;
    let mut options = vec![("none", "none")];
    let mut locked = Vec::new();
    if entry.readable {
        options.push(("read", "read"));
        if !offered.read {
            locked.push("read");
        }
    }
    options.push(("manage", "manage"));
    if !offered.manage {
        locked.push("manage");
    }
    view! {
        <div>
            <span class="what">{entry.title.clone()} <code>{entry.resource.clone()}</code></span>
            <Segmented
                name=format!("permission.{}", entry.resource)
                legend=entry.title
                options=options
                value=level
                small=true
                locked=locked
            />
        </div>
    }
    .into_any()
}
