//! A single value in words: its type, and what it is held to.

use serde_json::Value;

use super::fields::{Side, is_object};
use super::{Reader, list, word};

/// The type of a value: "string", "array of objects".
pub(super) fn kind(reader: Reader<'_>, schema: &Value) -> String {
    let (_, schema) = reader.follow(schema);
    let own = match &schema["type"] {
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().map(word).collect::<Vec<_>>().join(" or "),
        _ if is_object(schema) => "object".to_owned(),
        _ => return "any value".to_owned(),
    };
    if let Some(items) = schema.get("items") {
        return format!("{own} of {}s", kind(reader, items));
    }
    if schema["additionalProperties"].is_object() {
        return format!("map of {}s", kind(reader, &schema["additionalProperties"]));
    }
    match word(&schema["format"]) {
        format @ ("date-time" | "date" | "email" | "uri" | "uuid") => format!("{own}, {format}"),
        _ => own,
    }
}

/// What a value is held to, and what its items or the values of its entries are.
pub(super) fn limits(reader: Reader<'_>, side: Side, schema: &Value) -> String {
    let (_, schema) = reader.follow(schema);
    let mut limits = own_limits(side, schema);
    for (who, key) in [("each", "items"), ("values", "additionalProperties")] {
        let (_, inner) = reader.follow(&schema[key]);
        if !is_object(inner) {
            let inner = own_limits(side, inner).into_iter();
            limits.extend(inner.map(|limit| format!("{who} {limit}")));
        }
    }
    limits.join("; ")
}

fn own_limits(side: Side, schema: &Value) -> Vec<String> {
    let mut limits = Vec::new();
    let choices: Vec<String> = list(&schema["enum"]).map(code).collect();
    if !choices.is_empty() {
        limits.push(format!("one of {}", choices.join(", ")));
    }
    let example = example(schema);
    if side == Side::Request {
        limits.extend(ranges(schema));
        if let Some(default) = schema.get("default") {
            limits.push(format!("{} without it", code(default)));
        }
        // Where there is an example, it says the same in fewer signs.
        if let Some(pattern) = schema.get("pattern").filter(|_| example.is_none()) {
            limits.push(format!("matching {}", code(pattern)));
        }
    }
    limits.extend(example.map(|example| format!("like {}", code(example))));
    limits
}

fn ranges(schema: &Value) -> impl Iterator<Item = String> {
    let ranges = [
        ("minLength", "maxLength", "character"),
        ("minItems", "maxItems", "item"),
        ("minProperties", "maxProperties", "entry"),
        ("minimum", "maximum", ""),
    ];
    ranges.into_iter().filter_map(|(least, most, unit)| {
        range(schema[least].as_u64(), schema[most].as_u64(), unit)
    })
}

fn range(least: Option<u64>, most: Option<u64>, unit: &str) -> Option<String> {
    // That there is not less than nothing goes without saying.
    let range = match (least.filter(|least| *least > 0), most) {
        (None, None) => return None,
        (Some(least), None) => format!("at least {}", grouped(least)),
        (None, Some(most)) => format!("at most {}", grouped(most)),
        (Some(least), Some(most)) => format!("{} to {}", grouped(least), grouped(most)),
    };
    Some(match (unit, most.or(least)) {
        ("", _) => range,
        (unit, Some(1)) => format!("{range} {unit}"),
        ("entry", _) => format!("{range} entries"),
        (unit, _) => format!("{range} {unit}s"),
    })
}

/// "10,000"
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The first example of a schema, as OpenAPI 3.1 has them or as 3.0 had.
pub(super) fn example(schema: &Value) -> Option<&Value> {
    schema["examples"].get(0).or_else(|| schema.get("example"))
}

fn code(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
