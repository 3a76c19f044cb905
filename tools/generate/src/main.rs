//! `roocode-generate` writes the generated types; `--check` only compares them.

use std::process::ExitCode;

use roocode_generate::{COMMAND, files, outdated, root};

fn run(check: bool) -> Result<(), String> {
    let root = root();
    if check {
        let outdated = outdated(&root)?;
        if outdated.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = outdated.iter().map(|path| path.display().to_string()).collect();
        return Err(format!(
            "out of date with the Rust types: {}; refresh with `{COMMAND}`",
            names.join(", ")
        ));
    }
    for (path, text) in files()? {
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => run(false),
        ["--check"] => run(true),
        _ => Err("usage: roocode-generate [--check]".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
