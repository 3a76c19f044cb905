use super::*;
use crate::config::{ClientConfig, build};
use crate::providers::{Kinds, Provider};
use serde_json::{Value, json};

fn known(config: Value, environment: &[(&str, &str)]) -> (Kinds, Vec<Arc<Provider>>) {
    let lookup = |name: &str| {
        environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let (_, inventory) = build(ClientConfig::from_value(config).unwrap(), &lookup).unwrap();
    (inventory.kinds, inventory.providers)
}

fn two() -> (Kinds, Vec<Arc<Provider>>) {
    known(
        json!({ "providers": [
            { "name": "work", "kind": "openai", "api_key": "sk-work" },
            { "name": "spare", "kind": "groq", "api_key": "gsk-spare", "models": ["llama-3.3-70b"] },
        ] }),
        &[],
    )
}

fn name(
    model: &str,
    provider: Option<&str>,
    (kinds, providers): &(Kinds, Vec<Arc<Provider>>),
) -> Result<String> {
    let targets = resolve(model, provider, kinds, providers)?;
    let names: Vec<_> =
        targets.iter().map(|(provider, model)| format!("{}/{model}", provider.name)).collect();
    Ok(names.join(" "))
}

#[test]
fn a_provider_or_its_kind_stands_in_front() {
    let two = two();
    assert_eq!(name("work/gpt-5.2", None, &two).unwrap(), "work/gpt-5.2");
    assert_eq!(name("openai/gpt-5.2", None, &two).unwrap(), "work/gpt-5.2");
    assert_eq!(name("groq/groq/compound", None, &two).unwrap(), "spare/groq/compound");
}

#[test]
fn with_provider_the_model_is_taken_as_it_is() {
    let two = two();
    assert_eq!(name("groq/compound", Some("groq"), &two).unwrap(), "spare/groq/compound");
    assert_eq!(name("openai/gpt-oss-120b", Some("spare"), &two).unwrap(), "spare/openai/gpt-oss-120b");
}

#[test]
fn a_bare_name_goes_to_the_one_that_declares_it() {
    let two = two();
    assert_eq!(name("llama-3.3-70b", None, &two).unwrap(), "spare/llama-3.3-70b");
    // `spare` declares its models, and this is none of them.
    assert_eq!(name("gpt-5.2", None, &two).unwrap(), "work/gpt-5.2");
}

#[test]
fn a_bare_name_that_fits_several_is_an_error_that_names_them() {
    let several = known(json!({}), &[("OPENAI_API_KEY", "a"), ("GROQ_API_KEY", "b")]);
    let error = name("gpt-5.2", None, &several).unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadRequest);
    assert!(
        error.message.contains("`groq/gpt-5.2`") && error.message.contains("`openai/gpt-5.2`"),
        "{error}"
    );
}

#[test]
fn a_kind_means_every_active_provider_of_it_and_a_bare_name_all_that_declare_it() {
    let known = known(
        json!({ "providers": [
            { "name": "a", "kind": "openai", "api_key": "k", "models": ["gpt-5.2"] },
            { "name": "b", "kind": "openai", "api_key": "k", "models": ["gpt-5.2"], "status": "inactive" },
            { "name": "c", "kind": "openai", "api_key": "k", "models": ["gpt-5.2"] },
            { "name": "d", "kind": "openai" , "models": ["gpt-5.2"]},
        ] }),
        &[],
    );
    assert_eq!(name("openai/gpt-5.2", None, &known).unwrap(), "a/gpt-5.2 c/gpt-5.2");
    assert_eq!(name("gpt-5.2", None, &known).unwrap(), "a/gpt-5.2 c/gpt-5.2");
    assert_eq!(name("x", Some("openai"), &known).unwrap(), "a/x c/x");
}

#[test]
fn a_missing_key_names_its_variable() {
    let one = known(json!({ "provider": "anthropic" }), &[]);
    let error = name("anthropic/claude-opus-4-5", None, &one).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Authentication);
    assert!(error.message.contains("ANTHROPIC_API_KEY"), "{error}");
}

#[test]
fn a_kind_without_a_provider_names_its_variable() {
    let one = known(json!({}), &[("OPENAI_API_KEY", "a")]);
    let error = name("anthropic/claude-opus-4-5", None, &one).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Authentication);
    assert!(error.message.contains("ANTHROPIC_API_KEY"), "{error}");
}

#[test]
fn nothing_configured_says_what_to_do() {
    let none = known(json!({}), &[]);
    let error = name("gpt-5.2", None, &none).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    assert!(error.message.contains("OPENAI_API_KEY"), "{error}");
}

#[test]
fn an_unknown_provider_is_told_the_known_ones() {
    let error = name("m", Some("wrok"), &two()).unwrap_err();
    assert!(error.message.contains("`work`, `spare`"), "{error}");
}

#[test]
fn a_slash_in_a_bare_name_is_no_provider() {
    let one = known(json!({ "base_url": "http://127.0.0.1:1/v1" }), &[]);
    assert_eq!(name("meta-llama/Llama-3", None, &one).unwrap(), "custom/meta-llama/Llama-3");
}
