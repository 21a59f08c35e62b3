//! How a form reaches the server from a hydrated page. Without scripting the browser posts the same
//! form to its `action`, and the server answers with the page ([`crate::posted`]).

use std::pin::Pin;

use contract::factor::CODE_FIELD;
use contract::form::{Fields, SHOWN, was};
use contract::resource::Metadata;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::posted::{Posted, Typed};
use crate::problem::Problem;
use crate::session::Session;
use crate::wording;

/// One form on its way: whether it is being sent, and why it was refused.
#[derive(Clone, Copy)]
pub(crate) struct Submission {
    busy: RwSignal<bool>,
    problem: RwSignal<Option<contract::Error>>,
    /// Refused as a plain post: nothing leads the eye to the field, so the form says so above.
    posted: bool,
}

impl Submission {
    pub(crate) fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            posted: false,
        }
    }

    /// For the form that a refused post of this page was sent with.
    pub(crate) fn posted() -> Self {
        let problem = Posted::problem();
        Self {
            posted: problem.is_some(),
            problem: RwSignal::new(problem),
            ..Self::new()
        }
    }

    /// Like [`Submission::posted`], for one of several forms of a page: it says which in its field `section`.
    pub(crate) fn posted_by(section: &str) -> Self {
        let sent = use_context::<Posted>();
        if sent.is_some_and(|posted| posted.fields.get("section") == Some(section)) {
            Self::posted()
        } else {
            Self::new()
        }
    }

    /// Whether it was refused, without following it.
    pub(crate) fn is_refused(self) -> bool {
        self.problem.with_untracked(Option::is_some)
    }

    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// Why `field`, or something in it, was refused.
    pub(crate) fn error(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problem.with(|problem| {
                let details = problem.iter().flat_map(|problem| &problem.details);
                let mut refused = details.filter(|detail| stands_in(&detail.field, field));
                refused
                    .next()
                    .map(|detail| wording::sentence(&detail.message))
            })
        })
    }

    /// Why it was refused as a whole.
    pub(crate) fn refusal(self) -> Signal<Option<String>> {
        Signal::derive(move || {
            let message = |problem: &contract::Error| problem.message.clone();
            self.problem.with(|problem| problem.as_ref().map(message))
        })
    }

    /// What was refused and has no place at any of `fields`. A code of the second factor always has one.
    pub(crate) fn error_beside(self, fields: &'static [&'static str]) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.problem.with(|problem| {
                let problem = problem.as_ref()?;
                let placed = |detail: &contract::FieldError| {
                    detail.field == CODE_FIELD
                        || fields.iter().any(|field| stands_in(&detail.field, field))
                };
                match problem.details.iter().find(|detail| !placed(detail)) {
                    Some(detail) => Some(wording::sentence(&detail.message)),
                    None if problem.details.is_empty() => Some(problem.message.clone()),
                    None if self.posted => Some(
                        "Nothing was changed yet: a field below needs another look.".to_owned(),
                    ),
                    None => None,
                }
            })
        })
    }

    /// The `submit` handler: sends the fields by `call` instead of the browser, then does `then`
    /// with the answer. A second submit while the first is on its way does nothing.
    pub(crate) fn send<T, Call, Answer>(
        self,
        call: Call,
        then: impl Fn(T) + Clone + 'static,
    ) -> impl Fn(SubmitEvent) + Clone + 'static
    where
        T: 'static,
        Call: Fn(Fields) -> Answer + Clone + 'static,
        Answer: Future<Output = Result<T, Problem>> + 'static,
    {
        let session = use_context::<Session>();
        move |event| {
            event.prevent_default();
            if self.busy.get_untracked() {
                return;
            }
            let fields = browser::fields_of(&event);
            let gave_code = fields.code().is_some();
            self.begin(session, gave_code, call(fields), then.clone());
        }
    }

    /// The same for a button that has no fields.
    pub(crate) fn run<T: 'static>(
        self,
        session: Option<Session>,
        answer: impl Future<Output = Result<T, Problem>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.begin(session, false, answer, then);
    }

    fn begin<T: 'static>(
        self,
        session: Option<Session>,
        gave_code: bool,
        answer: impl Future<Output = Result<T, Problem>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.finish(
            session,
            gave_code,
            Box::pin(async { Ok(Box::new(answer.await.map(|value| move || then(value))?) as _) }),
        );
    }

    /// Waits for the answer and what to do with it, whatever its type.
    fn finish(
        self,
        session: Option<Session>,
        gave_code: bool,
        answer: Pin<Box<dyn Future<Output = Done>>>,
    ) {
        self.busy.set(true);
        spawn_local(async move {
            let answer = answer.await;
            // The person may have left the page in the meantime.
            self.busy.try_set(false);
            match answer {
                Ok(then) => {
                    self.problem.try_set(None);
                    if let Some(session) = session.filter(|_| gave_code) {
                        session.want_code(false);
                    }
                    then();
                }
                Err(problem) => {
                    if let Some(session) = session.filter(|_| problem.is_signed_out()) {
                        session.end();
                    }
                    let wants_code = problem.wants_code();
                    self.problem.try_set(Some(problem.0));
                    if let Some(session) = session.filter(|_| wants_code) {
                        session.want_code(true);
                    }
                    browser::focus_first_invalid();
                }
            }
        });
    }
}

/// What to do with an answer, or why there is none.
type Done = Result<Box<dyn FnOnce()>, Problem>;

/// Whether a refused path is `field` or inside it: `metadata.labels.env`, `spec.permissions[0]`.
fn stands_in(refused: &str, field: &str) -> bool {
    refused
        .strip_prefix(field)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What a form shows of the texts that keys and workspaces have alike.
pub(crate) fn shown_texts<Id>(
    metadata: &Metadata<Id>,
    description: Option<&str>,
) -> Vec<(String, String)> {
    let external_id = metadata.external_id.as_deref().unwrap_or_default();
    let texts = [
        ("metadata.name", metadata.name.clone()),
        ("metadata.labels", metadata.labels.to_pairs()),
        ("metadata.externalId", external_id.to_owned()),
        (
            "spec.description",
            description.unwrap_or_default().to_owned(),
        ),
    ];
    let named = texts
        .into_iter()
        .map(|(name, text)| (name.to_owned(), text));
    named.collect()
}

/// What a form shows when it is opened, told along with what is sent: whatever is sent as it was shown is left to
/// others, who may have changed it meanwhile.
pub(crate) fn shown(
    // By their names; a box that is not ticked is none.
    fields: impl Into<Signal<Vec<(String, String)>>>,
) -> impl IntoView {
    let fields = fields.into();
    // A form that was refused tells what it told before.
    let typed = StoredValue::new(Typed::here());
    let hidden = move || {
        let fields = fields.get().into_iter();
        let hidden = fields.map(|(name, shown)| {
            let name = was(&name);
            let shown = typed.with_value(|typed| typed.text(&name, &shown));
            view! { <input type="hidden" name=name value=shown/> }
        });
        hidden.collect_view()
    };
    view! {
        <input type="hidden" name=SHOWN value=""/>
        {hidden}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::stands_in;

    #[test]
    fn a_refusal_finds_its_field() {
        assert!(stands_in("metadata.name", "metadata.name"));
        assert!(stands_in("metadata.labels.env", "metadata.labels"));
        assert!(stands_in("spec.permissions[0]", "spec.permissions"));
        assert!(!stands_in("metadata.names", "metadata.name"));
        assert!(!stands_in("name", "metadata.name"));
    }
}
