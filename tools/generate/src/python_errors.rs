//! `roocode/errors.py`: one class for each kind of error.

use roocode::error::ErrorKind;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::model::{Model, Shape};
use crate::python::{HEADER, Side, annotation, docstring, field};

pub fn emit(model: &Model) -> String {
    let mut text = format!(
        "{HEADER}\"\"\"The errors, by what can be done about them.\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from ._error import ErrorBase\n\n\
         TYPE_CHECKING = False\n\
         if TYPE_CHECKING:\n    from typing import Any, Literal\n\n    from .types import (\n        \
         ChatCompletion,\n        Completion,\n        ErrorKind,\n        MessageReply,\n        \
         ModelResponse,\n        Trace,\n    )\n\n\
         class RoocodeError(ErrorBase):\n    \"\"\"The base of every error of this package.\"\"\"\n\n"
    );
    if let Shape::Object { fields, .. } = &model.error.shape {
        for known in fields {
            // A time limit is named nowhere else: its texts are written in place.
            let ty = annotation(&known.ty, Side::Reply, &[])
                .replace("TimeLimit", "Literal[\"connect\", \"first_byte\", \"idle\", \"total\"]");
            text += &field(known, &ty, "    ");
        }
    }
    let mut classes = Vec::new();
    for kind in parents_first() {
        let name = kind.class_name();
        let parent = kind.parent().map_or("RoocodeError", ErrorKind::class_name);
        text += &format!("\n\nclass {name}({parent}):\n{}", docstring(&doc(name), "    "));
        classes.push(name);
    }
    let list = |classes: &[&str]| classes.iter().map(|name| format!("    {name},\n")).collect::<String>();
    let quoted: String = classes.iter().map(|name| format!("    \"{name}\",\n")).collect();
    format!(
        "{text}\n\nKINDS: dict[str, type[RoocodeError]] = {{\n{}}}\n\"\"\"The class of each kind.\"\"\"\n\n__all__ = [\n    \"RoocodeError\",\n{quoted}]\n",
        list(&classes)
            .lines()
            .map(|line| {
                let name = line.trim().trim_end_matches(',');
                format!("    \"{name}\": {name},\n")
            })
            .collect::<String>()
    )
}

/// Every kind, after its parent.
fn parents_first() -> Vec<ErrorKind> {
    let mut kinds: Vec<ErrorKind> = Vec::new();
    for kind in ErrorKind::ALL {
        for kind in kind.parent().into_iter().chain([kind]) {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    kinds
}

/// What the Rust type says about the kind.
fn doc(name: &str) -> String {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<ErrorKind>();
    let definitions = generator.take_definitions(true);
    definitions
        .get("ErrorKind")
        .and_then(|schema| schema.get("oneOf"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .find(|option| option.get("const").and_then(Value::as_str) == Some(name))
        .and_then(|option| option.get("description"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}
