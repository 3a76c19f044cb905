//! Writes what was seen to a file of `core/data/evidence`, or compares it with what stands there.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};

/// `seen`: features by operation, by kind. `written_by` says in the file what it shows and where it comes from.
pub fn settle<Kind: AsRef<str>, Features: Debug>(
    name: &str,
    written_by: &str,
    seen: &BTreeMap<Kind, BTreeMap<&str, Features>>,
) {
    let mut text = format!("# {written_by}\n");
    for (kind, operations) in seen {
        writeln!(text, "\n[{}]", kind.as_ref()).unwrap();
        for (operation, features) in operations {
            writeln!(text, "{operation} = {features:?}").unwrap();
        }
    }
    // A set is written as a list.
    let text = text.replace('{', "[").replace('}', "]");
    let path = format!("{}/data/evidence/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, text).unwrap();
        return;
    }
    let stands = std::fs::read_to_string(path).unwrap();
    assert!(stands == text, "core/data/evidence/{name}.toml is stale: set UPDATE_SNAPSHOTS and run again");
}
