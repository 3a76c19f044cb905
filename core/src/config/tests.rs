use super::*;
use crate::error::ErrorKind;
use serde_json::json;

fn inventory(config: serde_json::Value, environment: &[(&str, &str)]) -> Result<Inventory> {
    built(config, environment).map(|(_, inventory)| inventory)
}

fn built(config: serde_json::Value, environment: &[(&str, &str)]) -> Result<(Settings, Inventory)> {
    let lookup = |name: &str| {
        environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    build(ClientConfig::from_value(config)?, &lookup)
}

fn refusal(config: serde_json::Value) -> (String, String) {
    let error = inventory(config, &[]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
    (error.param.clone().unwrap_or_default(), error.message.clone())
}

#[test]
fn the_environment_offers_the_providers_whose_keys_it_holds() {
    let found =
        inventory(json!({}), &[("GROQ_API_KEY", "k"), ("XROUTE_API_KEY", "k"), ("OPENAI_API_KEY", " ")])
            .unwrap();
    let names: Vec<_> = found.providers.iter().map(|provider| provider.name.as_str()).collect();
    assert_eq!(names, ["groq", "xroute"]);
    assert!(found.from_environment);
}

#[test]
fn the_environment_offers_bedrock_where_it_names_an_identity_of_aws() {
    let region = ("AWS_REGION", "eu-west-1");
    let keys = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "s"), region];
    for environment in
        [&keys[..], &[("AWS_BEARER_TOKEN_BEDROCK", "k"), region], &[("AWS_PROFILE", "p"), region]]
    {
        let inventory = inventory(json!({}), environment).unwrap();
        // A key for Bedrock opens its endpoint of OpenAI's wire, too.
        let [provider, ..] = &inventory.providers[..] else { panic!("no provider") };
        assert_eq!((provider.name.as_str(), provider.kind.as_str()), ("bedrock", "bedrock"));
        assert_eq!(provider.base_url, "https://bedrock-runtime.eu-west-1.amazonaws.com");
    }
    // Half of a pair is no identity, and what is not there is not looked for.
    assert!(inventory(json!({}), &[("AWS_ACCESS_KEY_ID", "a"), region]).unwrap().providers.is_empty());
}

#[test]
fn the_region_of_a_provider_is_its_own_before_the_environments_and_needed() {
    let config =
        |region: serde_json::Value| json!({ "providers": [{ "kind": "bedrock", "region": region }] });
    let environment = [("AWS_DEFAULT_REGION", "us-west-2")];
    let address = |region, environment: &[(&str, &str)]| {
        let inventory = inventory(config(region), environment).unwrap();
        inventory.providers[0].base_url.clone()
    };
    assert_eq!(address(json!("eu-west-1"), &environment), "https://bedrock-runtime.eu-west-1.amazonaws.com");
    assert_eq!(address(json!(null), &environment), "https://bedrock-runtime.us-west-2.amazonaws.com");
    let error = inventory(config(json!(null)), &[]).err().unwrap();
    assert!(error.message.contains("`region`") && error.message.contains("AWS_REGION"), "{error}");
}

#[test]
fn an_address_and_a_key_make_a_provider() {
    let found = inventory(json!({ "base_url": "http://localhost:8000/v1/", "api_key": "k" }), &[]).unwrap();
    assert_eq!(found.providers[0].name, "custom");
    assert_eq!(found.providers[0].base_url, "http://localhost:8000/v1");
}

#[test]
fn the_vendors_variable_moves_the_address() {
    let environment = [("ANTHROPIC_API_KEY", "k"), ("ANTHROPIC_BASE_URL", "http://127.0.0.1:9/")];
    let found = inventory(json!({}), &environment).unwrap();
    assert_eq!(found.providers[0].base_url, "http://127.0.0.1:9/v1");
}

