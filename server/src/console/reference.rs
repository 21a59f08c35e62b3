//! The OpenAPI document as the console's reference page shows it: in the document's own order of tags,
//! with its schemas written out as rows of fields, and an example for every call.

mod example;
mod fields;
#[cfg(test)]
mod tests;
mod values;

use std::collections::BTreeMap;

use contract::reference::{
    Answer, Body, Call, Errors, Field, Group, Method, Operation, Parameter, Place, Reference,
};
use serde_json::{Map, Value};

use self::fields::{Fields, Side};

/// From here on a status is one of an error.
const LEAST_ERROR: u16 = 400;

/// Reads a document (OpenAPI 3.1). What it lacks is left out: a page that tells less is better than none.
pub(crate) fn read(document: &Value) -> Reference {
    let reader = Reader { document };
    Reference {
        description: told(&document["info"]),
        groups: list(&document["tags"])
            .map(|tag| reader.group(tag))
            .filter(|group| !group.operations.is_empty())
            .collect(),
        shapes: reader.shapes(),
        errors: reader.errors(),
    }
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    document: &'a Value,
}

impl<'a> Reader<'a> {
    /// What stands at a reference (`#/components/schemas/ApiKey`) with its name, or the value itself.
    fn follow(self, value: &'a Value) -> (Option<&'a str>, &'a Value) {
        let target = value["$ref"].as_str().and_then(|path| {
            let target = self.document.pointer(path.strip_prefix('#')?)?;
            Some((path.rsplit('/').next(), target))
        });
        target.unwrap_or((None, value))
    }

    fn operations(self) -> impl Iterator<Item = (&'a str, &'a str, &'a Value)> {
        entries(&self.document["paths"]).flat_map(|(path, methods)| {
            entries(methods).map(move |(method, operation)| (path, method, operation))
        })
    }

    fn group(self, tag: &'a Value) -> Group {
        Group {
            name: word(&tag["name"]).to_owned(),
            description: told(tag),
            operations: self
                .operations()
                .filter(|(.., operation)| list(&operation["tags"]).any(|name| *name == tag["name"]))
                .filter_map(|(path, method, operation)| self.operation(path, method, operation))
                .collect(),
        }
    }

    /// `None` for what stands beside the operations of a path and is none.
    fn operation(self, path: &str, method: &str, operation: &'a Value) -> Option<Operation> {
        let (description, needs) = apart(&told(operation));
        let token = !self.is_open(operation);
        let fallback = if token {
            "Needs a token."
        } else {
            "Needs no token."
        };
        let schema = content(&operation["requestBody"]);
        Some(Operation {
            id: operation["operationId"].as_str()?.to_owned(),
            method: method_of(method)?,
            path: path.to_owned(),
            summary: word(&operation["summary"]).to_owned(),
            description,
            needs: needs.unwrap_or_else(|| fallback.to_owned()),
            parameters: list(&operation["parameters"])
                .filter_map(|parameter| self.parameter(parameter))
                .collect(),
            body: schema.map(|schema| Body {
                required: operation["requestBody"]["required"] == true,
                fields: Fields::of(self, Side::Request, schema),
            }),
            answer: self.answer(operation),
            errors: self
                .responses(operation)
                .map(|(status, _)| status)
                .filter(|status| *status >= LEAST_ERROR)
                .collect(),
            call: Call {
                path: self.example_path(path, operation),
                token,
                body: schema.map(|schema| self.example(schema)),
            },
        })
    }

    /// Whether an operation can be called without a token: its own word counts, else the document's.
    fn is_open(self, operation: &Value) -> bool {
        let own = &operation["security"];
        let ways = if own.is_null() {
            &self.document["security"]
        } else {
            own
        };
        let mut ways = list(ways).filter_map(Value::as_object).peekable();
        ways.peek().is_none() || ways.any(Map::is_empty)
    }

    fn parameter(self, parameter: &'a Value) -> Option<Parameter> {
        let (_, parameter) = self.follow(parameter);
        let place = match word(&parameter["in"]) {
            "path" => Place::Path,
            "query" => Place::Query,
            "header" => Place::Header,
            _ => return None,
        };
        Some(Parameter {
            place,
            field: Fields::parameter(self, parameter),
        })
    }

