//! Writes the Python and TypeScript types from the Rust types.
//!
//! The Rust structs are the one schema: `read` turns their JSON schemas into a
//! small model, each emitter writes one file from it. No field, no type and no
//! document may be named here by hand, except what the schemas cannot say:
//! which types are the roots, and that a reply's message may be handed back.

pub mod model;
mod names;
mod python;
mod python_create;
mod python_errors;
mod python_types;
pub mod read;
mod typescript;

use std::path::{Path, PathBuf};

/// What to run when a committed file is out of date.
pub const COMMAND: &str = "make generate";

/// Every generated file: its path from the repository's root, and its text.
pub fn files() -> Result<Vec<(PathBuf, String)>, String> {
    let model = read::model()?;
    Ok(vec![
        ("bindings-python/roocode/types.py".into(), python_types::emit(&model)),
        ("bindings-python/roocode/_testing_types.py".into(), python_types::emit_testing(&model)),
        ("bindings-python/roocode/_create.py".into(), python_create::emit(&model)),
        ("bindings-python/src/create_document.rs".into(), python_create::emit_document(&model)),
        ("bindings-python/roocode/errors.py".into(), python_errors::emit(&model)),
        ("bindings-python/src/names.rs".into(), names::emit(&model)),
        ("bindings-node/js/types.d.ts".into(), typescript::emit(&model)),
        ("bindings-node/js/testing_types.d.ts".into(), typescript::emit_testing(&model)),
    ])
}

/// The files under `root` that differ from what the Rust types say.
pub fn outdated(root: &Path) -> Result<Vec<PathBuf>, String> {
    Ok(files()?
        .into_iter()
        .filter(|(path, text)| {
            std::fs::read_to_string(root.join(path)).map_or(true, |committed| committed != *text)
        })
        .map(|(path, _)| path)
        .collect())
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
