//! `bindings-python/src/names.rs`: the names of all fields, so that a reply's
//! keys need no allocation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::{Model, Shape};

pub fn emit(model: &Model) -> String {
    let mut names = BTreeSet::new();
    for declaration in model.replies.iter().chain([&model.error]) {
        if let Shape::Object { fields, .. } = &declaration.shape {
            names.extend(fields.iter().map(|field| field.name.as_str()));
        }
    }
    let mut arms = String::new();
    for name in names {
        let _ = writeln!(arms, "        \"{name}\" => \"{name}\",");
    }
    format!(
        "//! Generated from the Rust types by `make generate`. Do not edit.\n\n\
         /// The same text as a static one, for the names of fields that replies have.\n\
         #[rustfmt::skip]\n\
         pub fn known(name: &str) -> Option<&'static str> {{\n    Some(match name {{\n{arms}        _ => return None,\n    }})\n}}\n"
    )
}