    /// The responses of an operation with their statuses.
    fn responses(self, operation: &'a Value) -> impl Iterator<Item = (u16, &'a Value)> {
        let responses = entries(&operation["responses"]);
        responses.filter_map(move |(status, response)| {
            Some((status.parse().ok()?, self.follow(response).1))
        })
    }

    fn answer(self, operation: &'a Value) -> Option<Answer> {
        let mut responses = self.responses(operation);
        let (status, response) = responses.find(|(status, _)| *status < LEAST_ERROR)?;
        let shape = content(response).and_then(|schema| self.follow(schema).0);
        Some(Answer {
            status,
            meaning: told(response),
            shape: shape.map(str::to_owned),
            headers: self.headers(response).collect(),
        })
    }

    fn headers(self, response: &'a Value) -> impl Iterator<Item = Field> {
        let headers = entries(&response["headers"]);
        headers.map(move |(name, header)| Fields::header(self, name, header))
    }

    /// What the answers of all operations are made of.
    fn shapes(self) -> BTreeMap<String, Vec<Field>> {
        let responses = self
            .operations()
            .flat_map(|(.., operation)| self.responses(operation));
        let good = responses.filter(|(status, _)| *status < LEAST_ERROR);
        let schemas = good.filter_map(|(_, response)| content(response));
        let named = schemas.filter_map(|schema| Some((self.follow(schema).0?, schema)));
        let named: BTreeMap<&str, &Value> = named.collect();
        named
            .into_iter()
            .map(|(name, schema)| (name.to_owned(), Fields::of(self, Side::Answer, schema)))
            .collect()
    }

    fn errors(self) -> Errors {
        let responses = self
            .operations()
            .flat_map(|(.., operation)| self.responses(operation));
        let mut errors = Errors::default();
        for (status, response) in responses.filter(|(status, _)| *status >= LEAST_ERROR) {
            errors
                .statuses
                .entry(status)
                .or_insert_with(|| told(response));
            // The body of every error is the same.
            if let Some(schema) = content(response).filter(|_| errors.fields.is_empty()) {
                errors.fields = Fields::of(self, Side::Answer, schema);
            }
            for header in self.headers(response) {
                if !errors.headers.contains(&header) {
                    errors.headers.push(header);
                }
            }
        }
        errors
    }
}

fn method_of(name: &str) -> Option<Method> {
    let methods = [
        Method::Get,
        Method::Post,
        Method::Put,
        Method::Patch,
        Method::Delete,
    ];
    methods
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(name))
}

/// The schema of what a body carries.
fn content(body: &Value) -> Option<&Value> {
    body["content"]["application/json"].get("schema")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(name, value)| (name.as_str(), value))
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A description as it is read on a page: in one line, ending like a sentence, and without the links
/// that only the source can follow ([`AccessMatrix::workspaces`] becomes `workspaces`).
fn told(described: &Value) -> String {
    let words: Vec<&str> = word(&described["description"]).split_whitespace().collect();
    let mut text = unlinked(&words.join(" "));
    if !text.is_empty() && !text.ends_with(['.', '!', '?', '…']) {
        text.push('.');
    }
    text
}

fn unlinked(text: &str) -> String {
    let mut parts = text.split("[`");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some((name, rest)) = part.split_once("`]") {
            let name = name.rsplit("::").next().unwrap_or(name);
            out.extend(["`", name, "`", rest]);
        } else {
            out.extend(["[`", part]);
        }
    }
    out
}

/// A description without the sentence that says who may call, and that sentence.
fn apart(description: &str) -> (String, Option<String>) {
    let Some(start) = description
        .match_indices("Needs ")
        .map(|(at, _)| at)
        .find(|at| *at == 0 || description[..*at].ends_with(". "))
    else {
        return (description.to_owned(), None);
    };
    let (before, sentence) = description.split_at(start);
    let (needs, after) = sentence
        .find(". ")
        .map_or((sentence, ""), |end| sentence.split_at(end + 1));
    let rest = format!("{before}{}", after.trim_start());
    (rest.trim_end().to_owned(), Some(needs.to_owned()))
}
