use std::io::Write;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::*;
use crate::providers::Kinds;
use crate::types::model::{Feature, Modality, ModelMode};

fn shared(name: &str) -> Option<Value> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/catalog")).join(name);
    let text = std::fs::read(path).ok();
    if text.is_none() {
        println!("skipped: ../shared is not here");
    }
    text.map(|text| serde_json::from_slice(&text).unwrap())
}

#[test]
fn every_row_reads_is_found_and_is_of_a_kind() {
    let kinds = Kinds::built_in().unwrap();
    let mut count = 0;
    for kind in catalogue().kinds() {
        assert!(kinds.get(kind).is_some(), "{kind}");
        let rows = catalogue().rows(kind).unwrap().lines().count();
        assert_eq!(catalogue().models(kind).count(), rows, "{kind}: a row does not read");
        for (name, facts) in catalogue().models(kind) {
            assert_eq!(catalogue().model(kind, name).as_ref(), Some(&facts), "{kind}/{name}");
            assert_eq!(catalogue().model(kind, &name.to_uppercase()).as_ref(), Some(&facts), "{kind}/{name}");
            if let Some(price) = &facts.price {
                price.check().unwrap_or_else(|wrong| panic!("{kind}/{name}: {wrong:?}"));
            }
            count += 1;
        }
    }
    assert!(count > 7_000, "{count}");
    assert_eq!(TEXT.lines().count(), count + catalogue().kinds().count() + 1, "a row of no kind");
}

#[test]
fn prices_are_read_where_they_are_written() {
    for kind in catalogue().kinds() {
        for line in catalogue().rows(kind).unwrap().lines() {
            let written = line.split('|').nth(8).is_some_and(|price| !price.is_empty());
            assert_eq!(row::read(line).unwrap().1.price.is_some(), written, "{kind}: {line}");
        }
    }
}

/// Kind, model, and its record in litellm's table.
const WELL_KNOWN: [(&str, &str, &str); 14] = [
    ("openai", "gpt-4o", "gpt-4o"),
    ("openai", "gpt-4o-mini", "gpt-4o-mini"),
    ("openai", "gpt-5", "gpt-5"),
    ("openai", "gpt-5.4", "gpt-5.4"),
    ("openai", "o3", "o3"),
    ("openai", "text-embedding-3-small", "text-embedding-3-small"),
    ("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5"),
    ("anthropic", "claude-haiku-4-5", "claude-haiku-4-5"),
    ("gemini", "gemini-2.5-pro", "gemini/gemini-2.5-pro"),
    ("gemini", "gemini-2.5-flash", "gemini/gemini-2.5-flash"),
    ("mistral", "mistral-large-latest", "mistral/mistral-large-latest"),
    ("deepseek", "deepseek-v4-pro", "deepseek/deepseek-v4-pro"),
    ("groq", "llama-3.3-70b-versatile", "groq/llama-3.3-70b-versatile"),
    ("cerebras", "gpt-oss-120b", "cerebras/gpt-oss-120b"),
];

#[test]
fn well_known_prices_are_those_of_the_source() {
    let Some(table) = shared("litellm_model_prices.json") else { return };
    for (kind, model, key) in WELL_KNOWN {
        let price = catalogue().model(kind, model).and_then(|facts| facts.price).expect(model);
        let pairs = [
            ("input_cost_per_token", Some(price.input)),
            ("output_cost_per_token", Some(price.output)),
            ("cache_read_input_token_cost", price.cached_input),
        ];
        for (field, ours) in pairs {
            // 0: a price of no output, or of a part that is not there.
            if let Some(theirs) = table[key][field].as_f64().filter(|theirs| *theirs > 0.0) {
                let ours = ours.unwrap_or_else(|| panic!("{model}: no {field}"));
                assert!((ours - theirs * 1e6).abs() < 1e-6, "{model} {field}: {ours}");
            }
        }
    }
}

/// The same without the source: numbers as they were published on the catalogue's day.
#[test]
fn some_facts_by_hand() {
    let facts = |kind: &str, model: &str| catalogue().model(kind, model).expect(model);
    let price = |kind: &str, model: &str| facts(kind, model).price.expect(model);
    let sonnet = price("anthropic", "claude-sonnet-4-5");
    assert_eq!((sonnet.input, sonnet.output), (3.0, 15.0));
    assert_eq!((sonnet.cached_input, sonnet.cache_write), (Some(0.3), Some(3.75)));
    let gemini = price("gemini", "gemini-2.5-pro");
    assert_eq!((gemini.tier(200_000).input, gemini.tier(200_001).input), (1.25, 2.5));
    let long = price("alibaba", "qwen3-max");
    assert_eq!([32_000, 32_001, 128_001].map(|tokens| long.tier(tokens).input), [1.2, 2.4, 3.0]);
    let by_the_hour = price("deepseek", "deepseek-v4-pro").off_peak.expect("off peak");
    assert_eq!(by_the_hour.price.input, 0.66);
    assert_eq!(price("perplexity", "sonar").request, Some(0.005));
    assert_eq!(price("gemini", "gemini-2.5-flash-image").image_output, Some(30.0));

    let gpt = facts("openai", "gpt-4o");
    assert_eq!((gpt.context_window, gpt.max_output_tokens), (Some(128_000), Some(16_384)));
    assert_eq!(gpt.accepts(Modality::Image), Some(true));
    assert_eq!((gpt.supports(Feature::Tools), gpt.supports(Feature::JsonMode)), (Some(true), None));
    assert_eq!(facts("groq", "llama-3.3-70b-versatile").accepts(Modality::Image), Some(false));
    assert_eq!(facts("openai", "gpt-5-pro").mode, ModelMode::Responses);
    assert_eq!(facts("openai", "text-embedding-3-small").mode, ModelMode::Embedding);
    let ending = facts("anthropic", "claude-sonnet-4-5");
    assert_eq!(ending.deprecation.expect("a day").to_string(), "2026-11-30");
    assert_eq!(catalogue().date(), "2026-11-20");
}

