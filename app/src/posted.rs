//! A page that answers a plain form post, without scripting: what was typed, what was wrong with
//! it, or the token or the link it made.

use contract::factor::{Enrolment, RecoveryCodes};
use contract::form::Fields;
use contract::people::{InvitationLink, SignInStep};
use contract::resource::RevealedApiKey;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;

/// Provided as context by the server when it answers a form post by rendering the page again.
#[derive(Clone, Debug, Default)]
pub struct Posted {
    /// What was typed, without the secrets.
    pub fields: Fields,
    /// Whether a code of the second factor was asked for.
    pub had_code: bool,
    pub problem: Option<contract::Error>,
    /// The one answer of issue and rotate.
    pub revealed: Option<RevealedApiKey>,
    /// The one answer that shows the link of an invitation.
    pub invitation: Option<InvitationLink>,
    /// What a sign-in that was right so far wants as well.
    pub sign_in: Option<SignInStep>,
    /// The one answer that shows the secret of a second factor.
    pub enrolment: Option<Enrolment>,
    /// The one answer that shows its recovery codes.
    pub recovery_codes: Option<RecoveryCodes>,
}

impl Posted {
    pub fn problem() -> Option<contract::Error> {
        use_context::<Self>().and_then(|posted| posted.problem)
    }
}

/// What the fields of a form begin with: what was posted, or else what the URL proposes, or else
/// what is stored. So a link can propose a key, and a form survives a sign-in in between.
#[derive(Clone, Debug)]
pub struct Typed {
    posted: Option<Fields>,
    query: ParamsMap,
}

impl Typed {
    pub fn here() -> Self {
        Self {
            posted: use_context::<Posted>().map(|posted| posted.fields),
            query: use_query_map().get_untracked(),
        }
    }

    /// The text of a field, or `stored` when nobody typed or proposed one.
    pub fn text(&self, name: &str, stored: &str) -> String {
        self.get(name).unwrap_or_else(|| stored.to_owned())
    }

    pub fn get(&self, name: &str) -> Option<String> {
        match &self.posted {
            Some(fields) => fields.get(name).map(str::to_owned),
            None => self.query.get(name),
        }
    }

    /// Every value of the check boxes of that name.
    pub fn all(&self, name: &str) -> Vec<String> {
        match &self.posted {
            Some(fields) => fields.all(name).map(str::to_owned).collect(),
            None => self.query.get_all(name).unwrap_or_default(),
        }
    }

    /// Whether anything was typed or proposed for one of the fields.
    pub fn any(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.get(name).is_some())
    }
}
