//! A mock provider on a port, until standard input ends.
//!
//! `cargo run -p roocode-core --example mock_server -- --port 0 --script file.json`
//!
//! The file holds a list of scripts, or an object of `MockOptions`.

use std::io::{Read, Write};
use std::process::ExitCode;

use roocode::testing::{MockOptions, MockServer};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("mock_server: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let server = MockServer::start(options()?).map_err(|error| format!("{error:?}"))?;
    println!("listening {}", server.url());
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    // What comes in does not matter, its end does.
    let mut ignored = [0; 1024];
    while !matches!(std::io::stdin().read(&mut ignored), Ok(0) | Err(_)) {}
    server.stop();
    Ok(())
}

fn options() -> Result<MockOptions, String> {
    let mut options = MockOptions::default();
    let mut port = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{argument} needs a value"))?;
        match argument.as_str() {
            "--port" => port = Some(value.parse().map_err(|_| format!("--port: {value:?} is no port"))?),
            "--script" => {
                let text = std::fs::read_to_string(&value).map_err(|error| format!("{value}: {error}"))?;
                options = MockOptions::from_json(&text).map_err(|error| format!("{value}: {error}"))?;
            }
            _ => return Err(format!("{argument}: the options are --port PORT and --script FILE")),
        }
    }
    if let Some(port) = port {
        options.port = port;
    }
    Ok(options)
}
