use serde_json::json;

use super::*;
use crate::error::ErrorKind;

fn read(value: Value) -> Result<StrategyConfig> {
    StrategyConfig::from_value("routes.chat.strategy", value)
}

fn error(value: Value) -> (String, String) {
    let error = read(value).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    let param = error.param.clone().unwrap();
    assert!(param.starts_with("routes.chat.strategy"), "{param}");
    (param["routes.chat.strategy".len()..].to_owned(), error.message.clone())
}

#[test]
fn every_name_is_a_strategy_and_comes_back_whole() {
    for name in StrategyName::ALL {
        let config = read(json!(name.as_str())).unwrap();
        assert_eq!(config.options.name(), name);
        assert_eq!(json!(name), json!(name.as_str()));
        let full = serde_json::to_value(&config).unwrap();
        assert_eq!(full["type"], json!(name.as_str()));
        assert_eq!(read(full).unwrap(), config);
    }
}

#[test]
fn options_are_read_and_chained() {
    let config = read(json!({
        "type": "cheapest", "tolerance": 0.1, "at_most": { "first_token_seconds": 2 },
        "then": { "type": "sticky", "key": "session", "bounded_load": null, "then": "least_latency" },
    }))
    .unwrap();
    assert_eq!(config.options, StrategyOptions::Cheapest(ToleranceOptions { tolerance: 0.1 }));
    assert_eq!(config.at_most.unwrap().first_token_seconds, Some(2.0));
    let then = config.then.as_ref().unwrap();
    let sticky = StickyOptions { key: StickyKey::Session, bounded_load: 0.25 };
    assert_eq!(then.options, StrategyOptions::Sticky(sticky));
    assert_eq!(then.then.as_ref().unwrap().options.name(), StrategyName::LeastLatency);
    let text = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<StrategyConfig>(&text).unwrap(), config);
}

#[test]
fn an_unknown_strategy_lists_all_and_the_nearest() {
    let (place, message) = error(json!("least_latancy"));
    assert_eq!(place, "");
    assert!(message.contains("did you mean `least_latency`?"), "{message}");
    for name in StrategyName::ALL {
        assert!(message.contains(&format!("`{}`", name.as_str())), "{message}");
    }
    assert_eq!(error(json!({ "type": "fastest" })).0, ".type");
    assert_eq!(error(json!({ "weighted": true })).0, ".type");
    assert_eq!(error(json!({ "type": 3 })).0, ".type");
    assert_eq!(error(json!(["priority"])).0, "");
    assert_eq!(error(json!({ "type": "cheapest", "then": "fastest" })).0, ".then");
}

#[test]
fn an_unknown_option_names_what_is_allowed() {
    let (place, message) = error(json!({ "type": "cheapest", "tolerence": 0.1 }));
    assert_eq!(place, ".tolerence");
    assert!(message.contains("did you mean `tolerance`?") && message.contains("`at_most`"), "{message}");
    assert_eq!(error(json!({ "type": "priority", "weighted": true })).0, ".weighted");
    assert_eq!(
        error(json!({ "type": "sticky", "then": { "type": "region", "orders": [] } })).0,
        ".then.orders"
    );
}

#[test]
fn values_out_of_their_limits_are_named() {
    for (value, place) in [
        (json!({ "type": "least_latency", "choices": 1 }), ".choices"),
        (json!({ "type": "least_latency", "choices": "two" }), ".choices"),
        (json!({ "type": "cheapest", "tolerance": -0.1 }), ".tolerance"),
        (json!({ "type": "fastest_output", "tolerance": 1 }), ".tolerance"),
        (json!({ "type": "balanced", "cost": -1 }), ".cost"),
        (json!({ "type": "balanced", "cost": 0, "latency": 0, "quality": 0, "health": 0 }), ""),
        (json!({ "type": "region", "order": ["eu", "us", "eu"] }), ".order[2]"),
        (json!({ "type": "region", "order": [""] }), ".order[0]"),
        (json!({ "type": "sticky", "bounded_load": -1 }), ".bounded_load"),
        (json!({ "type": "sticky", "key": "user" }), ".key"),
        (json!({ "type": "bandit", "noise": 0 }), ".noise"),
        (json!({ "type": "bandit", "half_life_seconds": -5 }), ".half_life_seconds"),
        (json!({ "type": "priority", "at_most": {} }), ".at_most"),
        (json!({ "type": "priority", "at_most": { "cost": 1 } }), ".at_most.cost"),
        (json!({ "type": "priority", "at_most": { "total_seconds": -1 } }), ".at_most.total_seconds"),
        (json!({ "type": "weighted", "then": "random" }), ".then"),
    ] {
        assert_eq!(error(value.clone()).0, place, "{value}");
    }
    let mut deep = json!("random");
    for _ in 0..=DEEPEST {
        deep = json!({ "type": "cheapest", "then": deep });
    }
    assert!(error(deep).1.contains("in a chain"));
}

#[test]
fn weights_must_be_finite_and_have_a_sum() {
    assert!(validate_weights("targets", &[0.0, 2.5, 1e-9]).is_ok());
    for (weights, param) in [
        (vec![1.0, -1.0], "targets[1].weight"),
        (vec![f64::NAN], "targets[0].weight"),
        (vec![f64::INFINITY, 1.0], "targets[0].weight"),
        (vec![0.0, 0.0], "targets"),
        (vec![], "targets"),
        (vec![f64::MAX, f64::MAX], "targets"),
    ] {
        let error = validate_weights("targets", &weights).unwrap_err();
        assert_eq!(error.param.as_deref(), Some(param), "{weights:?}");
    }
}
