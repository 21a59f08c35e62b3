//! One person: what is theirs, what they may do, where they are signed in, and how they go.

use contract::console::Role;
use contract::form::Fields;
use contract::people::{InvitationLink, PersonState, PersonView};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Outlet;
use leptos_router::hooks::{use_navigate, use_params_map};

use super::factor::SecondFactor;
use super::role::RoleForm;
use super::{LinkShown, Sessions, keys_of, standing_of};
use crate::components::{
    Chip, Icon, LinkButton, Look, Notice, PageHeader, Refusal, Skeleton, Status, SubmitButton,
    Toasts, Tone, When,
};
use crate::fns::{people, session};
use crate::form::Submission;
use crate::pages::PageTitle;
use crate::pages::code::CodeField;
use crate::pages::failed::Failed;
use crate::posted::Posted;
use crate::problem::Problem;
use crate::session::Session;

/// The person of this page, for the dialog over it.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    pub(super) view: Resource<Result<PersonView, Problem>>,
}

#[component]
pub(crate) fn Person() -> impl IntoView {
    let session = Session::expect();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let view = Resource::new(
        move || (id.get(), session.changes()),
        |(id, _)| people::get(id),
    );
    provide_context(Shown { view });
    let page = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => view! { <OnePerson view/> }.into_any(),
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition>
        <Outlet/>
    }
    .into_any()
}

#[component]
fn OnePerson(view: PersonView) -> impl IntoView {
    let link = RwSignal::new(use_context::<Posted>().and_then(|posted| posted.invitation));
    let person = view.person.clone();
    let (state, word) = standing_of(&person, view.now);
    let name = person.name.clone();
    let role = person.role.title();
    let beside = move || {
        view! { <Status state=state text=word/> <Chip text=role small=true/> }
    };
    let email = person.email.clone();
    let sub = move || view! { <bdi>{email}</bdi> };
    // What concerns one of the forms that name themselves, it says itself.
    let posted = use_context::<Posted>().filter(|posted| posted.fields.get("section").is_none());
    let posted = posted.and_then(|posted| posted.problem);
    let posted = posted.filter(|problem| problem.details.is_empty());
    let changeable = view.locked.is_none();
    let invited = person.state == PersonState::Invited;
    let locked = view.locked.clone();
    let acts = (changeable && !view.own).then(|| view.clone());
    view! {
        <PageTitle text=name.clone()/>
        <PageHeader title=name crumb=("/people", "People") beside=beside sub=sub>
            {acts.map(|view| view! { <Actions view/> })}
        </PageHeader>
        {posted.map(|problem| view! { <Notice tone=Tone::Bad alert=true>{problem.message}</Notice> })}
        {locked.map(|why| view! { <Notice tone=Tone::Info>{why}</Notice> })}
        <div class="columns">
            <div>
                <Keys view=view.clone()/>
                {(!invited).then(|| view! { <SignedIn view=view.clone()/> })}
            </div>
            <div>
                {(invited && changeable).then(|| view! { <Invitation view=view.clone() link/> })}
                {changeable.then(|| view! { <RoleForm view=view.clone()/> })}
                {(changeable && view.person.second_factor).then(|| view! { <SecondFactor view=view.clone()/> })}
                <Facts view=view/>
            </div>
        </div>
        {move || link.get().map(|link| view! { <LinkShown link/> })}
    }
    .into_any()
}

/// Disable or enable, remove.
#[component]
fn Actions(view: PersonView) -> impl IntoView {
    let session = Session::expect();
    let toasts = Toasts::expect();
    let submission = Submission::new();
    let refused = submission.error_beside(&[]);
    let PersonView { person, .. } = view;
    let (id, name) = (person.id.to_string(), person.name);
    let disabled = person.state == PersonState::Disabled;
    let (verb, icon, label, done) = if disabled {
        ("enable", "play", "Enable", "is enabled.")
    } else {
        (
            "disable",
            "pause",
            "Disable",
            "is disabled, and signed out.",
        )
    };
    let turn = {
        let id = id.clone();
        move |_| {
            let id = id.clone();
            async move {
                if disabled {
                    people::enable(id).await
                } else {
                    people::disable(id).await
                }
            }
        }
    };
    let turned = move |()| {
        toasts.done(format!("{name} {done}"));
        session.changed();
    };
    view! {
        <form method="post" action=format!("/people/{id}/{verb}") on:submit=submission.send(turn, turned)>
            <SubmitButton look=Look::Plain busy=submission.busy()><Icon name=icon/>{label}</SubmitButton>
        </form>
        {(person.state != PersonState::Invited).then(|| view! {
            <LinkButton href=format!("/people/{id}/remove") look=Look::Danger icon="user-x">"Remove"</LinkButton>
        })}
        <Refusal text=refused/>
    }
    .into_any()
}

#[component]
fn Keys(view: PersonView) -> impl IntoView {
    let more = view.person.keys.saturating_sub(view.keys.len() as u64);
    let disabled = view.person.state == PersonState::Disabled && view.person.keys > 0;
    let keys = view.keys.into_iter().map(|key| {
        view! { <li><a class="truncate" dir="auto" href=format!("/keys/{}", key.id)>{key.name}</a></li> }
    });
    view! {
        <section class="panel pad" aria-labelledby="keys-title">
            <div class="panel-head">
                <h2 id="keys-title">"Keys"</h2>
                <span class="end muted">{keys_of(&view.person)}</span>
            </div>
            {disabled.then(|| view! {
                <Notice>"They go on working while their owner is disabled."</Notice>
            })}
            {(view.person.keys == 0).then(|| view! { <p class="t2">"None."</p> })}
            <ul class="rows">{keys.collect_view()}</ul>
            {(more > 0).then(|| view! { <p class="t2">{format!("and {more} older ones")}</p> })}
        </section>
    }
    .into_any()
}

