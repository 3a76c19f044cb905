//! `bindings-node/js/types.d.ts` and `testing_types.d.ts`: interfaces of requests and
//! replies, and of what mocks are told and tell.

use std::fmt::Write as _;

use roocode::error::ErrorKind;

use crate::model::{Declaration, Field, Model, Shape, Type};
use crate::python::{Side, stands_in};

const HEADER: &str = "// Generated from the Rust types by `make generate`. Do not edit.\n";

/// `testing_types.d.ts`.
pub fn emit_testing(model: &Model) -> String {
    let scripts = model.scripts.iter().map(|declaration| written(declaration, Side::Script, &[]));
    let records = model.records.iter().map(reply);
    scripts.chain(records).fold(HEADER.to_owned(), |text, more| text + &more)
}

pub fn emit(model: &Model) -> String {
    let replies: Vec<&str> = model
        .replies
        .iter()
        .filter(|declaration| matches!(declaration.shape, Shape::Object { .. }))
        .map(|declaration| declaration.name.as_str())
        .collect();
    let mut text = format!(
        "{HEADER}\nimport type {{ Content, Uploaded }} from './content';\n\n// A name that ends in `Param` is what a caller writes; the others are replies.\n"
    );
    for declaration in &model.replies {
        text += &reply(declaration);
    }
    for declaration in &model.requests {
        text += &written(declaration, Side::Request, &replies);
    }
    text += &comment("How a call is sent, beside what is asked.", "");
    text += "export interface CallOptionsParam {\n";
    for field in &model.options {
        text += &member(field, Side::Request, &replies);
    }
    text += "}\n";
    if let Shape::Object { fields, .. } = &model.error.shape {
        let has = |name: &str| model.replies.iter().any(|declaration| declaration.name == name);
        text += &comment(&model.error.doc, "");
        text += "export interface ErrorDetails {\n";
        for field in fields {
            text += &member(field, Side::Reply, &[]);
        }
        text += "}\n";
        if !has("TimeLimit") {
            text += "\n/** Which of the four time limits ran out. */\nexport type TimeLimit = \"connect\" | \"first_byte\" | \"idle\" | \"total\";\n";
        }
        if !has("ErrorKind") {
            let kinds: Vec<_> =
                ErrorKind::ALL.iter().map(|kind| format!("\"{}\"", kind.class_name())).collect();
            let _ = write!(text, "\nexport type ErrorKind = {};\n", kinds.join(" | "));
        }
    }
    text
}

fn comment(doc: &str, indent: &str) -> String {
    let doc = doc.trim().replace("*/", "*\\/");
    let start = if indent.is_empty() { "\n" } else { "" };
    match doc.lines().count() {
        0 => start.to_owned(),
        1 => format!("{start}{indent}/** {doc} */\n"),
        _ => {
            let lines: String =
                doc.lines().map(|line| format!("{indent} * {line}").trim_end().to_owned() + "\n").collect();
            format!("{start}{indent}/**\n{lines}{indent} */\n")
        }
    }
}

fn name_of(ty: &Type, side: Side, replies: &[&str]) -> String {
    match ty {
        Type::Any => "unknown".to_owned(),
        Type::String => "string".to_owned(),
        Type::Integer | Type::Number => "number".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Map(inner) => format!("{{ [name: string]: {} }}", name_of(inner, side, replies)),
        Type::List(inner) => {
            let inner_name = name_of(inner, side, replies);
            let readonly = if side.is_written() { "readonly " } else { "" };
            if inner_name.contains(' ') {
                format!("{readonly}({inner_name})[]")
            } else {
                format!("{readonly}{inner_name}[]")
            }
        }
        Type::Nullable(inner) => format!("{} | null", name_of(inner, side, replies)),
        Type::OneOf(types) => {
            let types: Vec<_> = types.iter().map(|ty| name_of(ty, side, replies)).collect();
            types.join(" | ")
        }
        Type::Texts(texts) => literal(texts),
        Type::Ref(name) if side == Side::Request => {
            let stands_in = stands_in(name);
            if replies.contains(&stands_in) {
                format!("{} | {stands_in}", side.name(name))
            } else {
                side.name(name)
            }
        }
        Type::Ref(name) => side.name(name),
        Type::Upload => "Uploaded".to_owned(),
    }
}

fn literal(texts: &[String]) -> String {
    let texts: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    texts.join(" | ")
}

fn member(field: &Field, side: Side, replies: &[&str]) -> String {
    let optional = if side.is_written() { !field.required } else { !field.present };
    let mark = if optional { "?" } else { "" };
    format!("{}  {}{mark}: {};\n", comment(&field.doc, "  "), field.name, name_of(&field.ty, side, replies))
}

fn interface(name: &str, doc: &str, fields: &[Field], side: Side, replies: &[&str], open: bool) -> String {
    let mut text = format!("{}export interface {name} {{\n", comment(doc, ""));
    for field in fields {
        text += &member(field, side, replies);
    }
    if open {
        text += "  /** Fields that have no name here, as the provider sent them. */\n  [field: string]: unknown;\n";
    }
    text + "}\n"
}

fn reply(declaration: &Declaration) -> String {
    match &declaration.shape {
        Shape::Object { fields, open, content } => {
            let name = &declaration.name;
            let name = if *content { format!("{name} extends Content") } else { name.clone() };
            interface(&name, &declaration.doc, fields, Side::Reply, &[], *open)
        }
        Shape::Union { .. } => written(declaration, Side::Reply, &[]),
        other => alias(&declaration.name, &declaration.doc, other, Side::Reply, &[]),
    }
}

fn alias(name: &str, doc: &str, shape: &Shape, side: Side, replies: &[&str]) -> String {
    let ty = match shape {
        Shape::OpenEnum(texts) => format!("{} | (string & {{}})", literal(texts)),
        Shape::Enum(texts) => literal(texts),
        Shape::Alias(ty) => name_of(ty, side, replies),
        Shape::Object { .. } | Shape::Union { .. } => "unknown".to_owned(),
    };
    format!("{}export type {name} = {ty};\n", comment(doc, ""))
}

/// A type that a caller writes.
fn written(declaration: &Declaration, side: Side, replies: &[&str]) -> String {
    let Declaration { name, doc, shape } = declaration;
    let name = side.name(name);
    match shape {
        Shape::Object { fields, .. } => interface(&name, doc, fields, side, replies, false),
        Shape::Union { tag, variants, open } => {
            let mut text = String::new();
            let mut members = Vec::new();
            for variant in variants {
                let member = side.name(&variant.name);
                text += &interface(&member, &variant.doc, &variant.fields, side, replies, false);
                members.push(member);
            }
            if *open {
                members.push(format!("{{ {tag}: string & {{}}; [field: string]: unknown }}"));
            }
            let _ = writeln!(text, "{}export type {name} = {};", comment(doc, ""), members.join(" | "));
            text
        }
        other => alias(&name, doc, other, side, replies),
    }
}
