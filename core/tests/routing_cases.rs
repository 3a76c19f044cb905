//! The language-neutral routing cases of `tests/cases/routing`, run in Rust.
//! Their form is in `tests/cases/README.md`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use roocode::Error;
use roocode::routing::policies::{Strategy, check_order};
use roocode::routing::{
    Decision, Member, PlainTargets, Question, Record, RequestFacts, TargetTable, Targets, Term, decide,
    replay,
};
use roocode::types::chat::ChatRequest;
use roocode::types::routing::{RoutingOptions, TargetFacts};
use roocode::types::strategy::{StrategyConfig, validate_weights};
use serde_json::{Value, json};

struct Case {
    value: Value,
    table: Arc<TargetTable>,
    targets: PlainTargets,
    strategy: Arc<Strategy>,
    request: RequestFacts,
}

impl Case {
    fn read(value: Value) -> Result<Self, Error> {
        let given = value["targets"].as_array().unwrap();
        let facts: Vec<TargetFacts> = given.iter().map(facts).collect();
        let mut targets = PlainTargets::new(&facts);
        for (index, target) in (0..).zip(given) {
            for (name, value) in target["terms"].as_object().into_iter().flatten() {
                let term: Term = serde_json::from_value(json!(name)).unwrap();
                targets.set(index, term, value.as_f64().unwrap_or(f64::NAN));
            }
            let shortage = serde_json::from_value(target["short"].clone()).unwrap();
            targets.set_shortage(index, shortage);
        }
        if value.get("decisions").is_some() {
            targets = targets.with_credits();
        }
        let config = StrategyConfig::from_value("strategy", value["strategy"].clone())?;
        let weight = |index: u32| Some(targets.term(index, Term::Weight)).filter(|weight| !weight.is_nan());
        let weights: Vec<f64> = (0..given.len() as u32).map(|index| weight(index).unwrap_or(1.0)).collect();
        validate_weights("targets", &weights)?;
        let members = facts
            .into_iter()
            .zip(given)
            .map(|(facts, target)| Member { facts, tier: target["tier"].as_u64().unwrap_or(1) as u32 });
        let mut body = json!({ "model": "chat", "messages": [{ "role": "user", "content": "Hello" }] });
        for (name, value) in value["request"].as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let streamed = body["stream"] == json!(true);
        let request = ChatRequest::from_value(body)?;
        let options: RoutingOptions =
            serde_json::from_value(value.get("options").cloned().unwrap_or_else(|| json!({}))).unwrap();
        options.validate()?;
        let input_tokens = value["input_tokens"].as_u64().unwrap_or(10);
        let table = Arc::new(TargetTable::new(members.collect()));
        let strategy = Arc::new(Strategy::new(config));
        let mut facts = RequestFacts::of(&request, &Arc::new(options), streamed, input_tokens);
        if strategy.uses_prompt_key() {
            facts = facts.with_prompt_key(&request);
        }
        Ok(Self { value, table, targets, strategy, request: facts })
    }

    fn decide(&self, seed: u64) -> Decision {
        let question = Question {
            table: Arc::clone(&self.table),
            strategy: Arc::clone(&self.strategy),
            tier_strategies: Arc::default(),
            request: self.request.clone(),
            now: self.value["now"].as_f64().unwrap_or(0.0),
            seed,
            record: Record::ALL,
        };
        decide(question, &self.targets)
    }
}

/// The facts of a target: what is not about routing state. Its provider is the
/// part of its name before the first `/`.
fn facts(target: &Value) -> TargetFacts {
    let mut facts = target.as_object().unwrap().clone();
    for name in ["tier", "terms", "short"] {
        facts.remove(name);
    }
    let provider = target["name"].as_str().unwrap().split('/').next().unwrap();
    facts.entry("provider").or_insert_with(|| json!(provider));
    serde_json::from_value(Value::Object(facts)).unwrap()
}

/// What happened, in the form of `expect`.
fn observe(value: &Value) -> Value {
    let mut case = match Case::read(value.clone()) {
        Ok(case) => case,
        Err(error) => {
            return json!({ "error": { "kind": error.kind, "param": error.param, "message": error.message } });
        }
    };
    let name = |index: u32| case.table.name(index).to_owned();
    let seed = value["seed"].as_u64().unwrap_or(0);
    if let Some(decisions) = value["decisions"].as_u64() {
        let first = |number: u64| case.decide(seed + number).next(&case.targets).map(|pick| name(pick.index));
        return json!({ "first": (0..decisions).map(first).collect::<Vec<_>>() });
    }
    let mut decision = case.decide(seed);
    if let Some(order) = value["order"].as_array() {
        let names: Vec<&str> = order.iter().map(|name| name.as_str().unwrap()).collect();
        let eligible = |name: &str| decision.eligible().iter().find(|index| case.table.name(*index) == name);
        match check_order(&names, eligible) {
            Ok(order) => {
                (0..).zip(order).for_each(|(place, index)| {
                    case.targets.set(index, Term::Order, f64::from(place));
                });
            }
            Err(fault) => decision.order_failed(fault.to_string()),
        }
    }
    let mut picks = Vec::new();
    let earliest = decision.earliest();
    loop {
        picks.extend(std::iter::from_fn(|| decision.next(&case.targets)));
        if !(picks.is_empty() && decision.last_resort()) {
            break;
        }
    }
    let trace = decision.trace();
    let text = serde_json::to_string(&trace).unwrap();
    assert_eq!(replay(&serde_json::from_str(&text).unwrap()).unwrap(), trace, "the replay differs");
    let trace: Value = serde_json::from_str(&text).unwrap();
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
    let first = &trace["steps"][0];
    json!({
        "order": picks.iter().map(|pick| name(pick.index)).collect::<Vec<_>>(),
        "why": picks.iter().map(|pick| json!(pick.why)).collect::<Vec<_>>(),
        "by": picks.iter().map(|pick| json!(pick.by)).collect::<Vec<_>>(),
        "scores": picks.iter().map(|pick| json!(pick.score)).collect::<Vec<_>>(),
        "excluded": by_name("excluded"),
        "short": by_name("short"),
        "last_resort": decision.trace().last_resort,
        "earliest": earliest,
        "order_failed": Some(&first["why"]).filter(|_| first["step"] == "order_failed"),
    })
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