#[component]
fn SignedIn(view: PersonView) -> impl IntoView {
    let shared = Session::expect();
    let toasts = Toasts::expect();
    let submission = Submission::new();
    let (id, name) = (view.person.id.to_string(), view.person.name.clone());
    let all = !view.own && view.locked.is_none() && !view.sessions.is_empty();
    let end_all = {
        let id = id.clone();
        move |_| session::end_all(id.clone())
    };
    let ended = move |()| {
        toasts.done(format!("{name} is signed out everywhere."));
        shared.changed();
    };
    view! {
        <section class="panel pad" aria-labelledby="sessions-title">
            <div class="panel-head">
                <h2 id="sessions-title">"Signed in"</h2>
                {view.own.then(|| view! { <a class="end" href="/account">"Your account"</a> })}
                {all.then(|| view! {
                    <form class="end" method="post" action=format!("/people/{id}/sign-out") on:submit=submission.send(end_all, ended)>
                        <SubmitButton look=Look::Plain small=true icon="log-out" busy=submission.busy()>"End all"</SubmitButton>
                    </form>
                })}
            </div>
            <Sessions sessions=view.sessions page=format!("/people/{id}")/>
        </section>
    }
    .into_any()
}

/// For somebody who has not come yet: a new link, or none any more.
#[component]
fn Invitation(view: PersonView, link: RwSignal<Option<InvitationLink>>) -> impl IntoView {
    let toasts = Toasts::expect();
    let navigate = use_navigate();
    let (linking, withdrawing) = (Submission::posted_by("link"), Submission::new());
    let refused = move || {
        let refused = linking.error_beside(&[]).get();
        refused.or_else(|| withdrawing.refusal().get())
    };
    let (id, email) = (view.person.id.to_string(), view.person.email.clone());
    let told = match view.person.invited_until {
        Some(until) if until > view.now => {
            view! { "Their link is good until " {until.date_and_time()} ". A new one ends it." }
                .into_any()
        }
        Some(until) => {
            view! { "Their link was good until " {until.date_and_time()} "." }.into_any()
        }
        None => "They have no link yet.".into_any(),
    };
    let renew = {
        let id = id.clone();
        move |fields: Fields| people::link(id.clone(), fields)
    };
    let withdraw = {
        let id = id.clone();
        move |_| people::withdraw(id.clone())
    };
    let withdrawn = move |()| {
        toasts.done(format!("The invitation of {email} is withdrawn."));
        navigate("/people", NavigateOptions::default());
    };
    view! {
        <section class="panel pad stack" aria-labelledby="invitation-title">
            <h2 id="invitation-title">"Invitation"</h2>
            <p class="t2">{told}</p>
            {move || refused().map(|text| view! { <Notice tone=Tone::Bad alert=true>{text}</Notice> })}
            <div class="row">
                <form
                    class="stack"
                    method="post"
                    action=format!("/people/{id}/link")
                    on:submit=linking.send(renew, move |made| link.set(Some(made)))
                >
                    <input type="hidden" name="section" value="link"/>
                    <CodeField submission=linking id="link-code"/>
                    <SubmitButton icon="link" busy=linking.busy()>"Make a new link"</SubmitButton>
                </form>
                <form
                    method="post"
                    action=format!("/people/{id}/withdraw")
                    on:submit=withdrawing.send(withdraw, withdrawn)
                >
                    <SubmitButton look=Look::Danger busy=withdrawing.busy()>"Withdraw"</SubmitButton>
                </form>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Facts(view: PersonView) -> impl IntoView {
    let everywhere = view.person.role != Role::Member;
    let workspaces = view.workspaces.into_iter().map(|workspace| {
        view! { <a class="chip" href=format!("/workspaces/{}", workspace.id)><bdi>{workspace.name}</bdi></a> }
    });
    let workspaces: Vec<_> = workspaces.collect();
    let belongs = match (everywhere, workspaces.is_empty()) {
        (true, true) => "All, by their role".into_any(),
        (false, true) => "None: they reach nothing".into_any(),
        (_, false) => view! { <span class="chips">{workspaces}</span> }.into_any(),
    };
    let seen = match view.person.last_seen_at {
        Some(at) => view! { <When at=at/> }.into_any(),
        None => "never".into_any(),
    };
    let history = format!("/audit?period=all&q={}", view.person.id);
    view! {
        <section class="panel pad" aria-labelledby="facts-title">
            <div class="panel-head"><h2 id="facts-title">"Details"</h2><a class="end" href=history>"In the audit log"</a></div>
            <dl class="facts">
                <dt>"Workspaces"</dt><dd>{belongs}</dd>
                <dt>"Last seen"</dt><dd>{seen}</dd>
                <dt>"Here since"</dt><dd><When at=view.made_at/></dd>
                <dt>"Id"</dt><dd><code>{view.person.id.to_string()}</code></dd>
            </dl>
        </section>
    }
    .into_any()
}
