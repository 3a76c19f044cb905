//! Arguments of a function call that come in pieces (`partialArgs`, Vertex AI,
//! where `streamFunctionCallArguments` was asked for): each piece is a JSON path
//! and a value.

use serde_json::{Map, Value};

/// Applies one `PartialArg`. `None` where its path or value is not understood.
pub(super) fn apply(arguments: &mut Value, piece: &Value) -> Option<()> {
    let path = parse_path(piece.get("jsonPath")?.as_str()?)?;
    let slot = slot(arguments, &path)?;
    if let Some(text) = piece.get("stringValue").and_then(Value::as_str) {
        // A text comes in several pieces of one path; each continues the last.
        match slot {
            Value::String(known) => known.push_str(text),
            slot => *slot = text.into(),
        }
    } else if let Some(number) = piece.get("numberValue").filter(|value| value.is_number()) {
        *slot = number.clone();
    } else if let Some(flag) = piece.get("boolValue").filter(|value| value.is_boolean()) {
        *slot = flag.clone();
    } else if piece.get("nullValue").is_some() {
        *slot = Value::Null;
    } else {
        return None;
    }
    Some(())
}

enum Step {
    Key(String),
    Index(usize),
}

/// Longer lists than this are taken for a mistake: a single index must not allocate without bound.
const MAX_INDEX: usize = 10_000;

/// Deeper than serde_json reads: no argument that can be sent back lies deeper.
const MAX_DEPTH: usize = 127;

/// The singular queries of RFC 9535: `$.a.b[0]['c']`.
fn parse_path(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if steps.len() == MAX_DEPTH {
            return None;
        }
        if let Some(name) = rest.strip_prefix('.') {
            let end = name.find(['.', '[']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Key(name.to_owned()));
            rest = after;
        } else if let Some(quoted) = rest.strip_prefix("['").or_else(|| rest.strip_prefix("[\"")) {
            let quote = if rest.starts_with("['") { '\'' } else { '"' };
            let mut name = String::new();
            let mut characters = quoted.char_indices();
            let end = loop {
                match characters.next()? {
                    (_, '\\') => name.push(characters.next()?.1),
                    (position, character) if character == quote => break position + 1,
                    (_, character) => name.push(character),
                }
            };
            steps.push(Step::Key(name));
            rest = quoted.get(end..)?.strip_prefix(']')?;
        } else {
            let (index, after) = rest.strip_prefix('[')?.split_once(']')?;
            steps.push(Step::Index(index.parse().ok().filter(|index| *index <= MAX_INDEX)?));
            rest = after;
        }
    }
    Some(steps)
}

/// The place of a path, made where it is not there yet.
fn slot<'a>(mut value: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    for step in path {
        value = match step {
            Step::Key(key) => {
                if value.is_null() {
                    *value = Value::Object(Map::new());
                }
                value.as_object_mut()?.entry(key.as_str()).or_insert(Value::Null)
            }
            Step::Index(index) => {
                if value.is_null() {
                    *value = Value::Array(Vec::new());
                }
                let list = value.as_array_mut()?;
                if list.len() <= *index {
                    list.resize(index + 1, Value::Null);
                }
                list.get_mut(*index)?
            }
        };
    }
    Some(value)
}
