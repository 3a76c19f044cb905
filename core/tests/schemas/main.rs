//! Outgoing bodies against the published schemas: a systematic set of requests,
//! each ingredient alone and then each two together, on each wire.
//!
//! The schema is the referee. A body that it objects to is a mistake of the
//! dialect or of the kind's row, or it is listed in `differences.rs` with the
//! reason why it is right all the same.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod combine;
mod differences;
mod evidence;
mod ingredients;
mod messages;
mod operations;
mod recorded;
mod referee;
mod responses;
mod wires;

use std::collections::{BTreeMap, BTreeSet};

use differences::{DIFFERENCES, REFUSALS};
use ingredients::Ingredient;
use referee::{Objection, Referee};
use serde_json::{Value, json};
use wires::{Encoder, Wire};

/// What was found on one wire.
#[derive(Default)]
struct Findings {
    validated: usize,
    refused: usize,
    /// Requests with an objection that is listed.
    differing: usize,
    used: BTreeSet<usize>,
    used_refusals: BTreeSet<usize>,
    /// What went wrong, to the requests it went wrong for.
    wrong: BTreeMap<String, Vec<String>>,
}

impl Findings {
    fn wrong(&mut self, what: String, who: &str) {
        self.wrong.entry(what).or_default().push(who.to_owned());
    }
}

/// Each ingredient alone with each model, then each pair with one: models go round.
fn check(wire: &Wire) {
    let Some(referee) = Referee::new(wire.file, wire.schema) else { return };
    let encoder = Encoder::new(wire);
    let dialect = encoder.dialect.name();
    let ingredients: Vec<Ingredient> = ingredients::all()
        .into_iter()
        .filter(|ingredient| ingredient.only.is_none_or(|only| only == dialect))
        .collect();
    let mut findings = Findings::default();
    for one in &ingredients {
        for model in wire.models {
            check_one(wire, &referee, &encoder, &[one], model, &mut findings);
        }
    }
    let (mut pairs, mut exclusive) = (0, 0);
    for (first, one) in ingredients.iter().enumerate() {
        for (second, other) in ingredients.iter().enumerate().skip(first + 1) {
            // Models and order by a fixed rule that mixes both positions.
            let mix = first * 31 + second * 17;
            if mix % wire.every != 0 {
                continue;
            }
            let model = wire.models[mix % wire.models.len()];
            let order = if mix % 2 == 0 { [one, other] } else { [other, one] };
            if check_one(wire, &referee, &encoder, &order, model, &mut findings) {
                pairs += 1;
            } else {
                exclusive += 1;
            }
        }
    }
    let listed = DIFFERENCES.iter().enumerate().filter(|(_, listed)| listed.wire == wire.name);
    for (index, listed) in listed {
        if !findings.used.contains(&index) {
            findings.wrong(format!("listed but not so: {} {}", listed.ingredient, listed.place), "");
        }
    }
    let listed = REFUSALS.iter().enumerate().filter(|(_, listed)| listed.wire == wire.name);
    for (index, listed) in listed {
        if !findings.used_refusals.contains(&index) {
            findings.wrong(format!("listed but not refused: {} {:?}", listed.ingredient, listed.with), "");
        }
    }
    println!(
        "{}: {} ingredients, {pairs} pairs ({exclusive} exclude each other), {} bodies validated, {} refused by \
         name, {} with one of {} listed differences",
        wire.name,
        ingredients.len(),
        findings.validated,
        findings.refused,
        findings.differing,
        findings.used.len(),
    );
    if !findings.wrong.is_empty() {
        let mut text = String::new();
        // What is wrong with one alone is wrong in its pairs.
        let alone = findings.wrong.values().any(|who| who.iter().any(|who| !who.contains(" + ")));
        for (what, who) in &findings.wrong {
            let who: Vec<&String> = who.iter().filter(|who| !alone || !who.contains(" + ")).collect();
            if who.is_empty() {
                continue;
            }
            text.push_str(&format!(
                "{what}\n    {} times: {}\n",
                who.len(),
                who.iter().take(6).map(|who| who.as_str()).collect::<Vec<_>>().join(" | ")
            ));
        }
        panic!("{}:\n{text}", wire.name);
    }
}

