//! From a schema to rows of fields.

use std::collections::{BTreeMap, BTreeSet};

use contract::reference::Field;
use serde_json::{Map, Value};

use super::values::{kind, limits};
use super::{Reader, entries, list, told, word};

/// Where the fields stand. A request is told to the letter; of an answer, what kinds of values it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Request,
    Answer,
}

/// Writes out the fields of one body.
pub(super) struct Fields<'a> {
    reader: Reader<'a>,
    side: Side,
    /// The named objects written out so far, and where: who made a key and who owns it look the same.
    written: BTreeMap<&'a str, String>,
    /// The types whose own words were told: they hold for every field of that type.
    said: BTreeSet<&'a str>,
}

/// What is inside of a field.
enum Inside {
    Fields(Vec<Field>),
    /// The same as in the field at this path, where it was written out.
    As(String),
}

impl<'a> Fields<'a> {
    /// The fields of the body that `schema` describes.
    pub(super) fn of(reader: Reader<'a>, side: Side, schema: &'a Value) -> Vec<Field> {
        match Self::new(reader, side).named(schema, "") {
            Inside::Fields(fields) => fields,
            Inside::As(_) => Vec::new(),
        }
    }

    /// A parameter as a field: what it says stands beside its schema.
    pub(super) fn parameter(reader: Reader<'a>, parameter: &'a Value) -> Field {
        let name = word(&parameter["name"]);
        let mut field =
            Self::new(reader, Side::Request).field(name, &parameter["schema"], String::new());
        field.meaning = joined([told(parameter), field.meaning]);
        field.required = parameter["required"] == true;
        field
    }

    pub(super) fn header(reader: Reader<'a>, name: &str, header: &'a Value) -> Field {
        Field {
            name: name.to_owned(),
            kind: kind(reader, &header["schema"]),
            meaning: told(header),
            ..Field::default()
        }
    }

    fn new(reader: Reader<'a>, side: Side) -> Self {
        Self {
            reader,
            side,
            written: BTreeMap::new(),
            said: BTreeSet::new(),
        }
    }

    /// What is inside of a schema that may have a name, and so may be written out already.
    fn named(&mut self, schema: &'a Value, path: &str) -> Inside {
        let (name, schema) = self.reader.follow(schema);
        if let Some(name) = name.filter(|_| is_object(schema)) {
            if let Some(place) = self.written.get(name) {
                return Inside::As(place.clone());
            }
            self.written.insert(name, path.to_owned());
        }
        if let Some(items) = schema.get("items") {
            return self.named(items, path);
        }
        if schema.get("oneOf").is_some() {
            return Inside::Fields(self.forms(schema, path));
        }
        let (properties, required) = self.properties(schema);
        let fields = properties.into_iter().map(|(name, schema)| {
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            let mut field = self.field(name, schema, path);
            field.required = required.contains(&name);
            field
        });
        Inside::Fields(fields.collect())
    }

    /// The forms that a value may have, each under the name of its schema.
    fn forms(&mut self, schema: &'a Value, path: &str) -> Vec<Field> {
        let forms = list(&schema["oneOf"]).enumerate().map(|(at, form)| {
            let (name, target) = self.reader.follow(form);
            let name = name.map_or_else(|| kind(self.reader, target), str::to_owned);
            let fields = match self.named(form, path) {
                Inside::Fields(fields) => fields,
                Inside::As(_) => Vec::new(),
            };
            Field {
                name,
                kind: if at == 0 { "either" } else { "or" }.to_owned(),
                required: true,
                limits: String::new(),
                meaning: told(target),
                fields,
            }
        });
        forms.collect()
    }

    fn field(&mut self, name: &str, schema: &'a Value, path: String) -> Field {
        let mut meaning = self.meaning(schema);
        let fields = match self.named(schema, &path) {
            Inside::Fields(fields) => fields,
            Inside::As(place) => {
                meaning = joined([meaning, format!("Its fields are those of `{place}`.")]);
                Vec::new()
            }
        };
        Field {
            name: name.to_owned(),
            kind: kind(self.reader, schema),
            required: false,
            limits: limits(self.reader, self.side, schema),
            meaning,
            fields,
        }
    }

    /// The properties, those that must be there first and in the order in which the document lists
    /// them, and the names of these.
    fn properties(&self, schema: &'a Value) -> (Vec<(&'a str, &'a Value)>, Vec<&'a str>) {
        let parts = list(&schema["allOf"]).map(|part| self.reader.follow(part).1);
        let parts: Vec<&Value> = std::iter::once(schema).chain(parts).collect();
        let required = parts.iter().flat_map(|part| list(&part["required"]));
        let required: Vec<&str> = required.map(word).collect();
        let mut properties: Vec<_> = parts
            .iter()
            .flat_map(|part| entries(&part["properties"]))
            .filter(|(_, property)| self.side == Side::Answer || !is_ignored(property))
            .collect();
        // Stable: the others keep their order.
        properties.sort_by_key(|(name, _)| {
            let place = required.iter().position(|other| other == name);
            place.unwrap_or(usize::MAX)
        });
        (properties, required)
    }

    /// What a field says of itself, and, the first time, what its type says of all such values. An object
    /// is told by its fields.
    fn meaning(&mut self, schema: &'a Value) -> String {
        let own = told(schema);
        let (name, target) = self.reader.follow(schema);
        if is_object(target) {
            return own;
        }
        let mut texts = vec![own];
        if name.is_some_and(|name| self.said.insert(name)) {
            texts.push(told(target));
        }
        let (name, items) = self.reader.follow(&target["items"]);
        let each = told(items);
        if !each.is_empty() && !is_object(items) && name.is_none_or(|name| self.said.insert(name)) {
            texts.push(format!("Each: {each}"));
        }
        joined(texts)
    }
}

/// Whether a schema has fields of its own.
pub(super) fn is_object(schema: &Value) -> bool {
    ["properties", "allOf", "oneOf"]
        .iter()
        .any(|key| schema.get(key).is_some())
}

/// What only an answer fills stands in a request so that what was read can be sent back: marked, or as
/// a schema that allows everything.
pub(super) fn is_ignored(schema: &Value) -> bool {
    schema["readOnly"] == true || schema.as_object().is_some_and(Map::is_empty)
}

/// Texts behind one another, without the empty ones.
fn joined(texts: impl IntoIterator<Item = String>) -> String {
    let texts: Vec<String> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}
