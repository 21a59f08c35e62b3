//! Query parameters. Unknown ones are ignored, bad ones named.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use contract::attention::Attention;
use contract::audit::{Action, EntranceKind};
use contract::error::{Invalid, Refusals};
use contract::page::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest, SortOrder};
use contract::resource::KeyState;
use contract::text::Reason;
use contract::{ApiKeyId, BatchId, Error, Labels, Permission, ProfileId, Timestamp, WorkspaceId};
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Required, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use crate::answer::Refusal;

/// A request read from the query.
pub(in crate::rest) struct Query<T>(pub(in crate::rest) T);

/// Which parameters a list has. What it asks for is read from a query and described to programs: the
/// two cannot differ.
pub(in crate::rest) trait FromQuery: Sized {
    fn from_query(params: &mut Params) -> Self;
}

impl<T: FromQuery> IntoParams for Query<T> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let mut params = Params::parse("");
        T::from_query(&mut params);
        params.asked.into_iter().map(describe).collect()
    }
}

fn length_of_a_page() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .default(Some(DEFAULT_LIMIT.into()))
        .description(Some(format!("More than {MAX_LIMIT} counts as {MAX_LIMIT}")))
}

/// What a parameter means, for programs: it means the same wherever it is taken.
fn describe(name: &str) -> Parameter {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let flag = ObjectBuilder::new().schema_type(Type::Boolean);
    let (schema, meaning): (RefOr<Schema>, _) = match name {
        "cursor" => (
            text().into(),
            "From the page before; without it, the list begins.",
        ),
        "limit" => (length_of_a_page().into(), "How many items a page has."),
        "sortOrder" => (
            text()
                .enum_values(Some(["asc", "desc"]))
                .default(Some("desc".into()))
                .into(),
            "By creation.",
        ),
        "includeInfo" => (flag.into(), "Whether each item comes with its `info`."),
        "includeArchived" => (flag.into(), "Whether archived workspaces are listed too."),
        "labels" => (
            text().examples(["env=prod,team=billing"]).into(),
            "Pairs `key=value`, separated by commas or repeated; every one must match.",
        ),
        "prefix" => (text().into(), "The beginning of the id."),
        "query" => (
            text().max_length(Some(1_000)).into(),
            "A part of the texts of an item, in any case.",
        ),
        "state" => (KeyState::schema(), "Keys in this state only."),
        "attention" => (
            Ref::from_schema_name(Attention::name()).into(),
            "Keys that work and deserve this look.",
        ),
        "workspaceId" => (
            Ref::from_schema_name(WorkspaceId::name()).into(),
            "In a list: the keys that reach it. Else the workspace that is asked about.",
        ),
        "workspace" => (
            Ref::from_schema_name(WorkspaceId::name()).into(),
            "The workspace that the token is to reach.",
        ),
        "permission" => (
            Ref::from_schema_name(Permission::name()).into(),
            "What the token is to hold.",
        ),
        "apiKeyId" => (
            Ref::from_schema_name(ApiKeyId::name()).into(),
            "The key that is asked about.",
        ),
        "actor" => (
            Ref::from_schema_name(ProfileId::name()).into(),
            "What this profile did.",
        ),
        "action" => (
            Ref::from_schema_name(Action::name()).into(),
            "Events of this kind.",
        ),
        "target" => (
            text().into(),
            "What was done to the thing with this id, or to all of a kind: `apikey`, `workspace`, `profile`, `account`.",
        ),
        "entrance" => (
            text()
                .enum_values(Some(EntranceKind::ALL.map(EntranceKind::as_str)))
                .into(),
            "What came in by this way.",
        ),
        "refused" => (flag.into(), "Whether only refusals are listed."),
        "batchId" => (
            Ref::from_schema_name(BatchId::name()).into(),
            "The events of this changeset.",
        ),
        "reason" => (
            Ref::from_schema_name(Reason::name()).into(),
            "Why, for whoever looks at it later.",
        ),
        "since" => (
            Ref::from_schema_name(Timestamp::name()).into(),
            "At this instant or after it.",
        ),
        "until" => (
            Ref::from_schema_name(Timestamp::name()).into(),
            "Before this instant.",
        ),
        _ => (text().into(), ""),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(if name == "apiKeyId" {
            Required::True
        } else {
            Required::False
        })
        .description(Some(meaning))
        .schema(Some(schema))
        .build()
}

impl<S: Send + Sync, T: FromQuery> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let mut params = Params::parse(parts.uri.query().unwrap_or_default());
        let value = T::from_query(&mut params);
        if params.refusals.is_empty() {
            Ok(Self(value))
        } else {
            Err(Error::from(params.refusals).into())
        }
    }
}

/// The pairs of a query, and what was wrong with those that were asked for. A parameter without
/// a value counts as absent.
pub(in crate::rest) struct Params {
    pairs: Vec<(String, String)>,
    refusals: Refusals,
    /// The names that were asked for.
    asked: Vec<&'static str>,
}

impl Params {
    fn parse(query: &str) -> Self {
        Self {
            pairs: serde_urlencoded::from_str(query).unwrap_or_default(),
            refusals: Refusals::default(),
            asked: Vec::new(),
        }
    }

    pub(in crate::rest) fn text(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let mut pairs = self.pairs.iter();
        pairs
            .find(|(key, value)| key == name && !value.is_empty())
            .map(|(_, value)| value.clone())
    }

