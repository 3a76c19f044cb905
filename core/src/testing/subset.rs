//! Whether a JSON value has what is expected of it, and where it has not.

use serde_json::Value;

/// The first place where `actual` lacks what `expected` names: of an object the
/// fields that are named, of an array every element in order.
pub(super) fn difference(expected: &Value, actual: &Value, place: &str) -> Option<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected.iter().find_map(|(name, expected)| {
            let place = format!("{place}.{name}");
            match actual.get(name) {
                Some(actual) => difference(expected, actual, &place),
                None => Some(format!("{place}: expected {expected}, but it is not there")),
            }
        }),
        (Value::Array(expected), Value::Array(actual)) => {
            if expected.len() != actual.len() {
                let (expected, actual) = (expected.len(), actual.len());
                return Some(format!("{place}: expected {expected} elements, got {actual}"));
            }
            let mut pairs = expected.iter().zip(actual).enumerate();
            pairs.find_map(|(index, (expected, actual))| {
                difference(expected, actual, &format!("{place}[{index}]"))
            })
        }
        // 1 and 1.0 are one number in JSON.
        (Value::Number(left), Value::Number(right)) if left.as_f64() == right.as_f64() => None,
        _ if expected == actual => None,
        _ => Some(format!("{place}: expected {expected}, got {actual}")),
    }
}
