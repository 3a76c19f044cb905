//! An answer of a service, in OpenAI's form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::dialects::body;
use crate::error::Result;

/// OpenAI's form of a body, where `answer` says what stands where. What it says nothing of is kept.
///
/// Errors: `ResponseDecode` with the body, where it is no JSON.
pub(super) fn read(answer: &Value, data: &Bytes) -> Result<Bytes> {
    if answer == "content" {
        // An error under a good status is no image.
        if data.first() == Some(&b'{') {
            return Ok(data.clone());
        }
        let image = json!({ "data": [{ "b64_json": STANDARD.encode(data) }] });
        return Ok(image.to_string().into());
    }
    let mut said: Value = body::read(data, "the response is no JSON")?;
    let mut read = match found(answer, &said) {
        Some(Value::Object(read)) => read,
        _ => Map::new(),
    };
    if let Value::Object(fields) = &mut said {
        moved(answer, &mut |name| drop(fields.shift_remove(name)));
        for (name, value) in std::mem::take(fields) {
            read.entry(name).or_insert(value);
        }
    }
    Ok(Value::Object(read).to_string().into())
}

/// What a pointer, or an object of them, leads to.
fn found(answer: &Value, said: &Value) -> Option<Value> {
    match answer {
        Value::String(pointer) => said.pointer(pointer).filter(|value| !value.is_null()).cloned(),
        Value::Object(fields) => match fields.get("list").and_then(Value::as_str) {
            Some(pointer) => {
                let items = match said.pointer(pointer)? {
                    Value::Null => return None,
                    Value::Array(items) => items.iter().collect(),
                    one => vec![one],
                };
                Some(items.into_iter().filter_map(|each| item(fields, each)).collect())
            }
            None => {
                let one = |(name, answer): (&String, &Value)| Some((name.clone(), found(answer, said)?));
                let found: Map<String, Value> = fields.iter().filter_map(one).collect();
                (!found.is_empty()).then_some(Value::Object(found))
            }
        },
        _ => None,
    }
}

/// An item of a list; what it says beside stays. None: it has nothing of what is looked for.
fn item(fields: &Map<String, Value>, each: &Value) -> Option<Value> {
    let looked_for = fields.iter().filter(|(name, _)| *name != "list");
    let mut read: Map<String, Value> =
        looked_for.clone().filter_map(|(name, answer)| Some((name.clone(), found(answer, each)?))).collect();
    if read.is_empty() {
        return None;
    }
    if let Value::Object(beside) = each {
        let mut beside = beside.clone();
        for (_, answer) in looked_for {
            moved(answer, &mut |name| drop(beside.shift_remove(name)));
            // What holds the image itself would be there twice.
            if let Some((first, _)) = answer.as_str().and_then(|pointer| pointer.get(1..)?.split_once('/')) {
                beside.shift_remove(first);
            }
        }
        for (name, value) in beside {
            read.entry(name).or_insert(value);
        }
    }
    Some(Value::Object(read))
}

/// Calls `remove` with each field that is somewhere else by now. What images were found in goes as a
/// whole: they would be there twice.
fn moved(answer: &Value, remove: &mut dyn FnMut(&str)) {
    match answer {
        Value::String(pointer) => {
            if let Some(name) = pointer.strip_prefix('/').filter(|name| !name.contains('/')) {
                remove(name);
            }
        }
        Value::Object(fields) => match fields.get("list").and_then(Value::as_str) {
            Some("") => fields.values().for_each(|answer| moved(answer, remove)),
            Some(pointer) => {
                let mut steps = pointer.split('/').skip(1);
                if let (Some(first), last) = (steps.next(), steps.next().is_none())
                    && (last || fields.contains_key("b64_json"))
                {
                    remove(first);
                }
            }
            None => fields.values().for_each(|answer| moved(answer, remove)),
        },
        _ => {}
    }
}
