//! `roocode/_create.py`: the signatures of `create`, one overload for each type
//! of `stream`, and the one with all parameters that `inspect` shows. It is
//! imported by who looks at them alone: at run time one method takes them all.
//! And `create_document.rs`: what `help` says of it, which has to be there at once.

use std::fmt::Write as _;

use crate::model::{Field, Model, Shape};
use crate::python::{HEADER, Side, annotation, docstring, wrapped};

/// Class, `async` or not, the reply, the stream.
const CLASSES: [(&str, &str, &str, &str); 4] = [
    ("CompletionsSignature", "def", "ChatCompletion", "ChatStream"),
    ("AsyncCompletionsSignature", "async def", "ChatCompletion", "AsyncChatStream"),
    ("RawCompletionsSignature", "def", "RawResponse[ChatCompletion]", "RawResponse[ChatStream]"),
    (
        "AsyncRawCompletionsSignature",
        "async def",
        "RawResponse[ChatCompletion]",
        "RawResponse[AsyncChatStream]",
    ),
];

pub fn emit(model: &Model) -> String {
    let replies: Vec<&str> = model.replies.iter().map(|declaration| declaration.name.as_str()).collect();
    let (required, optional) = parameters(model);
    let parameter = |field: &Field, default: &str| {
        format!("        {}: {}{default},\n", field.name, annotation(&field.ty, Side::Request, &replies))
    };
    let mut body = String::new();
    for (class, def, reply, stream) in CLASSES {
        let _ = write!(body, "\nclass {class}:\n");
        for (streaming, returns) in [
            ("stream: Literal[False] | None = ...", reply.to_owned()),
            ("stream: Literal[True]", stream.to_owned()),
            ("stream: bool", format!("{reply} | {stream}")),
        ] {
            let _ = write!(body, "    @overload\n    {def} create(\n        self,\n        *,\n");
            for field in &required {
                body += &parameter(field, "");
            }
            let _ = writeln!(body, "        {streaming},");
            for field in &optional {
                body += &parameter(field, " = ...");
            }
            let _ = write!(body, "    ) -> {returns}:\n{}", docstring(&document(model), "        "));
            body += "        ...\n\n";
        }
        // What it does not know goes to the provider, as at run time.
        let _ = write!(body, "    {def} create(\n        self,\n        *,\n");
        for field in &required {
            body += &parameter(field, "");
        }
        body += "        stream: bool | None = None,\n";
        for field in &optional {
            body += &parameter(field, " = None");
        }
        let _ = write!(
            body,
            "        **fields: Any,\n    ) -> {reply} | {stream}:\n        raise NotImplementedError\n\n"
        );
    }
    let mut imports: Vec<String> = Vec::new();
    for word in body.split(|character: char| !character.is_ascii_alphanumeric()) {
        let known = word.strip_suffix("Param").map_or_else(
            || replies.contains(&word),
            |name| model.requests.iter().any(|declaration| declaration.name == name),
        );
        if known && !imports.iter().any(|import| import == word) {
            imports.push(word.to_owned());
        }
    }
    imports.sort();
    let imports: String = imports.iter().map(|name| format!("    {name},\n")).collect();
    format!(
        "{HEADER}from __future__ import annotations\n\n\
         from collections.abc import Mapping, Sequence\n\
         from typing import Any, Literal, overload\n\n\
         from ._raw import RawResponse\n\
         from ._streams import AsyncChatStream, ChatStream\n\
         from .types import (\n{imports})\n{body}"
    )
}

/// `bindings-python/src/create_document.rs`.
pub fn emit_document(model: &Model) -> String {
    let text = wrapped(&document(model), 88).join("\n");
    format!(
        "//! Generated from the Rust types by `make generate`. Do not edit.\n\n\
         /// What `create` says of itself and its parameters.\n\
         #[rustfmt::skip]\n\
         pub const CREATE: &str = r##\"{text}\n\"##;\n"
    )
}

fn fields(model: &Model) -> impl Iterator<Item = &Field> {
    let root = match model.requests.last().map(|root| &root.shape) {
        Some(Shape::Object { fields, .. }) => fields.as_slice(),
        _ => &[],
    };
    root.iter().chain(&model.options)
}

/// The parameters that must be given, and those that may; without `stream`.
fn parameters(model: &Model) -> (Vec<&Field>, Vec<&Field>) {
    fields(model).filter(|field| field.name != "stream").partition(|field| field.required)
}

fn document(model: &Model) -> String {
    let (required, optional): (Vec<_>, Vec<_>) = fields(model).partition(|field| field.required);
    let mut text = "Asks for a chat completion.".to_owned();
    for field in required.into_iter().chain(optional) {
        if !field.doc.is_empty() {
            let _ = write!(text, "\n\n`{}`: {}", field.name, field.doc);
        }
    }
    text
}
