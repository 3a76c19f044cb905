//! The scalar leaves of a JSON value, and what differs between two values.

use serde_json::Value;

use crate::expected::short;

/// One scalar and its place, list positions left out: `choices[].message.content`.
#[derive(Clone, Debug, PartialEq)]
pub struct Leaf {
    pub path: String,
    pub value: Value,
}

impl Leaf {
    /// The name of the field that holds it, lists passed over.
    pub fn key(&self) -> &str {
        self.path.rsplit('.').next().unwrap_or_default().trim_end_matches("[]")
    }
}

/// Every scalar that says something.
pub fn leaves(value: &Value) -> Vec<Leaf> {
    let mut out = Vec::new();
    collect(value, String::new(), false, &mut out);
    out
}

/// The same, with the JSON inside texts of arguments laid open.
pub fn leaves_with_arguments(value: &Value) -> Vec<Leaf> {
    let mut out = Vec::new();
    collect(value, String::new(), true, &mut out);
    out
}

fn collect(value: &Value, path: String, open: bool, out: &mut Vec<Leaf>) {
    match value {
        Value::Null => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                if open
                    && key == "arguments"
                    && let Value::String(text) = value
                    && let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
                {
                    collect(&inner, path.clone(), open, out);
                }
                collect(value, path, open, out);
            }
        }
        Value::Array(values) => {
            for value in values {
                collect(value, format!("{path}[]"), open, out);
            }
        }
        // An empty text says nothing; 0 and 0.0 are one number.
        Value::String(text) if text.is_empty() => {}
        Value::Number(number) if number.is_f64() => {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 1e15);
            let value = whole.map_or(value.clone(), |number| Value::from(number as i64));
            out.push(Leaf { path, value });
        }
        scalar => out.push(Leaf { path, value: scalar.clone() }),
    }
}

/// What differs, a line each. A field that is null equals one that is absent.
pub fn differences(left: &Value, right: &Value) -> Vec<String> {
    let mut out = Vec::new();
    compare(left, right, "", &mut out);
    out
}

fn compare(left: &Value, right: &Value, path: &str, out: &mut Vec<String>) {
    match (left, right) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                compare(value, b.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"), out);
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                compare(&Value::Null, value, &format!("{path}.{key}"), out);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (position, (a, b)) in a.iter().zip(b).enumerate() {
                compare(a, b, &format!("{path}[{position}]"), out);
            }
        }
        (a, b) if a == b => {}
        (a, b) => out.push(format!("{path}: {} | {}", short(&a.to_string()), short(&b.to_string()))),
    }
}
