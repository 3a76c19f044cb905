//! The language-neutral routing cases of `tests/cases/routing`, run in Rust.
//! Their form is in `tests/cases/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use roocode::routing::{check_replay, recorded};
use roocode::testing::decide_case;
use serde_json::{Value, json};

/// What happened, in the form of `expect`.
fn observe(case: &Value) -> Value {
    let mut decided = match decide_case(case.clone()) {
        Ok(decided) => decided,
        Err(error) => {
            return json!({ "error": { "kind": error.kind, "param": error.param, "message": error.message } });
        }
    };
    let trace = decided["trace"].take();
    if trace.is_null() {
        return decided;
    }
    let replayed = check_replay(&recorded(trace.clone()).unwrap()).unwrap();
    assert!(replayed.same, "the replay differs: {:?}", replayed.differences);
    let by_name = |what: &str| {
        let candidates = trace["candidates"].as_array().unwrap();
        let with = candidates.iter().filter(|candidate| candidate.get(what).is_some());
        with.map(|candidate| {
            let mut reason = candidate[what].clone();
            reason["why"] = candidate["why"].clone();
            (candidate["facts"]["name"].as_str().unwrap().to_owned(), reason)
        })
        .collect::<serde_json::Map<_, _>>()
    };
    decided["excluded"] = Value::Object(by_name("excluded"));
    decided["short"] = Value::Object(by_name("short"));
    decided["last_resort"] = json!(trace["last_resort"] == json!(true));
    decided
}

/// Whether `got` is `wanted`: objects hold at least its fields, those of
/// `excluded` and `short` exactly; a text of `message` or `why` is contained.
fn holds(got: &Value, wanted: &Value, place: &str) -> Result<(), String> {
    let differ = || Err(format!("{place}: wanted {wanted}, got {got}"));
    match (got, wanted) {
        (Value::Object(got), Value::Object(wanted)) => {
            let whole = place.ends_with("excluded") || place.ends_with("short");
            if whole && got.keys().any(|name| !wanted.contains_key(name)) {
                return differ();
            }
            wanted.iter().try_for_each(|(key, wanted)| {
                holds(got.get(key).unwrap_or(&Value::Null), wanted, &format!("{place}.{key}"))
            })
        }
        (Value::String(got), Value::String(wanted))
            if got.contains(wanted.as_str())
                && ["message", "why", "order_failed"].iter().any(|name| place.ends_with(name)) =>
        {
            Ok(())
        }
        (Value::Array(got), Value::Array(wanted)) if got.len() == wanted.len() => (0..)
            .zip(got.iter().zip(wanted))
            .try_for_each(|(index, (got, wanted))| holds(got, wanted, &format!("{place}[{index}]"))),
        (Value::Number(got), Value::Number(wanted))
            if (got.as_f64().unwrap() - wanted.as_f64().unwrap()).abs() < 1e-9 =>
        {
            Ok(())
        }
        _ if got == wanted => Ok(()),
        _ => differ(),
    }
}

#[test]
fn every_case_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/cases/routing");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() >= 40, "{}", paths.len());
    let mut failures = Vec::new();
    for path in paths {
        let case: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().display().to_string();
        assert!(
            case["expect"].as_object().is_some_and(|expect| !expect.is_empty()),
            "{name} expects nothing"
        );
        if let Err(failure) = holds(&observe(&case), &case["expect"], "expect") {
            failures.push(format!("{name}: {failure}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
