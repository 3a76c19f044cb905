use serde_json::json;

use crate::config::{ClientConfig, build};
use crate::providers::Provider;
use crate::types::model::{Feature, Modality};
use crate::types::trace::PriceSource;

fn provider(mut config: serde_json::Value) -> std::sync::Arc<Provider> {
    config["api_key"] = json!("k");
    let config = ClientConfig::from_value(json!({ "providers": [config] })).unwrap();
    std::sync::Arc::clone(&build(config, &|_| None).unwrap().1.providers[0])
}

#[test]
fn without_a_word_of_the_user_the_catalogue_speaks() {
    let provider = provider(json!({ "kind": "openai" }));
    let price = provider.price("gpt-4o").unwrap();
    assert_eq!((price.price.input, price.source), (2.5, PriceSource::Catalogue));
    assert_eq!(provider.facts("gpt-4o").context_window, Some(128_000));
    assert_eq!(provider.price("gpt-no-such"), None);
    assert_eq!(provider.facts("gpt-no-such").context_window, None);
}

#[test]
fn the_users_word_stands_field_by_field() {
    let provider = provider(json!({ "kind": "openai", "models": {
        "gpt-4o": { "context_window": 64_000, "inputs": ["text"], "features": { "tools": false } },
        "gpt-4.1": { "price": { "input": 1, "output": 2 } },
        "*": { "price": { "input": 7, "output": 8 }, "max_output_tokens": 100 } } }));
    let facts = provider.facts("gpt-4o");
    assert_eq!((facts.context_window, facts.max_output_tokens), (Some(64_000), Some(100)));
    assert_eq!((facts.accepts(Modality::Image), facts.accepts(Modality::Text)), (Some(false), Some(true)));
    assert_eq!(
        (facts.supports(Feature::Tools), facts.supports(Feature::JsonSchema)),
        (Some(false), Some(true))
    );
    for (model, input) in [("gpt-4o", 7.0), ("gpt-4.1", 1.0), ("unheard-of", 7.0)] {
        let price = provider.price(model).unwrap();
        assert_eq!((price.price.input, price.source), (input, PriceSource::Declared), "{model}");
        assert_eq!(provider.facts(model).price.unwrap().input, input);
    }
    assert_eq!(provider.models, ["gpt-4.1", "gpt-4o"]);
}

#[test]
fn names_and_prices_go_on_as_they_were() {
    let provider = provider(json!({ "kind": "custom", "base_url": "http://x/v1", "models": ["a", "b"],
        "prices": { "*": { "input": 2, "output": 4 } } }));
    assert_eq!(provider.models, ["a", "b"]);
    assert_eq!(provider.price("a").unwrap().price.output, 4.0);
}

#[test]
fn a_deployment_is_the_same_as_a_known_model() {
    let provider = provider(json!({ "kind": "custom", "base_url": "http://x/v1", "models": {
        "mine": { "same_as": "openai/gpt-4o", "max_output_tokens": 1_000 }, "other": null } }));
    let price = provider.price("mine").unwrap();
    assert_eq!((price.price.cached_input, price.source), (Some(1.25), PriceSource::Catalogue));
    assert_eq!(provider.facts("mine").max_output_tokens, Some(1_000));
    assert_eq!(provider.price("other"), None);
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let refused = |models: serde_json::Value, prices: serde_json::Value| {
        let config = json!({ "providers": [{ "kind": "openai", "models": models, "prices": prices }] });
        let error = ClientConfig::from_value(config).and_then(|config| build(config, &|_| None)).unwrap_err();
        error.param.clone().unwrap_or_default()
    };
    let none = || json!({});
    let at = |rest: &str| format!("providers[0].models.{rest}");
    assert_eq!(refused(json!({ "m": { "contextwindow": 1 } }), none()), at("m.contextwindow"));
    assert_eq!(refused(json!({ "m": { "context_window": 0 } }), none()), at("m.context_window"));
    assert_eq!(refused(json!({ "m": { "features": { "tool": true } } }), none()), at("m.features.tool"));
    assert_eq!(refused(json!({ "m": { "inputs": ["smell"] } }), none()), at("m.inputs[0]"));
    assert_eq!(refused(json!({ "m": { "same_as": "gpt-4o" } }), none()), at("m.same_as"));
    assert_eq!(refused(json!({ "m": { "same_as": "openai/gpt-no-such" } }), none()), at("m.same_as"));
    let tiers = json!([{ "input": 1, "output": 1 }]);
    assert_eq!(
        refused(json!({ "m": { "price": { "input": 1, "output": 1, "tiers": tiers } } }), none()),
        at("m.price.tiers[0]")
    );
    assert_eq!(refused(json!("gpt-4o"), none()), "providers[0].models");
    let price = json!({ "input": 1, "output": 1 });
    assert_eq!(refused(json!({ "m": { "price": price } }), json!({ "m": price })), "providers[0].prices.m");
}
