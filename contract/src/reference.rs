//! The API as the reference page of the console tells it: what the OpenAPI document says, put in the
//! order and the words of a page. The server reads it out of the document once, so that a browser has
//! no schemas to follow.
//!
//! Texts are plain, but for `code` between backticks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Every operation, and what is the same for all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// What holds for every operation.
    pub description: String,
    pub groups: Vec<Group>,
    /// What answers are made of, by name: many operations answer the same.
    pub shapes: BTreeMap<String, Vec<Field>>,
    pub errors: Errors,
}

impl Reference {
    /// The fields of an answer; none when it has no body.
    pub fn fields_of(&self, answer: &Answer) -> &[Field] {
        let shape = answer.shape.as_ref();
        shape
            .and_then(|shape| self.shapes.get(shape))
            .map_or(&[], Vec::as_slice)
    }
}

/// What holds for the errors of every operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Errors {
    /// What each status means.
    pub statuses: BTreeMap<u16, String>,
    /// What is in the body.
    pub fields: Vec<Field>,
    /// The headers that some of them come with.
    pub headers: Vec<Field>,
}

/// Operations on one kind of thing: a tag of the document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub operations: Vec<Operation>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// The document's `operationId`: it stays, so that links may name it.
    pub id: String,
    pub method: Method,
    /// With its parameters as the document has them: `/v1/account/api_keys/{id}`.
    pub path: String,
    /// What it does, in a few words.
    pub summary: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Who may call it, as a sentence.
    pub needs: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<Parameter>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// An operation that always refuses has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The statuses of the errors it may answer with; [`Errors`] says what they mean.
    pub errors: Vec<u16>,
    pub call: Call,
}

impl Operation {
    /// Whether every word of a search stands somewhere in the method, the path, the summary, the
    /// description or in who may call it, in any case. An empty search finds everything.
    pub fn matches(&self, search: &str) -> bool {
        let told = [
            self.method.as_str(),
            &self.path,
            &self.summary,
            &self.description,
            &self.needs,
        ];
        // Words must not come about where one text ends and the next begins.
        let told = told.join("\n").to_lowercase();
        search
            .split_whitespace()
            .all(|word| told.contains(&word.to_lowercase()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// As a request line has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// What a caller gives beside the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub place: Place,
    pub field: Field,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    Path,
    Query,
    Header,
}

impl Place {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
        }
    }
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    pub required: bool,
    pub fields: Vec<Field>,
}

/// What is answered when all goes well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub meaning: String,
    /// The name of what it is made of; [`Reference::fields_of`] has the fields.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<Field>,
}

/// One field of a body, or one parameter. A body that comes in several forms has one for each of them,
/// under the name of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    pub name: String,
    /// Its type in words: "string", "array of objects".
    pub kind: String,
    /// In a request: it must be given. In an answer: it is always there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What its values are held to: "1 to 200 characters".
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub limits: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub meaning: String,
    /// What is inside of it, or inside of each of its items.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// A call that can be tried: what a command line needs beside the address of this Keyrack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The path with an example in the place of each parameter.
    pub path: String,
    /// Whether a token goes along.
    pub token: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation() -> Operation {
        Operation {
            id: "rotate_api_key".to_owned(),
            method: Method::Post,
            path: "/v1/account/api_keys/{id}:rotate".to_owned(),
            summary: "Rotate a key".to_owned(),
            description: "The answer has the new token.".to_owned(),
            needs: "Needs `api_keys:manage`.".to_owned(),
            parameters: Vec::new(),
            body: None,
            answer: None,
            errors: Vec::new(),
            call: Call {
                path: "/v1/account/api_keys/apikey_1:rotate".to_owned(),
                token: true,
                body: None,
            },
        }
    }

    #[test]
    fn a_search_looks_for_all_of_its_words_everywhere() {
        let operation = operation();
        for search in [
            "",
            "  ",
            "post",
            ":ROTATE",
            "new token",
            "post /v1/account rotate",
            "api_keys:manage",
        ] {
            assert!(operation.matches(search), "{search}");
        }
        assert!(!operation.matches("rotate delete"));
        assert!(!operation.matches("rotateThe"));
    }

    #[test]
    fn what_there_is_nothing_of_does_not_travel() {
        let field = Field {
            name: "a".to_owned(),
            kind: "string".to_owned(),
            ..Field::default()
        };
        let wire = serde_json::to_string(&field).unwrap();
        assert_eq!(wire, r#"{"name":"a","kind":"string"}"#);
        assert_eq!(serde_json::from_str::<Field>(&wire).unwrap(), field);
    }
}
