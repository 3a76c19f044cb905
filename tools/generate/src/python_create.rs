//! `roocode/_create.pyi`: the signatures of `create`, one overload for each
//! type of `stream`. A stub, because at run time one method takes them all.

use std::fmt::Write as _;

use crate::model::{Field, Model, Shape};
use crate::python::{HEADER, Side, annotation, docstring};

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
    let Some(root) = model.requests.last() else { return String::new() };
    let Shape::Object { fields, .. } = &root.shape else { return String::new() };
    let replies: Vec<&str> = model.replies.iter().map(|declaration| declaration.name.as_str()).collect();
    let (required, optional): (Vec<&Field>, Vec<&Field>) = fields
        .iter()
        .chain(&model.options)
        .filter(|field| field.name != "stream")
        .partition(|field| field.required);
    let mut body = String::new();
    for (class, def, reply, stream) in CLASSES {
        let _ = write!(body, "\nclass {class}:\n");
        for (streaming, returns) in [
            ("stream: Literal[False] | None = ...", reply.to_owned()),
            ("stream: Literal[True]", stream.to_owned()),
            ("stream: bool", format!("{reply} | {stream}")),
        ] {
            let _ = write!(body, "    @overload\n    {def} create(\n        self,\n        *,\n");
            let parameter = |field: &Field, default: &str| {
                format!(
                    "        {}: {}{default},\n",
                    field.name,
                    annotation(&field.ty, Side::Request, &replies)
                )
            };
            for field in &required {
                body += &parameter(field, "");
            }
            let _ = writeln!(body, "        {streaming},");
            for field in &optional {
                body += &parameter(field, " = ...");
            }
            let _ = write!(
                body,
                "    ) -> {returns}:\n{}",
                docstring(&document(&required, &optional), "        ")
            );
            body += "        ...\n";
        }
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
        "{HEADER}from collections.abc import Mapping, Sequence\n\
         from typing import Any, Literal, overload\n\n\
         from ._raw import RawResponse\n\
         from ._streams import AsyncChatStream, ChatStream\n\
         from .types import (\n{imports})\n{body}"
    )
}

fn document(required: &[&Field], optional: &[&Field]) -> String {
    let mut text = "Asks for a chat completion.".to_owned();
    for field in required.iter().chain(optional) {
        if !field.doc.is_empty() {
            let _ = write!(text, "\n\n`{}`: {}", field.name, field.doc);
        }
    }
    text
}
