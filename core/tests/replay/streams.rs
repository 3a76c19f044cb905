//! Every stream: the same however it is cut, what its events say, and the same
//! as the plain response it folds to.

use bytes::Bytes;
use fastrand::Rng;
use roocode::types::chat::ChatCompletion;
use serde_json::Value;

use crate::cases::{self, Exchange, Wire};
use crate::drive::{self, dialect};
use crate::expected::{parse_arguments, report};
use crate::fold::{self, Folded};
use crate::{errors, extract, leaves, observed, plain};

/// Seeded random cuts of each stream.
const CUTS: u64 = 24;

fn streamed() -> impl Iterator<Item = (&'static Exchange, Wire, &'static [u8])> {
    cases::replayed()
        .into_iter()
        .filter_map(|(_, exchange, wire)| exchange.stream().map(|text| (exchange, wire, text)))
}

#[test]
fn every_stream_decodes_to_what_its_events_say() {
    let mut findings = Vec::new();
    let mut checked = 0;
    for (exchange, wire, text) in streamed() {
        checked += 1;
        let outcome = drive::stream(wire, &exchange.model(), [Bytes::from_static(text)]);
        let mut find = |line: String| findings.push(format!("{}: {line}", exchange.name));
        let raw = match (fold::stream(wire, text), &outcome.error) {
            (Folded::Response(raw), None) => raw,
            (Folded::Response(_), Some(error)) => {
                find(format!("an error where the stream has none: {error:?}"));
                continue;
            }
            (Folded::Error { event, .. }, None) => {
                find(format!("no error, though the stream says {event}"));
                continue;
            }
            (Folded::Error { event, before }, Some(error)) => {
                errors::said(wire, 200, &event, None).differences(error).into_iter().for_each(&mut find);
                if error.body.as_ref() != Some(&event) {
                    find(format!("body: expected {event}, got {:?}", error.body));
                }
                before
            }
        };
        let mut expected = extract::reply(wire, &raw, &exchange.model());
        let calls = expected.choices.iter_mut().flat_map(|choice| &mut choice.tool_calls);
        for (call, text) in calls.zip(fold::arguments(wire, text)) {
            call.arguments_text = Some(text);
        }
        expected.differences(&observed::reply(&outcome.completion)).into_iter().for_each(&mut find);
        observed::round_trip(&outcome.completion).into_iter().for_each(&mut find);
    }
    report("streams", checked, 174, &findings);
}

#[test]
fn every_stream_gives_the_same_however_it_is_cut() {
    let mut findings = Vec::new();
    let mut checked = 0;
    for (number, (exchange, wire, text)) in streamed().enumerate() {
        let bytes = Bytes::from_static(text);
        let model = exchange.model();
        let whole = drive::stream(wire, &model, [bytes.clone()]);
        let mut check = |how: String, pieces: Vec<Bytes>| {
            checked += 1;
            let cut = drive::stream(wire, &model, pieces);
            if cut.completion != whole.completion {
                findings.push(format!("{}: {how}: another completion", exchange.name));
            }
            if cut.error_value() != whole.error_value() {
                findings.push(format!("{}: {how}: {:?}, whole {:?}", exchange.name, cut.error, whole.error));
            }
        };
        check("byte by byte".to_owned(), (0..bytes.len()).map(|at| bytes.slice(at..=at)).collect());
        for cut in 0..CUTS {
            let seed = number as u64 * 1000 + cut;
            check(format!("cut with seed {seed}"), random_cuts(&bytes, &mut Rng::with_seed(seed)));
        }
    }
    report("cut streams", checked, 4_350, &findings);
}

/// Pieces of random length; how long at most is itself drawn, from a few bytes to many frames.
fn random_cuts(bytes: &Bytes, random: &mut Rng) -> Vec<Bytes> {
    let most = [4, 40, 400, 4000][random.usize(..4)];
    let mut pieces = Vec::new();
    let mut rest = bytes.clone();
    while !rest.is_empty() {
        pieces.push(rest.split_to(random.usize(1..=most).min(rest.len())));
    }
    pieces
}

#[test]
fn the_sum_of_every_stream_equals_the_plain_response_it_folds_to() {
    let mut findings = Vec::new();
    let mut checked = 0;
    for (exchange, wire, text) in streamed() {
        let Folded::Response(raw) = fold::stream(wire, text) else { continue };
        checked += 1;
        let model = exchange.model();
        let outcome = drive::stream(wire, &model, [Bytes::from_static(text)]);
        let body = Bytes::from(serde_json::to_vec(&raw).unwrap());
        let mut find = |line: String| findings.push(format!("{}: {line}", exchange.name));
        match dialect(wire).decode_chat(&body, &model) {
            Ok(folded) => {
                let (folded, sum) = (comparable(wire, &folded), comparable(wire, &outcome.completion));
                leaves::differences(&folded, &sum)
                    .into_iter()
                    .for_each(|line| find(format!("plain | sum: {line}")));
                plain::native_blocks(wire, &raw, &sum).into_iter().for_each(&mut find);
            }
            Err(error) => find(format!("the folded response: {error:?}")),
        }
    }
    report("folded streams", checked, 171, &findings);
}

/// Our reply as JSON. Neighbouring plain texts of Gemini's native parts are joined as
/// the fold joins them, for a stream may keep its parts apart. Anthropic's and Bedrock's arguments
/// are a text in a stream and JSON in the plain form: their JSON is compared.
fn comparable(wire: Wire, completion: &ChatCompletion) -> Value {
    let mut value = observed::json(completion);
    for choice in value["choices"].as_array_mut().into_iter().flatten() {
        if wire == Wire::Anthropic || wire == Wire::Bedrock {
            for call in choice["message"]["tool_calls"].as_array_mut().into_iter().flatten() {
                let arguments = &mut call["function"]["arguments"];
                *arguments = parse_arguments(arguments.as_str().unwrap_or_default());
            }
        }
        if wire == Wire::Gemini {
            let blocks = choice.pointer_mut("/message/native_blocks/blocks");
            if let Some(blocks) = blocks.and_then(Value::as_array_mut) {
                let mut joined = Vec::new();
                blocks.iter().for_each(|part| fold::add_part(&mut joined, part));
                *blocks = joined;
            }
        }
    }
    value
}
