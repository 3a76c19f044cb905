//! `roocode/types.py`: classes of what is read, typed dicts of what is written.
//!
//! The classes carry annotations for editors and `__fields__` for the native
//! base class, which makes the attributes. Typed dicts put the required keys in
//! a base class: `Required` exists from Python 3.11 only.

use std::fmt::Write as _;

use crate::model::{Declaration, Field, Model, Shape, Type, Variant};
use crate::python::{HEADER, Side, annotation, docstring, field, literal};

pub fn emit(model: &Model) -> String {
    let reply_names: Vec<&str> = model
        .replies
        .iter()
        .filter(|declaration| matches!(declaration.shape, Shape::Object { .. }))
        .map(|declaration| declaration.name.as_str())
        .collect();
    let mut names = Vec::new();
    let mut body = String::new();
    for declaration in &model.replies {
        names.push(declaration.name.clone());
        body += &reply(declaration, model);
    }
    for declaration in &model.requests {
        body += &written(declaration, Side::Request, &reply_names, &mut names);
    }
    let all = listed(&mut names);
    format!(
        "{HEADER}\"\"\"The types of requests and replies.\n\n\
         A name that ends in `Param` is a dict that a caller writes; the others are replies.\n\"\"\"\n\n\
         from __future__ import annotations\n\n\
         import os\n\
         from collections.abc import Mapping, Sequence\n\
         from typing import IO, Any, Literal, TypedDict, Union\n\n\
         from ._content import ContentRecord\n\
         from ._native import Record\n\n\
         __all__ = [\n{all}]\n{body}"
    )
}

/// `roocode/_testing_types.py`: typed dicts of what mocks are told and tell.
pub fn emit_testing(model: &Model) -> String {
    let mut names = Vec::new();
    let mut body = String::new();
    for declaration in &model.scripts {
        body += &written(declaration, Side::Script, &[], &mut names);
    }
    for declaration in &model.records {
        body += &written(declaration, Side::Reply, &[], &mut names);
    }
    format!(
        "{HEADER}\"\"\"What mocks are told, and what they tell.\"\"\"\n\n\
         from __future__ import annotations\n\n\
         from collections.abc import Mapping, Sequence\n\
         from typing import Any, Literal, TypedDict, Union\n\n\
         __all__ = [\n{}]\n{body}",
        listed(&mut names)
    )
}

fn listed(names: &mut [String]) -> String {
    names.sort();
    names.iter().fold(String::new(), |text, name| text + &format!("    \"{name}\",\n"))
}

fn reply(declaration: &Declaration, model: &Model) -> String {
    let Declaration { name, doc, shape } = declaration;
    match shape {
        Shape::Union { tag, variants, .. } => {
            reply_class(name, doc, &joined(tag, variants), (false, "Record"), model)
        }
        Shape::Object { fields, open, content } => {
            let base = if *content { "ContentRecord" } else { "Record" };
            reply_class(name, doc, fields, (*open, base), model)
        }
        other => alias(name, doc, other, Side::Reply, &[]),
    }
}

/// The fields of objects that `tag` tells apart, as those of one: each may be absent.
fn joined(tag: &str, variants: &[Variant]) -> Vec<Field> {
    let mut fields: Vec<Field> = Vec::new();
    for field in variants.iter().flat_map(|variant| &variant.fields) {
        match fields.iter_mut().find(|known| known.name == field.name) {
            None => fields.push(field.clone()),
            Some(known) if known.ty == field.ty => {}
            Some(known) => known.ty = either(known.ty.clone(), field.ty.clone()),
        }
    }
    for field in &mut fields {
        if field.name != tag && !field.ty.is_nullable() {
            field.ty = Type::Nullable(Box::new(field.ty.clone()));
        }
    }
    fields
}

fn either(one: Type, other: Type) -> Type {
    match (one, other) {
        (Type::Texts(mut texts), Type::Texts(more)) => {
            texts.extend(more);
            Type::Texts(texts)
        }
        (Type::OneOf(mut types), other) => {
            if !types.contains(&other) {
                types.push(other);
            }
            Type::OneOf(types)
        }
        (one, other) => Type::OneOf(vec![one, other]),
    }
}

