//! Calls that can be tried, made of the examples in the schemas.

use serde_json::{Map, Value, json};

use super::fields::{is_ignored, is_object};
use super::values::example;
use super::{Reader, entries, list, word};

impl Reader<'_> {
    /// A path with an example in the place of each parameter.
    pub(super) fn example_path(self, path: &str, operation: &Value) -> String {
        let parameters = list(&operation["parameters"]).map(|parameter| self.follow(parameter).1);
        let in_path = parameters.filter(|parameter| parameter["in"] == "path");
        in_path.fold(path.to_owned(), |path, parameter| {
            let name = word(&parameter["name"]);
            match self.shown(&parameter["schema"]) {
                Some(Value::String(value)) => path.replace(&format!("{{{name}}}"), &value),
                _ => path,
            }
        })
    }

    /// A body with what must be in it, and what there is an example of.
    pub(super) fn example(self, schema: &Value) -> Value {
        self.shown(schema).unwrap_or_else(|| self.stand_in(schema))
    }

    /// A value as the examples of a schema, or of what is inside of it, have it.
    fn shown(self, schema: &Value) -> Option<Value> {
        let (_, target) = self.follow(schema);
        if let Some(example) = example(schema).or_else(|| example(target)) {
            return Some(example.clone());
        }
        if let Some(items) = target.get("items") {
            return self.shown(items).map(|item| json!([item]));
        }
        let parts = list(&target["allOf"]).map(|part| self.follow(part).1);
        let mut fields = Map::new();
        for part in std::iter::once(target).chain(parts) {
            for (name, property) in entries(&part["properties"]) {
                let required = list(&part["required"]).any(|required| *required == *name);
                let value = self
                    .shown(property)
                    .or_else(|| required.then(|| self.stand_in(property)));
                if let Some(value) = value.filter(|_| !is_ignored(property)) {
                    fields.insert(name.to_owned(), value);
                }
            }
        }
        (!fields.is_empty()).then(|| fields.into())
    }

    /// Some value of the right type.
    fn stand_in(self, schema: &Value) -> Value {
        let (_, target) = self.follow(schema);
        if let Some(choice) = target["enum"].get(0) {
            return choice.clone();
        }
        match word(&target["type"]) {
            "boolean" => json!(true),
            "integer" | "number" => target.get("minimum").cloned().unwrap_or(json!(1)),
            "string" => json!("…"),
            "array" => json!([]),
            _ if is_object(target) => self.shown(target).unwrap_or_else(|| json!({})),
            _ => json!({}),
        }
    }
}
