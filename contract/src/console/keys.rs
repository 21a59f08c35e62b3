//! What the address of the list of keys asks.

use serde::{Deserialize, Serialize};

use crate::attention::Attention;
use crate::error::Result;
use crate::form::Fields;
use crate::page::PageRequest;
use crate::request::ListKeys;
use crate::resource::KeyState;
use crate::text::ViewName;

/// Which part of the list is wanted. Empty texts ask nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeysQuery {
    /// A part of the name, the description, the external id or the token's hint.
    pub q: String,
    /// [`KeysQuery::DISABLED`], [`KeysQuery::REVOKED`], or an [`Attention`].
    pub show: String,
    pub cursor: String,
}

/// What a person often asks, under a name of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub name: String,
    pub query: KeysQuery,
    /// How many keys are in it.
    pub keys: u64,
}

impl KeysQuery {
    /// Shows the keys that somebody stopped.
    pub const DISABLED: &'static str = "disabled";
    /// Shows those that were revoked, and none that are there.
    pub const REVOKED: &'static str = "revoked";

    /// Reads the form that saves a view: its name, and what it asks.
    pub fn named(fields: &Fields) -> Result<(ViewName, Self)> {
        let text = |name: &str| fields.get(name).unwrap_or_default().trim().to_owned();
        let name = ViewName::parse(&text("name")).map_err(|invalid| invalid.at("name"))?;
        let query = Self {
            q: text("q"),
            show: text("show"),
            cursor: String::new(),
        };
        Ok((name, query))
    }

    /// The list that is asked for.
    pub fn list(&self) -> Result<ListKeys> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let state = match self.show.as_str() {
            Self::DISABLED => Some(KeyState::Disabled),
            Self::REVOKED => Some(KeyState::Revoked),
            _ => None,
        };
        let attention = given(&self.show).filter(|_| state.is_none());
        let attention = attention.map(|text| Attention::parse(&text)).transpose();
        Ok(ListKeys {
            page: PageRequest {
                cursor: given(&self.cursor),
                limit: None,
            },
            query: given(&self.q),
            state,
            attention: attention.map_err(|unknown| unknown.at("show"))?,
            include_info: true,
            ..ListKeys::default()
        })
    }

    /// Whether it asks for less than all keys.
    pub fn narrows(&self) -> bool {
        !self.q.trim().is_empty() || !self.show.is_empty()
    }

    /// The same from the beginning.
    #[must_use]
    pub fn first_page(&self) -> Self {
        Self {
            cursor: String::new(),
            ..self.clone()
        }
    }

    /// The address, without what asks nothing.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("show", &self.show),
            ("q", &self.q),
            ("cursor", &self.cursor),
        ];
        let all = all.map(|(name, value)| (name, value.trim().to_owned()));
        all.into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }
}
