//! Turns the tables of `data` from TOML, which people write, into JSON, which the library reads anyway: a reader
//! of TOML for tables that never change would be a thirtieth of each package.

use std::path::Path;
use std::{env, error, fs};

/// Name of what is written, and the table it is made of.
const TABLES: [(&str, &str); 4] = [
    ("kinds.json", "data/kinds.toml"),
    ("recording.json", "data/evidence/recording.toml"),
    ("schema.json", "data/evidence/schema.toml"),
    ("live.json", "data/evidence/live.toml"),
];

fn main() -> Result<(), Box<dyn error::Error>> {
    let out = env::var("OUT_DIR")?;
    println!("cargo::rerun-if-changed=build.rs");
    for (name, table) in TABLES {
        println!("cargo::rerun-if-changed={table}");
        let value: serde_json::Value =
            toml::from_str(&fs::read_to_string(table)?).map_err(|error| format!("{table}: {error}"))?;
        fs::write(Path::new(&out).join(name), value.to_string())?;
    }
    Ok(())
}
