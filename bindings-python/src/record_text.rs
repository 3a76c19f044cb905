//! What a reply looks like: its repr, its dict with absent fields, its JSON.

use std::fmt::Write as _;

use pyo3::prelude::*;
use pyo3::types::PyType;
use serde::Serialize as _;

use crate::node::{Key, Node, Object};
use crate::record::{Fields, Record};

/// Characters of a text that a repr shows.
const SHOWN: usize = 200;
/// Items of a list that a repr shows.
const ITEMS: usize = 20;

/// The names of all fields, known and sent.
pub fn names(record: &Bound<'_, Record>) -> Vec<String> {
    let fields = Fields::of(&record.get_type());
    let mut names: Vec<String> = fields.names().iter().filter_map(|name| name.extract().ok()).collect();
    for (key, _) in record.get().object.entries() {
        if !fields.contains(key.as_str()) {
            names.push(key.as_str().to_owned());
        }
    }
    names
}

pub fn repr(record: &Bound<'_, Record>) -> PyResult<String> {
    let mut text = String::new();
    write_object(&mut text, &record.get().object, Some(&record.get_type()));
    Ok(text)
}

fn write_object(text: &mut String, object: &Object, class: Option<&Bound<'_, PyType>>) {
    let Some(class) = class else {
        text.push('{');
        for (index, (key, node)) in object.entries().iter().enumerate() {
            let _ = write!(text, "{}{:?}: ", if index == 0 { "" } else { ", " }, key.as_str());
            write_node(text, node, None);
        }
        text.push('}');
        return;
    };
    let name = class.name().map_or_else(|_| "?".to_owned(), |name| name.to_string());
    let _ = write!(text, "{name}(");
    let fields = Fields::of(class);
    let mut first = true;
    for (key, node) in object.entries() {
        if *node == Node::Null {
            continue;
        }
        let _ = write!(text, "{}{}=", if first { "" } else { ", " }, key.as_str());
        first = false;
        write_node(text, node, fields.get(key.as_str()).and_then(|(class, _)| class).as_ref());
    }
    text.push(')');
}

fn write_node(text: &mut String, node: &Node, class: Option<&Bound<'_, PyType>>) {
    match node {
        Node::Null => text.push_str("None"),
        Node::Bool(flag) => text.push_str(if *flag { "True" } else { "False" }),
        Node::Integer(number) => {
            let _ = write!(text, "{number}");
        }
        Node::Unsigned(number) => {
            let _ = write!(text, "{number}");
        }
        Node::Float(number) => {
            let _ = write!(text, "{number:?}");
        }
        Node::Text(content) => write_text(text, content),
        Node::List(items) => {
            text.push('[');
            for (index, item) in items.iter().take(ITEMS).enumerate() {
                if index > 0 {
                    text.push_str(", ");
                }
                write_node(text, item, class);
            }
            if items.len() > ITEMS {
                let _ = write!(text, ", … {} more", items.len() - ITEMS);
            }
            text.push(']');
        }
        Node::Object(object) => write_object(text, object, class),
    }
}

fn write_text(text: &mut String, content: &str) {
    match content.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            let shown = content.get(..end).unwrap_or_default();
            let more = content.chars().count() - SHOWN;
            let _ = write!(text, "{}… {more} more characters", quoted(shown));
        }
        None => text.push_str(&quoted(content)),
    }
}

/// As Python quotes a text.
fn quoted(content: &str) -> String {
    let mut text = String::with_capacity(content.len() + 2);
    let quote = if content.contains('\'') && !content.contains('"') { '"' } else { '\'' };
    text.push(quote);
    for character in content.chars() {
        match character {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' => text.push_str("\\\\"),
            other if other == quote => {
                text.push('\\');
                text.push(other);
            }
            other if other.is_control() => {
                let _ = write!(text, "\\x{:02x}", u32::from(other));
            }
            other => text.push(other),
        }
    }
    text.push(quote);
    text
}

/// The object with its absent fields, without those that are to be left out.
pub fn view(object: &Object, fields: &Fields<'_>, exclude_none: bool, exclude_unset: bool) -> Object {
    let mut entries = Vec::with_capacity(object.entries().len());
    let absent = |name: &str, entries: &mut Vec<(Key, Node)>| {
        let node = match fields.get(name) {
            Some((_, absent)) if absent.is_none() => Node::Null,
            Some((_, absent)) if absent.cast::<pyo3::types::PyTuple>().is_ok() => Node::List(Vec::new()),
            _ => Node::Bool(false),
        };
        if !exclude_none || node != Node::Null {
            entries.push((Key::from(name), node));
        }
    };
    for name in fields.names() {
        let Ok(name) = name.extract::<String>() else { continue };
        if object.position(&name).is_none() && !exclude_unset {
            absent(&name, &mut entries);
        } else if let Some(node) = object.get(&name)
            && !(exclude_none && *node == Node::Null)
        {
            let class = fields.get(&name).and_then(|(class, _)| class);
            entries.push((
                Key::from(name.as_str()),
                view_node(node, class.as_ref(), exclude_none, exclude_unset),
            ));
        }
    }
    for (key, node) in object.entries() {
        let left_out = exclude_none && *node == Node::Null;
        if !left_out && !fields.contains(key.as_str()) {
            entries.push((key.clone(), node.clone()));
        }
    }
    Object::new(entries)
}

fn view_node(
    node: &Node,
    class: Option<&Bound<'_, PyType>>,
    exclude_none: bool,
    exclude_unset: bool,
) -> Node {
    match (node, class) {
        (Node::Object(object), Some(class)) => {
            Node::Object(view(object, &Fields::of(class), exclude_none, exclude_unset).into())
        }
        (Node::List(items), Some(_)) => {
            Node::List(items.iter().map(|item| view_node(item, class, exclude_none, exclude_unset)).collect())
        }
        _ => node.clone(),
    }
}

pub fn json(object: &Object, indent: Option<usize>) -> Result<String, serde_json::Error> {
    let Some(indent) = indent else { return serde_json::to_string(object) };
    let indent = b" ".repeat(indent);
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(&indent);
    object.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, formatter))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
