//! Many keys changed together: what would happen, and the button that does it. It has an address of its
//! own, so that it can be asked and answered without scripting.

mod told;

use contract::bulk::{Outcome, Together};
use contract::console::{IssueOptions, KeysQuery};
use contract::form::Fields;
use contract::request::ChangeKind;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use self::told::{Confirm, Told};
use super::PageTitle;
use super::search::address;
use crate::browser;
use crate::components::{
    Dialog, LinkButton, Look, Notice, SelectField, Skeleton, SubmitButton, TextField, Tone,
};
use crate::fns::keys;
use crate::pages::in_place;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::wording::bulk;

const PATH: &str = "/keys/change";

/// What the address, or a post that was refused, asks for.
#[derive(Clone, PartialEq)]
struct Asked {
    kind: Option<ChangeKind>,
    fields: Fields,
}

impl Asked {
    const NAMES: [&str; 9] = [
        "id",
        "change",
        "all",
        "q",
        "show",
        "labels",
        "removeLabels",
        "workspaceId",
        "reason",
    ];

    /// `all` gives every value of a name.
    fn read(all: impl Fn(&str) -> Vec<String>) -> Self {
        let pairs = |name: &'static str| {
            let values = all(name).into_iter();
            values.map(move |value| (name.to_owned(), value))
        };
        let fields: Fields = Self::NAMES.into_iter().flat_map(pairs).collect();
        Self {
            kind: fields.get("change").and_then(ChangeKind::parse),
            fields,
        }
    }

    fn text(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_default()
    }

    /// Whether all is said that is needed to tell what would happen.
    fn is_complete(&self) -> bool {
        match self.kind {
            Some(ChangeKind::Label) => {
                !self.text("labels").is_empty() || !self.text("removeLabels").is_empty()
            }
            Some(ChangeKind::Grant) => !self.text("workspaceId").is_empty(),
            _ => true,
        }
    }

    /// The list below.
    fn list(&self) -> String {
        let query = KeysQuery {
            q: self.text("q").to_owned(),
            show: self.text("show").to_owned(),
            ..KeysQuery::default()
        };
        address("/keys", &query.pairs())
    }
}

#[component]
pub(crate) fn ChangeMany() -> impl IntoView {
    let query = use_query_map();
    let posted = use_context::<Posted>().map(|posted| posted.fields);
    let asked = Memo::new(move |_| {
        Asked::read(|name| match &posted {
            Some(fields) => fields.all(name).map(str::to_owned).collect(),
            None => query.with(|query| query.get_all(name)).unwrap_or_default(),
        })
    });
    let preview = Resource::new(
        move || asked.get(),
        |asked| async move {
            if !asked.is_complete() {
                return None;
            }
            Some(keys::preview(asked.fields).await)
        },
    );
    let options = Resource::new(
        move || asked.with(|asked| asked.kind == Some(ChangeKind::Grant)),
        |grants| async move {
            if !grants {
                return Ok(None);
            }
            keys::options().await.map(Some)
        },
    );
    let navigate = use_navigate();
    let leave = move || {
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&asked.with_untracked(Asked::list), options);
    };
    let title = Signal::derive(move || asked.with(|asked| bulk::question(asked.kind)));
    let body = move || {
        Suspend::new(async move {
            let (told, options) = (preview.await, options.await);
            let asked = asked.get_untracked();
            view! { <Body asked told options/> }
        })
    };
    view! {
        <PageTitle text="Change keys"/>
        <Dialog id="change" title wide=true on_close=leave>
            <Transition fallback=|| view! { <Skeleton rows=4 columns=2/> }>{body}</Transition>
        </Dialog>
    }
    .into_any()
}

type Offered = Result<Option<IssueOptions>, Problem>;

#[component]
fn Body(asked: Asked, told: Option<Result<Together, Problem>>, options: Offered) -> impl IntoView {
    let back = asked.list();
    let refused = Posted::problem().map(|problem| problem.message);
    let cancel = view! { <LinkButton href=back look=Look::Quiet>"Cancel"</LinkButton> };
    let inputs = matches!(asked.kind, Some(ChangeKind::Label | ChangeKind::Grant));
    let inputs = inputs.then(|| view! { <Inputs asked=asked.clone() options/> });
    let below = match told {
        None => view! { <div class="dialog-foot apply">{cancel}</div> }.into_any(),
        Some(Err(problem)) => view! {
            <div><Notice tone=Tone::Bad alert=true>{problem.0.message}</Notice></div>
            <div class="dialog-foot apply">{cancel}</div>
        }
        .into_any(),
        Some(Ok(told)) if told.with(Outcome::Changed).next().is_none() => view! {
            <Told told/>
            <div class="dialog-foot apply"><p class="why">"There is nothing to do."</p>{cancel}</div>
        }
        .into_any(),
        Some(Ok(told)) => view! {
            <Told told=told.clone()/>
            <Confirm asked told cancel=cancel.into_any()/>
        }
        .into_any(),
    };
    view! {
        {refused.map(|text| view! { <div><Notice tone=Tone::Bad alert=true>{text}</Notice></div> })}
        {inputs}
        {below}
    }
    .into_any()
}

/// What has to be said before it can be told what would happen.
#[component]
fn Inputs(asked: Asked, options: Offered) -> impl IntoView {
    let kept = asked
        .fields
        .iter()
        .filter(|(name, _)| !["labels", "removeLabels", "workspaceId"].contains(name));
    let kept: Vec<_> = kept
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.to_owned() value=value.to_owned()/> }
        })
        .collect();
    let field = |name: &str| RwSignal::new(asked.text(name).to_owned());
    let (labels, removed) = (field("labels"), field("removeLabels"));
    let navigate = use_navigate();
    let show = move |event: SubmitEvent| {
        event.prevent_default();
        let fields = browser::fields_of(&event);
        let pairs: Vec<(&str, &str)> = fields.iter().collect();
        navigate(&address(PATH, &pairs), in_place());
    };
    let inputs = match options {
        Err(problem) => view! { <Notice tone=Tone::Bad>{problem.0.message}</Notice> }.into_any(),
        Ok(Some(options)) => {
            let offered = options.workspaces.into_iter();
            let offered = offered.map(|one| (one.id.to_string(), one.name)).collect();
            view! {
                <SelectField
                    name="workspaceId"
                    label="Workspace"
                    blank="Choose a workspace"
                    options=offered
                    chosen=asked.text("workspaceId").to_owned()
                    required=true
                />
            }
            .into_any()
        }
        Ok(None) => view! {
            <div class="pair">
                <TextField name="labels" label="Add or change" placeholder="env=prod, team=billing" value=labels/>
                <TextField name="removeLabels" label="Take away" placeholder="env, team" value=removed/>
            </div>
        }
        .into_any(),
    };
    view! {
        <form class="stack inputs" method="get" action=PATH on:submit=show>
            {kept}
            {inputs}
            <div class="row"><SubmitButton look=Look::Plain>"Show what would happen"</SubmitButton></div>
        </form>
    }
    .into_any()
}