#[test]
fn unknown_is_unknown_and_free_is_zero() {
    for (kind, model) in [
        ("openai", "gpt-no-such"),
        ("openai", "gpt-4o-2099-01-01"),
        ("openai", "gpt-4o-latest"),
        ("openai", "openai/gpt-4o"),
        ("openai", ""),
        ("openai", "zzz"),
        ("openai", "[anthropic]"),
        ("openrouter", "openai/gpt-4o:nitro"),
        ("no-such-kind", "gpt-4o"),
        ("custom", "gpt-4o"),
        ("", ""),
    ] {
        assert_eq!(catalogue().model(kind, model), None, "{kind}/{model}");
    }
    // Sources say 0 of these, and mean that they do not know.
    let unknown = catalogue().model("llama", "llama-3.3-70b-instruct").expect("a model");
    assert_eq!((unknown.price.clone(), unknown.expected_cost(1, 0, 1)), (None, None));
    let mut free = catalogue().models("openrouter").filter(|(name, _)| name.ends_with(":free"));
    let (name, facts) = free.find(|(_, facts)| facts.price.is_some()).expect("a free model");
    assert_eq!(facts.expected_cost(1_000, 0, 1_000), Some(0.0), "{name}");
}

#[test]
fn documented_spellings_are_found_and_no_others() {
    let model = |kind, name| catalogue().model(kind, name);
    assert_eq!(model("gemini", "models/gemini-2.5-pro"), model("gemini", "gemini-2.5-pro"));
    let tuned = model("openai", "ft:gpt-4o-2024-08-06:acme:support:abc").expect("a tuned model");
    assert_eq!(tuned.price.expect("a price").input, 3.75);
    assert_eq!(model("openai", "ft:no-such:acme::abc"), None);
    assert_eq!(model("openai", "models/gpt-4o"), None);
    let profile = model("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0").expect("a model");
    let arn = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    assert_eq!(model("bedrock", arn), Some(profile));
    let arn = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0";
    assert_eq!(model("bedrock", arn), model("bedrock", "amazon.nova-lite-v1:0"));
    assert_eq!(model("bedrock", "arn:aws:bedrock:us-east-1:1:application-inference-profile/x"), None);
    // A model's name with its date has its own row: the older one cost twice as much.
    let dated = |name| model("openai", name).and_then(|facts| facts.price).map(|price| price.input);
    assert_eq!((dated("gpt-4o-2024-05-13"), dated("gpt-4o-2024-08-06")), (Some(5.0), Some(2.5)));
}

#[test]
fn packed_it_stays_small() {
    let mut packed = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(TEXT.as_bytes()).unwrap();
    let size = packed.finish().unwrap().len();
    println!("catalogue: {} bytes, {size} packed", TEXT.len());
    assert!(size < 150_000 && TEXT.len() < 700_000, "{size} of {}", TEXT.len());
}

#[test]
fn the_committed_catalogue_is_the_generated_one() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    if shared("genai_prices.json").is_none() {
        return;
    }
    let made = Command::new("python3")
        .args(["-B", "tools/catalogue/generate.py", "--check"])
        .current_dir(root)
        .output();
    match made {
        Ok(made) => assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr)),
        Err(error) => println!("skipped: python3 cannot be run ({error})"),
    }
}

/// Not a limit: printed for the one who wants to know (`--nocapture`, an optimised build).
#[test]
fn what_a_lookup_takes() {
    let start = std::time::Instant::now();
    let first = catalogue().model("openai", "gpt-4o");
    let loaded = start.elapsed();
    let start = std::time::Instant::now();
    for _ in 0..1_000 {
        assert_eq!(catalogue().model("openrouter", "openai/gpt-4o").is_some(), first.is_some());
    }
    println!("first lookup {loaded:?}, a thousand more {:?}", start.elapsed());
    let body =
        serde_json::json!({ "model": "m", "messages": [{ "role": "user", "content": "word ".repeat(200) }] });
    let request = crate::types::chat::from_value(body).unwrap();
    let start = std::time::Instant::now();
    let total: u64 = (0..1_000).map(|_| estimate_tokens(&request)).sum();
    println!("a thousand estimates of {} tokens {:?}", total / 1_000, start.elapsed());
}
