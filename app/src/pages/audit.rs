//! The audit log: what happened, who did it, and whether the trail is what was written. What is asked
//! stands in the address.

mod entry;
mod filters;
mod list;

use contract::audit::{AuditQuery, AuditView, Verified};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;

use self::filters::{Filters, Typed};
use self::list::{Entries, Live};
use super::PageTitle;
use super::failed::Failed;
use crate::components::{
    LinkButton, Look, Notice, PageHeader, Skeleton, State, Status, SubmitButton, Tone, When,
};
use crate::fns::audit;
use crate::form::Submission;
use crate::session::Session;
use crate::wording::{counted, grouped, sentence};

const PATH: &str = "/audit";

#[component]
pub(crate) fn Audit() -> impl IntoView {
    let session = Session::expect();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        AuditQuery::of(|name| query.with(|query| query.get(name)).unwrap_or_default())
    });
    let open = Memo::new(move |_| query.with(|query| query.get("open")).unwrap_or_default());
    let typed = Typed::new(asked);
    let again = RwSignal::new(0_u32);
    let view = Resource::new(
        move || (asked.get(), again.get(), session.changes()),
        |(asked, ..)| audit::view(asked),
    );
    let entry = Resource::new(
        move || open.get(),
        |id| async move {
            if id.is_empty() {
                return None;
            }
            Some(audit::entry(id).await)
        },
    );
    let revert = Submission::posted();
    let refused = revert.refusal();
    let summary =
        move || Suspend::new(async move { view.await.ok().map(|view| view! { <Summary view/> }) });
    let live = move || {
        Suspend::new(async move {
            let view = view.await.ok()?;
            let asked = asked.get_untracked();
            Some(view! { <Live asked total=view.total again/> })
        })
    };
    let page = move || {
        Suspend::new(async move {
            match view.await {
                Ok(view) => {
                    let asked = asked.get_untracked();
                    view! {
                        <Filters
                            asked=asked.clone()
                            typed
                            people=view.people.clone()
                            refused=view.refused
                            entries=view.entries.clone()
                        />
                        <Entries view asked entry open revert/>
                    }
                    .into_any()
                }
                Err(problem) => view! { <Failed problem/> }.into_any(),
            }
        })
    };
    view! {
        <PageTitle text="Audit log"/>
        <PageHeader title="Audit log" sub=move || view! { <Transition>{summary}</Transition> }>
            <Transition>{live}</Transition>
            <Export asked/>
        </PageHeader>
        // In sight wherever the row is that was to be taken back.
        <div class="stays-in-sight">
            {move || {
                refused.get().map(|text| view! { <Notice tone=Tone::Bad alert=true>{sentence(&text)}</Notice> })
            }}
        </div>
        <Transition fallback=|| view! { <div class="panel"><Skeleton/></div> }>{page}</Transition>
    }
    .into_any()
}

/// How many events there are, and whether they are what was written.
#[component]
fn Summary(view: AuditView) -> impl IntoView {
    let events = counted(view.total, "event", "events");
    let since = view.start.map(|at| format!(" since {}", at.date()));
    let verified = match view.verified {
        None => view! { <Status state=State::Off text="Not verified yet"/> }.into_any(),
        Some(Verified {
            at,
            events,
            broken: None,
        }) => {
            let text = if events == view.total {
                "All verified".to_owned()
            } else {
                format!("The first {} verified", grouped(events))
            };
            view! { <Status state=State::Active text=text/> " " <When at/> }.into_any()
        }
        Some(Verified {
            at,
            broken: Some(broken),
            ..
        }) => view! {
            <Status state=State::Bad text=format!("Broken: {broken}")/>
            " "
            <When at/>
        }
        .into_any(),
    };
    view! { <span class="trail">{events} {since} ", chained. " {verified}</span> }.into_any()
}

/// What the page lists, as a file. A plain form: the browser takes the answer as a download.
#[component]
fn Export(asked: Memo<AuditQuery>) -> impl IntoView {
    let fields = move || {
        let asked = asked.get();
        let pairs = asked
            .pairs()
            .into_iter()
            .filter(|(name, _)| *name != "cursor");
        let field = |(name, value): (&'static str, &str)| {
            view! { <input type="hidden" name=name value=value.to_owned()/> }
        };
        pairs.map(field).collect_view()
    };
    // The answer to the form is a file, with no place to ask for a code.
    let wanted = Session::expect().code_wanted();
    let confirm = move || {
        let back = asked.with(|asked| address(asked, &[("cursor", "")]));
        format!("/confirm?next={}", Url::escape(&back))
    };
    move || {
        if wanted.get() {
            let href = Signal::derive(confirm);
            return view! { <LinkButton href=href icon="download">"Export JSONL"</LinkButton> }
                .into_any();
        }
        view! {
            <form method="post" action="/audit/export">
                {fields}
                <SubmitButton look=Look::Plain icon="download">"Export JSONL"</SubmitButton>
            </form>
        }
        .into_any()
    }
}

/// The page with what is asked, but for these; an empty value asks nothing.
fn address(asked: &AuditQuery, but: &[(&str, &str)]) -> String {
    let kept = asked.pairs().into_iter();
    let kept = kept.filter(|(name, _)| but.iter().all(|(other, _)| other != name));
    let changed = but.iter().copied().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = kept
        .chain(changed)
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    if pairs.is_empty() {
        PATH.to_owned()
    } else {
        format!("{PATH}?{}", pairs.join("&"))
    }
}

/// The router's own way spells out what needs no escape (RFC 3986, section 2.3).
fn escaped(value: &str) -> String {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if value.chars().all(unreserved) {
        value.to_owned()
    } else {
        Url::escape(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_is_asked_and_leaves_out_what_is_not() {
        let asked = AuditQuery {
            q: "a b".to_owned(),
            cursor: "12".to_owned(),
            ..AuditQuery::default()
        };
        assert_eq!(address(&asked, &[]), "/audit?q=a%20b&cursor=12");
        assert_eq!(
            address(&asked, &[("cursor", ""), ("refused", "1")]),
            "/audit?q=a%20b&refused=1"
        );
        assert_eq!(address(&AuditQuery::default(), &[]), "/audit");
    }
}