/// Encodes one request and lets the schema judge; false where there can be no such request.
fn check_one(
    wire: &Wire,
    referee: &Referee,
    encoder: &Encoder,
    ingredients: &[&Ingredient],
    model: &str,
    findings: &mut Findings,
) -> bool {
    let Some(request) = combine::request(ingredients) else { return false };
    let names: Vec<&str> = ingredients.iter().map(|one| one.name.as_str()).collect();
    let who = || format!("[{}] {model}", names.join(" + "));
    let has = |start: &str| names.iter().any(|name| name.starts_with(start));
    let encoded = match encoder.encode(&wires::read(request), model) {
        Ok(encoded) => encoded,
        Err(error) => {
            findings.refused += 1;
            let listed = REFUSALS.iter().position(|listed| {
                listed.wire == wire.name && has(listed.ingredient) && listed.with.is_none_or(&has)
            });
            match (&error.param, listed) {
                (None, _) => findings.wrong(format!("refused without a name: {error}"), &who()),
                (Some(_), None) => findings.wrong(format!("refused: {error}"), &who()),
                (Some(_), Some(index)) => drop(findings.used_refusals.insert(index)),
            }
            return true;
        }
    };
    let body = Value::Object(encoded.body);
    let objections: Vec<Objection> = match referee.is_valid(&body) {
        true if wire.open => referee.unknown_keys(&body),
        true => Vec::new(),
        false => referee.objections(&body),
    };
    findings.validated += 1;
    findings.differing += usize::from(!objections.is_empty());
    for objection in objections {
        let listed = DIFFERENCES.iter().position(|listed| {
            listed.wire == wire.name && listed.place == objection.place && has(listed.ingredient)
        });
        match listed {
            Some(index) => drop(findings.used.insert(index)),
            None => findings.wrong(format!("{}: {}", objection.place, objection.message), &who()),
        }
    }
    true
}

/// Asking for what happens anyway changes nothing and is not noted.
fn neutral_values_are_silent(wire: &Wire) {
    let encoder = Encoder::new(wire);
    let model = wire.models[0];
    let plain = json!({ "model": "m", "messages": [{ "role": "user", "content": "q" }] });
    let plain = encoder.encode(&wires::read(plain), model).unwrap();
    for ingredient in ingredients::all().iter().filter(|ingredient| ingredient.is_neutral) {
        let request = combine::request(&[ingredient]).unwrap();
        let encoded = encoder.encode(&wires::read(request), model).unwrap();
        assert_eq!(encoded.body, plain.body, "{}", ingredient.name);
        assert_eq!(encoded.translation, plain.translation, "{}", ingredient.name);
    }
}

/// What Claude's schema has in its beta form alone, with the header that asks for it.
#[test]
fn uploaded_files_are_valid_by_the_beta_schema() {
    let wire = wires::ANTHROPIC_BETA;
    let Some(referee) = Referee::new(wire.file, wire.schema) else { return };
    let encoder = Encoder::new(&wire);
    let all = ingredients::all();
    for listed in DIFFERENCES.iter().filter(|listed| listed.wire == "anthropic") {
        let ingredient = all.iter().find(|one| one.name == listed.ingredient).unwrap();
        let request = wires::read(combine::request(&[ingredient]).unwrap());
        for model in wire.models {
            let encoded = encoder.encode(&request, model).unwrap();
            assert_eq!(encoded.headers, [("anthropic-beta".into(), "files-api-2025-04-14".to_owned())]);
            assert_eq!(referee.objections(&Value::Object(encoded.body)), [], "{}", ingredient.name);
        }
    }
}

#[test]
fn every_difference_has_its_reason() {
    assert!(DIFFERENCES.iter().all(|listed| !listed.reason.is_empty()));
    assert!(REFUSALS.iter().all(|listed| !listed.reason.is_empty()));
}

#[test]
fn anthropic_is_silent_about_neutral_values() {
    neutral_values_are_silent(&wires::ANTHROPIC);
}

#[test]
fn gemini_is_silent_about_neutral_values() {
    neutral_values_are_silent(&wires::GEMINI_API);
}

#[test]
fn bedrock_is_silent_about_neutral_values() {
    neutral_values_are_silent(&wires::BEDROCK);
}

#[test]
fn cohere_is_silent_about_neutral_values() {
    neutral_values_are_silent(&wires::COHERE);
}

#[test]
fn ollama_is_silent_about_neutral_values() {
    neutral_values_are_silent(&wires::OLLAMA);
}

#[test]
fn names_of_ingredients_are_unique() {
    let all = ingredients::all();
    let names: BTreeSet<&str> = all.iter().map(|ingredient| ingredient.name.as_str()).collect();
    assert_eq!(names.len(), all.len());
}

macro_rules! wire_tests {
    ($($test:ident: $wire:ident,)+) => {$(
        #[test]
        fn $test() {
            check(&wires::$wire);
        }
    )+};
}

wire_tests! {
    openai_takes_every_body: OPENAI,
    azure_takes_every_body: AZURE,
    groq_takes_every_body: GROQ,
    mistral_takes_every_body: MISTRAL,
    openrouter_takes_every_body: OPENROUTER,
    anthropic_takes_every_body: ANTHROPIC,
    gemini_takes_every_body: GEMINI_API,
    vertex_takes_every_body: VERTEX,
    bedrock_takes_every_body: BEDROCK,
    cohere_takes_every_body: COHERE,
    ollama_takes_every_body: OLLAMA,
}
