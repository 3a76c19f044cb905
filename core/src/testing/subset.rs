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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn a_subset_is_one() {
        let actual = json!({"a": [1, {"b": "x", "c": null}], "d": true});
        for expected in
            [json!({}), json!({"a": [1.0, {"b": "x"}]}), json!({"a": [1, {"c": null}], "d": true})]
        {
            assert_eq!(difference(&expected, &actual, "body"), None);
        }
    }

    #[test]
    fn a_difference_has_its_place() {
        let actual = json!({"a": [1, {"b": "x"}]});
        let at = |expected| difference(&expected, &actual, "body").unwrap_or_default();
        assert_eq!(at(json!({"a": [1, {"b": "y"}]})), r#"body.a[1].b: expected "y", got "x""#);
        assert_eq!(at(json!({"a": [1]})), "body.a: expected 1 elements, got 2");
        assert_eq!(at(json!({"a": {"b": 1}})), r#"body.a: expected {"b":1}, got [1,{"b":"x"}]"#);
        assert_eq!(at(json!({"z": null})), "body.z: expected null, but it is not there");
    }
}
