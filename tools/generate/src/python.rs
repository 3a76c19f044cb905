//! How the model's types and documents are written in Python.

use crate::model::{Field, Type};

/// Where a type stands: what a caller writes, or what a caller reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// A request, whose types have names of their own beside those of replies.
    Request,
    Reply,
    /// What a test tells a mock.
    Script,
}

impl Side {
    /// Whether the caller writes it.
    pub fn is_written(self) -> bool {
        self != Self::Reply
    }

    /// How the type `name` is called here.
    pub fn name(self, name: &str) -> String {
        if self == Self::Request { format!("{name}Param") } else { name.to_owned() }
    }
}

pub const HEADER: &str = "# Generated from the Rust types by `make generate`. Do not edit.\n";

/// A path, bytes, a file that is open, or a name with one of these, and with their type.
const UPLOAD: &str = "Union[\n    str,\n    bytes,\n    bytearray,\n    memoryview,\n    os.PathLike[str],\n    \
    IO[bytes],\n    tuple[Union[str, None], Union[bytes, IO[bytes]]],\n    \
    tuple[Union[str, None], Union[bytes, IO[bytes]], Union[str, None]],\n]";

/// The annotation of a type. `also_replies`: names of replies that may stand in for a request type.
pub fn annotation(ty: &Type, side: Side, also_replies: &[&str]) -> String {
    match ty {
        Type::Any => "Any".to_owned(),
        Type::String => "str".to_owned(),
        Type::Integer => "int".to_owned(),
        Type::Number => "float".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::Map(inner) => {
            let inner = annotation(inner, side, also_replies);
            if side.is_written() { format!("Mapping[str, {inner}]") } else { format!("dict[str, {inner}]") }
        }
        Type::List(inner) if side.is_written() => {
            format!("Sequence[{}]", annotation(inner, side, also_replies))
        }
        Type::List(inner) => format!("list[{}]", annotation(inner, side, also_replies)),
        Type::Nullable(inner) => format!("{} | None", annotation(inner, side, also_replies)),
        Type::OneOf(types) => {
            let types: Vec<_> = types.iter().map(|ty| annotation(ty, side, also_replies)).collect();
            types.join(" | ")
        }
        Type::Texts(texts) => literal(texts),
        Type::Ref(name) if side == Side::Request => {
            let stands_in = stands_in(name);
            if also_replies.contains(&stands_in) {
                format!("{} | {stands_in}", side.name(name))
            } else {
                side.name(name)
            }
        }
        Type::Ref(name) => side.name(name),
        Type::Upload => UPLOAD.to_owned(),
    }
}

/// The reply that may be handed back where a request takes `name`.
pub fn stands_in(name: &str) -> &str {
    match name {
        "Message" => "ChatMessage",
        "ResponseInputItem" => "ResponseItem",
        "MessageInputBlock" => "MessageBlock",
        other => other,
    }
}

pub fn literal(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    format!("Literal[{}]", texts.join(", "))
}

/// A docstring, or nothing where there is nothing to say.
pub fn docstring(doc: &str, indent: &str) -> String {
    let doc = doc.trim().replace('\\', "\\\\").replace("\"\"\"", "'''");
    if doc.is_empty() {
        return String::new();
    }
    if !doc.contains('\n') && doc.len() + indent.len() < 90 {
        return format!("{indent}\"\"\"{doc}\"\"\"\n");
    }
    let lines: Vec<_> = wrapped(&doc, 100 - indent.len())
        .into_iter()
        .map(|line| if line.is_empty() { line } else { format!("{indent}{line}") })
        .collect();
    format!("{indent}\"\"\"{}\n{indent}\"\"\"\n", lines.join("\n").trim_start())
}

pub fn wrapped(doc: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in doc.split("\n\n") {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// One annotated field and its document.
pub fn field(field: &Field, ty: &str, indent: &str) -> String {
    format!("{indent}{}: {ty}\n{}", field.name, docstring(&field.doc, indent))
}