    /// Like [`Params::text`], but an empty value is one: where leaving a question out would let somebody
    /// through, a template that was filled with nothing must not.
    pub(in crate::rest) fn given(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        let mut pairs = self.pairs.iter();
        let (_, value) = pairs.find(|(key, _)| key == name)?;
        Some(value.clone())
    }

    /// Refuses every other parameter, and one that is there twice: where leaving a question out would let
    /// somebody through, one that was misspelt must not be ignored.
    pub(in crate::rest) fn only(&mut self, names: &[&str]) {
        let mut seen = Vec::new();
        for (name, _) in &self.pairs {
            if !names.contains(&name.as_str()) {
                let message = format!(
                    "there is no such parameter here; use {}",
                    names.join(" or ")
                );
                self.refusals.push(Invalid::new(message).at("query"));
            } else if seen.contains(&name) {
                self.refusals
                    .push(Invalid::new("give it once").at(name.as_str()));
            }
            seen.push(name);
        }
    }

    /// A value that can be wrong.
    pub(in crate::rest) fn parsed<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let text = self.text(name)?;
        self.refusals.take(name, parse(&text))
    }

    fn refuse(&mut self, name: &str, message: &str) {
        self.refusals.push(Invalid::new(message).at(name));
    }

    /// `cursor` and `limit`; a limit that is too large is clamped.
    pub(in crate::rest) fn page(&mut self) -> PageRequest {
        let limit = self.text("limit").and_then(|text| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let limit = digits.then(|| text.parse().unwrap_or(MAX_LIMIT));
            if limit.is_none_or(|limit: u32| limit == 0) {
                self.refuse("limit", "use a number from 1 to 100");
            }
            limit
        });
        PageRequest {
            cursor: self.text("cursor"),
            limit,
        }
    }

    /// `sortOrder`, by creation.
    pub(in crate::rest) fn order(&mut self) -> SortOrder {
        match self
            .text("sortOrder")
            .map(|text| text.to_ascii_lowercase())
            .as_deref()
        {
            None => SortOrder::default(),
            Some("asc") => SortOrder::Asc,
            Some("desc") => SortOrder::Desc,
            Some(_) => {
                self.refuse("sortOrder", "use asc or desc");
                SortOrder::default()
            }
        }
    }

    pub(in crate::rest) fn flag(&mut self, name: &'static str) -> bool {
        match self.text(name).as_deref() {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(_) => {
                self.refuse(name, "use true or false");
                false
            }
        }
    }

    /// `labels=env=prod,team=billing`, repeated, or `labels[env]=prod`: client libraries differ.
    pub(in crate::rest) fn labels(&mut self) -> Labels {
        self.asked.push("labels");
        let bracketed: BTreeMap<_, _> = self
            .pairs
            .iter()
            .filter_map(|(name, value)| {
                let key = name.strip_prefix("labels[")?.strip_suffix(']')?;
                Some((key.to_owned(), value.clone()))
            })
            .collect();
        let listed: Vec<_> = self
            .pairs
            .iter()
            .filter(|(name, _)| name == "labels")
            .map(|(_, value)| value.as_str())
            .collect();
        let parsed = Labels::parse_pairs("labels", &listed.join(",")).and_then(|listed| {
            let listed = listed
                .iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()));
            Labels::parse("labels", listed.chain(bracketed).collect())
        });
        parsed
            .map_err(|refused| self.refusals.push(refused))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(query: &str, read: impl FnOnce(&mut Params)) -> bool {
        let mut params = Params::parse(query);
        read(&mut params);
        !params.refusals.is_empty()
    }

    #[test]
    fn a_limit_is_a_number_and_clamped() {
        let limit = |query| Params::parse(query).page().limit();
        assert_eq!(limit(""), 25);
        assert_eq!(limit("limit="), 25);
        assert_eq!(limit("limit=7"), 7);
        assert_eq!(limit("limit=101"), 100);
        assert_eq!(limit("limit=99999999999999999999"), 100);
        for bad in [
            "limit=0",
            "limit=-1",
            "limit=ten",
            "limit=1.5",
            "limit=%2B1",
        ] {
            assert!(
                refused(bad, |params| {
                    params.page();
                }),
                "{bad}"
            );
        }
    }

    #[test]
    fn labels_come_in_three_spellings() {
        let pairs = |query| Params::parse(query).labels().to_pairs();
        assert_eq!(
            pairs("labels=env%3Dprod,team=billing"),
            "env=prod, team=billing"
        );
        assert_eq!(
            pairs("labels=env=prod&labels=team=billing"),
            "env=prod, team=billing"
        );
        assert_eq!(
            pairs("labels[env]=prod&labels%5Bteam%5D=billing"),
            "env=prod, team=billing"
        );
        assert!(refused("labels=env", |params| {
            params.labels();
        }));
        assert!(refused("labels[env]=-", |params| {
            params.labels();
        }));
    }

    #[test]
    fn what_is_neither_is_refused() {
        assert!(refused("sortOrder=up", |params| {
            params.order();
        }));
        assert!(refused("includeInfo=maybe", |params| {
            params.flag("includeInfo");
        }));
        assert!(!refused("unknown=maybe&%zz", |params| {
            params.page();
        }));
    }
}