#[test]
fn a_key_goes_only_to_its_own_provider() {
    let found = inventory(json!({ "providers": [{ "kind": "groq" }] }), &[("OPENAI_API_KEY", "k")]).unwrap();
    assert!(!found.providers[0].is_ready());
}

#[test]
fn a_row_of_the_users_own_needs_no_code() {
    let row = json!({ "title": "Mine", "dialect": "openai", "base_url": "https://mine.example/v1", "auth": "bearer" });
    let config = json!({ "kinds": { "mine": row }, "providers": [{ "kind": "mine", "api_key": "k" }] });
    assert_eq!(inventory(config, &[]).unwrap().providers[0].base_url, "https://mine.example/v1");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let (param, message) = refusal(json!({ "providers": [{ "kind": "openia" }] }));
    assert_eq!(param, "providers[0].kind");
    assert!(message.contains("`openai`"), "{message}");

    let (param, message) = refusal(json!({ "providers": [{ "kind": "custom" }] }));
    assert_eq!(param, "providers[0].base_url");
    assert!(message.contains("https://"), "{message}");

    for url in ["localhost:8000", "ftp://x/v1", "not a url", "https://user:pass@x/v1", "https://x/v1?key=1"] {
        let (param, _) = refusal(json!({ "base_url": url }));
        assert_eq!(param, "base_url", "{url}");
    }

    let (param, message) = refusal(json!({ "providers": [{ "kind": "openai", "api_kye": "k" }] }));
    assert_eq!(param, "providers[0].api_kye");
    assert!(message.contains("api_key"), "{message}");

    let (param, _) = refusal(json!({ "providers": [{ "kind": "openai" }, { "kind": "openai" }] }));
    assert_eq!(param, "providers[1].name");

    let (param, message) = refusal(json!({ "timeout": -1 }));
    assert_eq!(param, "timeout");
    assert!(message.contains("positive"), "{message}");

    let (param, _) = refusal(
        json!({ "providers": [{ "kind": "openai", "prices": { "m": { "input": -1, "output": 0 } } }] }),
    );
    assert_eq!(param, "providers[0].prices.m");
}

#[test]
fn a_timeout_is_a_number_or_four_limits() {
    let mut limits = crate::transport::Limits::default();
    let of = |value: serde_json::Value| built(json!({ "timeout": value }), &[]).unwrap().0.timeout.unwrap();
    of(json!(20)).apply(&mut limits, true);
    assert_eq!((limits.first_byte.unwrap().as_secs(), limits.total), (20, None));
    of(json!({ "total": 5.5 })).apply(&mut limits, true);
    assert_eq!(limits.total.unwrap().as_millis(), 5500);
}

#[test]
fn what_is_wrong_with_tls_of_a_providers_own_is_named() {
    let provider = |base_url: &str, tls: serde_json::Value| json!({ "providers": [{ "kind": "custom", "base_url": base_url, "tls": tls }] });
    let broken = "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----";
    for (base_url, tls, place, why) in [
        ("http://h/v1", json!({ "certificate": "a.pem" }), "tls", "https://"),
        ("https://h/v1", json!({}), "tls", "give `certificate` and `key`"),
        ("https://h/v1", json!({ "key": "a.key" }), "tls.certificate", "is missing"),
        ("https://h/v1", json!({ "certificate": " " }), "tls.certificate", "is empty"),
        ("https://h/v1", json!({ "certificate": "a", "passphrase": "p" }), "tls.passphrase", "authorities"),
        ("https://h/v1", json!({ "authorities": broken }), "tls.authorities", "tls.authorities:"),
    ] {
        let (found, message) = refusal(provider(base_url, tls));
        assert_eq!(found, format!("providers[0].{place}"), "{message}");
        assert!(message.contains(why), "{message}");
    }
    let secret = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----";
    let tls = json!({ "certificate": "a.pem", "key": secret });
    let config = ClientConfig::from_value(provider("https://h/v1", tls)).unwrap();
    assert!(!format!("{config:?}").contains("c2VjcmV0"));
}
