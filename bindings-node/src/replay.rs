//! Decisions made again from their records, and made-up ones, as JSON; nothing is decided here.

use napi_derive::napi;
use roocode::Error;
use roocode::routing::{check_replay, named_propensities, recorded};
use roocode::testing::decide_case;
use serde::Serialize;

use crate::client::thrown;
use crate::crossing::{self, Input, Long};

fn written<T: Serialize>(made: Result<T, Error>) -> napi::Result<String> {
    let text = made.and_then(|made| crossing::json(&made)).map_err(|error| thrown(&error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn input(body: String, mark: Option<String>, strings: Option<Vec<String>>) -> Input {
    let long = mark.zip(strings).map(|(mark, strings)| Long { mark, strings });
    Input { body, options: None, long }
}

/// Makes a recorded decision again.
#[napi(catch_unwind)]
pub fn replay(trace: String, mark: Option<String>, strings: Option<Vec<String>>) -> napi::Result<String> {
    let read = || check_replay(&recorded(input(trace, mark, strings).read()?.0)?);
    written(read())
}

/// How likely each target was at each pick.
#[napi(catch_unwind)]
pub fn propensities(
    trace: String,
    mark: Option<String>,
    strings: Option<Vec<String>>,
) -> napi::Result<String> {
    let read = || named_propensities(&recorded(input(trace, mark, strings).read()?.0)?);
    written(read())
}

/// Decides over targets that are made up.
#[napi(catch_unwind)]
pub fn decide(case: String) -> napi::Result<String> {
    written(crossing::parse(&case).and_then(decide_case))
}
