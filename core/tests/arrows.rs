//! Arrows point one way: the modules may only use those below them.
//!
//! Reads the `use crate::` lines (and `crate::` paths) of every source file and
//! fails on one that the table does not allow.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

/// Module, and the modules it may use beside itself.
const ALLOWED: [(&str, &[&str]); 18] = [
    ("types", &["error", "nearest"]),
    ("error", &["types"]),
    ("nearest", &[]),
    ("expressions", &[]),
    ("rotating", &[]),
    ("vocabulary", &[]),
    ("auth", &["error", "transport"]),
    ("catalogue", &["types"]),
    ("dialects", &["types", "error", "transport", "expressions", "nearest"]),
    ("transport", &["types", "error"]),
    ("providers", &["types", "error", "dialects", "auth", "transport", "nearest", "catalogue", "resilience"]),
    (
        "config",
        &[
            "types",
            "error",
            "nearest",
            "dialects",
            "auth",
            "providers",
            "transport",
            "catalogue",
            "resilience",
            "routing",
        ],
    ),
    ("routing", &["types", "error", "nearest", "rotating", "expressions"]),
    ("runtime", &["error"]),
    ("resilience", &["types", "error", "rotating"]),
    ("observe", &["types", "error"]),
    ("testing", &["types", "error", "transport", "routing"]),
    (
        "client",
        &[
            "types",
            "error",
            "dialects",
            "transport",
            "providers",
            "config",
            "routing",
            "resilience",
            "observe",
            "auth",
            "catalogue",
            "execute",
            "nearest",
            "vocabulary",
        ],
    ),
];

/// What `dialects` may take of `transport`: frames, which are bytes, no I/O.
const FRAMES_ONLY: &str = "transport::framing";

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
            found.push(path);
        }
    }
}

/// The first two segments of every path that starts with `crate::`.
fn uses(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.match_indices("crate::").map(|(at, _)| &line[at + "crate::".len()..]))
        .map(|rest| {
            rest.split("::")
                .take(2)
                .map(|segment| {
                    segment.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
                })
                .collect::<Vec<_>>()
                .join("::")
        })
        .collect()
}

fn module_of(path: &Path, root: &Path) -> String {
    let first = path.strip_prefix(root).unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

#[test]
fn arrows_point_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 20, "found only {} files", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let module = module_of(&file, &root);
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == module) else {
            continue;
        };
        for used in uses(&fs::read_to_string(&file).unwrap()) {
            let target = used.split("::").next().unwrap();
            let is_module = ALLOWED.iter().any(|(name, _)| *name == target) || target == "execute";
            let frames = module == "dialects" && target == "transport" && used != FRAMES_ONLY;
            if is_module && target != module && (!allowed.contains(&target) || frames) {
                wrong.push(format!("{}: {module} uses {used}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point the wrong way:\n{}", wrong.join("\n"));
}

#[test]
fn every_module_is_in_the_table() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for entry in fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        let known = ALLOWED.iter().any(|(known, _)| *known == module)
            || ["lib", "execute", "cli", "simulate"].contains(&module);
        assert!(known, "module `{module}` has no arrows in this test's table");
    }
}

/// Tests may look anywhere.
fn is_test(path: &Path) -> bool {
    path.file_stem().and_then(|stem| stem.to_str()).is_some_and(|stem| stem.ends_with("tests"))
}
