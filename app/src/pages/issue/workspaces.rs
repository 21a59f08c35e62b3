//! Which workspaces a key reaches from the start: some, by search and by group, or all.

use std::collections::BTreeMap;

use contract::Permission;
use contract::console::OfferedWorkspace;
use leptos::prelude::*;

use crate::components::{Checkbox, ChipCheck, SearchField};
use crate::session::may;

/// As many groups as are easily overlooked at once.
const GROUPS: usize = 8;

/// What the picker holds.
#[derive(Clone, Copy)]
pub(super) struct WorkspacesForm {
    offered: StoredValue<Vec<(OfferedWorkspace, RwSignal<bool>)>>,
    pub(super) all: RwSignal<bool>,
    may_give_all: bool,
}

impl WorkspacesForm {
    pub(super) fn new(
        offered: Vec<OfferedWorkspace>,
        may_give_all: bool,
        chosen: &[String],
        all: bool,
    ) -> Self {
        let offer = |workspace: OfferedWorkspace| {
            let is_chosen = chosen.contains(&workspace.id.to_string());
            (workspace, RwSignal::new(is_chosen))
        };
        Self {
            offered: StoredValue::new(offered.into_iter().map(offer).collect()),
            all: RwSignal::new(may_give_all && all),
            may_give_all,
        }
    }

    pub(super) fn total(self) -> usize {
        self.offered.with_value(Vec::len)
    }

    /// The ids of the chosen ones. Tracks every choice.
    pub(super) fn chosen(self) -> Vec<String> {
        self.offered.with_value(|offered| {
            let chosen = offered.iter().filter(|(_, chosen)| chosen.get());
            chosen
                .map(|(workspace, _)| workspace.id.to_string())
                .collect()
        })
    }

    /// The labels that more than one workspace shares, the largest group first.
    fn groups(self) -> Vec<(String, Vec<RwSignal<bool>>)> {
        let mut groups = BTreeMap::<String, Vec<RwSignal<bool>>>::new();
        self.offered.with_value(|offered| {
            for (workspace, chosen) in offered {
                for (key, value) in workspace.labels.iter() {
                    groups
                        .entry(format!("{key}={value}"))
                        .or_default()
                        .push(*chosen);
                }
            }
        });
        let mut groups: Vec<_> = groups
            .into_iter()
            .filter(|(_, members)| members.len() > 1)
            .collect();
        groups.sort_by_key(|(_, members)| std::cmp::Reverse(members.len()));
        groups.truncate(GROUPS);
        groups
    }
}

#[component]
pub(super) fn WorkspacePicker(
    form: WorkspacesForm,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let offer = move |(workspace, chosen): &(OfferedWorkspace, RwSignal<bool>)| {
        let chosen = *chosen;
        let haystack = format!("{} {}", workspace.name, workspace.labels.to_pairs()).to_lowercase();
        let hidden = move || {
            let wish = search.read().trim().to_lowercase();
            !wish.is_empty() && !haystack.contains(&wish) && !chosen.get()
        };
        view! {
            <span hidden=hidden>
                <ChipCheck
                    name="initialWorkspaceIds"
                    value=workspace.id.to_string()
                    label=workspace.name.clone()
                    checked=chosen
                />
            </span>
        }
    };
    let chips = form
        .offered
        .with_value(|offered| offered.iter().map(offer).collect_view());
    let some = form.total() > 0;
    view! {
        <fieldset class="field" aria-describedby="workspaces-error">
            <legend>"Workspaces " <span class="note">"none unless chosen"</span></legend>
            {form.may_give_all.then(|| view! {
                <Checkbox name="spec.allWorkspaces" label="All, present and future" checked=form.all/>
            })}
            <div class="stack" hidden=move || form.all.get()>
                {some.then(|| view! {
                    <div class="needs-script">
                        <SearchField
                            name=""
                            label="Find a workspace or a group"
                            placeholder="Find a workspace or a group"
                            value=search
                        />
                    </div>
                    <div class="chips needs-script"><Groups form/></div>
                })}
                <div class="chips pick-list">{chips}</div>
                {(!some).then(|| view! {
                    <p class="hint">
                        {if may(&Permission::manage("workspaces")) {
                            "There is none yet. Make one under Workspaces and grant it later."
                        } else {
                            "You belong to no workspace yet. Once an admin has added you to one, grant it on the key's page."
                        }}
                    </p>
                })}
            </div>
            <div id="workspaces-error">
                {move || error.get().map(|text| view! { <p class="error">{text}</p> })}
            </div>
        </fieldset>
    }
    .into_any()
}

/// A button for each group: takes all of it, or lets it go again.
#[component]
fn Groups(form: WorkspacesForm) -> impl IntoView {
    let group = |(label, members): (String, Vec<RwSignal<bool>>)| {
        let members = StoredValue::new(members);
        let whole =
            Memo::new(move |_| members.with_value(|members| members.iter().all(|one| one.get())));
        let turn = move |_| {
            let wanted = !whole.get_untracked();
            members.with_value(|members| members.iter().for_each(|one| one.set(wanted)));
        };
        let count = members.with_value(Vec::len);
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || if whole.get() { "true" } else { "false" }
                on:click=turn
            >
                <bdi>{label}</bdi>
                {format!(" ({count})")}
            </button>
        }
    };
    form.groups().into_iter().map(group).collect_view()
}