fn reply_class(name: &str, doc: &str, fields: &[Field], (open, base): (bool, &str), model: &Model) -> String {
    let mut text = format!("\n\nclass {name}({base}):\n{}\n    __slots__ = ()\n\n", docstring(doc, "    "));
    for known in fields {
        text += &field(known, &reply_annotation(known), "    ");
    }
    if open {
        text += "    provider_fields: dict[str, Any]\n    \"\"\"Fields that have no name here, as the provider sent them.\"\"\"\n";
    }
    text += "\n    __fields__ = {\n";
    for known in fields {
        let _ = writeln!(text, "        \"{}\": {},", known.name, child(known, model));
    }
    text += "    }\n";
    text
}

/// A field that is left out of the wire when it is empty still has its type.
fn reply_annotation(field: &Field) -> String {
    annotation(&field.ty, Side::Reply, &[])
}

/// The class of a field's value, and what stands for it when it is absent.
fn child(field: &Field, model: &Model) -> String {
    let (class, list) = match field.ty.inner() {
        Type::Ref(name) => (class(name, model), false),
        Type::List(inner) => match inner.inner() {
            Type::Ref(name) => (class(name, model), true),
            _ => ("None", true),
        },
        _ => ("None", false),
    };
    let absent = match (&field.ty, list) {
        (ty, _) if field.present || ty.is_nullable() => "None",
        (Type::Boolean, _) => "False",
        (_, true) => "()",
        _ => "None",
    };
    format!("({class}, {absent})")
}

fn class<'a>(name: &'a str, model: &Model) -> &'a str {
    let is_class = model.replies.iter().any(|declaration| {
        declaration.name == name && matches!(declaration.shape, Shape::Object { .. } | Shape::Union { .. })
    });
    if is_class { name } else { "None" }
}

fn alias(name: &str, doc: &str, shape: &Shape, side: Side, also_replies: &[&str]) -> String {
    let ty = match shape {
        Shape::OpenEnum(texts) => format!("Union[{}, str]", literal(texts)),
        Shape::Enum(texts) => literal(texts),
        Shape::Alias(Type::OneOf(types)) => {
            let types: Vec<_> = types.iter().map(|ty| annotation(ty, side, also_replies)).collect();
            format!("Union[{}]", types.join(", "))
        }
        Shape::Alias(ty) => annotation(ty, side, also_replies),
        Shape::Object { .. } | Shape::Union { .. } => String::new(),
    };
    format!("\n\n{name} = {ty}\n{}", docstring(doc, ""))
}

/// A type that is a plain dict.
fn written(declaration: &Declaration, side: Side, replies: &[&str], names: &mut Vec<String>) -> String {
    let Declaration { name, doc, shape } = declaration;
    let called = side.name(name);
    names.push(called.clone());
    match shape {
        Shape::Object { fields, .. } => typed_dict(name, doc, fields, side, replies),
        Shape::Union { variants, open, .. } => {
            let mut text = String::new();
            let mut members = Vec::new();
            for variant in variants {
                members.push(side.name(&variant.name));
                text += &typed_dict(&variant.name, &variant.doc, &variant.fields, side, replies);
            }
            names.extend(members.iter().cloned());
            if *open {
                members.push("Mapping[str, Any]".to_owned());
            }
            let members =
                if members.len() == 1 { members.concat() } else { format!("Union[{}]", members.join(", ")) };
            let _ = write!(text, "\n\n{called} = {members}\n{}", docstring(doc, ""));
            text
        }
        other => alias(&called, doc, other, side, replies),
    }
}

fn typed_dict(name: &str, doc: &str, fields: &[Field], side: Side, replies: &[&str]) -> String {
    let (required, optional): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.required);
    let lines = |fields: &[&Field]| -> String {
        fields.iter().map(|known| field(known, &annotation(&known.ty, side, replies), "    ")).collect()
    };
    let doc = docstring(doc, "    ");
    let called = side.name(name);
    if optional.is_empty() {
        return format!("\n\nclass {called}(TypedDict):\n{doc}\n{}", lines(&required));
    }
    if required.is_empty() {
        return format!("\n\nclass {called}(TypedDict, total=False):\n{doc}\n{}", lines(&optional));
    }
    format!(
        "\n\nclass _{name}Required(TypedDict):\n{}\n\nclass {called}(_{name}Required, total=False):\n{doc}\n{}",
        lines(&required),
        lines(&optional)
    )
}
