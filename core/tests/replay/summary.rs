//! What was replayed and what was not: every case is one or the other, and
//! enough are replayed that the suite cannot pass by finding nothing.

use std::collections::{BTreeMap, BTreeSet};

use crate::cases::{self, Wire};
use crate::{batches, counts, left_out, media, models, operations, responses, wires};

#[test]
fn every_case_of_our_wires_is_replayed_or_listed_with_a_reason() {
    let Some(all) = cases::all() else { return };
    let replayed: BTreeSet<&str> =
        cases::replayed().iter().map(|(_, exchange, _)| exchange.name.as_str()).collect();
    let mut findings = Vec::new();
    for case in all {
        let names = || case.exchanges.iter().map(|exchange| exchange.name.as_str());
        let ours = wires::OURS.contains(&case.api.as_str());
        let apis =
            [operations::APIS, models::APIS, counts::APIS, media::APIS, responses::APIS, batches::APIS]
                .concat();
        let left_out =
            [operations::LEFT_OUT, models::LEFT_OUT, media::LEFT_OUT, responses::LEFT_OUT, batches::LEFT_OUT]
                .concat();
        let operation = apis.contains(&case.api.as_str()) || left_out.iter().any(|(api, _)| *api == case.api);
        if !ours && !operation && !wires::OTHERS.contains(&case.api.as_str()) {
            findings.push(format!("{}: the api {} is in no list of wires", case.name, case.api));
        }
        if !ours && names().any(|name| replayed.contains(name)) {
            findings
                .push(format!("{}: is replayed, though {} is listed as another wire", case.name, case.api));
        }
        for name in names().filter(|_| ours) {
            if !replayed.contains(name) && left_out::reason(name).is_none() {
                findings.push(format!("{name}: neither replayed nor listed"));
            }
        }
    }
    for api in wires::OTHERS.iter().filter(|api| wires::why(api).is_none()) {
        findings.push(format!("{api}: listed as another wire without a reason"));
    }
    for (name, _) in left_out::CASES {
        let known = all
            .iter()
            .any(|case| case.name == *name || case.exchanges.iter().any(|exchange| exchange.name == *name));
        if !known {
            findings.push(format!("{name}: listed as left out, but there is no such case"));
        }
    }
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn what_was_replayed() {
    if cases::all().is_none() {
        return;
    }
    let mut counts: BTreeMap<(Wire, &str), (BTreeSet<&str>, usize)> = BTreeMap::new();
    for (case, exchange, wire) in cases::replayed() {
        let _ = exchange;
        let entry = counts.entry((wire, case.provider.as_str())).or_default();
        entry.0.insert(&case.name);
        entry.1 += 1;
    }
    let mut lines = Vec::new();
    for wire in Wire::ALL {
        let of_wire = || counts.iter().filter(move |((of, _), _)| *of == wire);
        let cases: usize = of_wire().map(|(_, (cases, _))| cases.len()).sum();
        let exchanges: usize = of_wire().map(|(_, (_, exchanges))| exchanges).sum();
        lines.push(format!("{} {cases} cases ({exchanges} exchanges)", wire.name()));
    }
    println!("replayed: {}; left out: {}", lines.join(", "), left_out::CASES.len());
    for ((wire, provider), (cases, exchanges)) in &counts {
        println!("  {} through {provider}: {} cases ({exchanges} exchanges)", wire.name(), cases.len());
    }
    let others = of_other_operations();
    let (cases, exchanges) =
        others.values().fold((0, 0), |sum, (cases, exchanges)| (sum.0 + cases, sum.1 + exchanges));
    println!("replayed of other operations: {cases} cases ({exchanges} exchanges)");
    for (api, (cases, exchanges)) in &others {
        println!("  {api}: {cases} cases ({exchanges} exchanges)");
    }
    println!("replayed as messages too: the cases of the anthropic wire");
    for (name, reason) in left_out::CASES {
        println!("  left out: {name}: {reason}");
    }
    let mut unplayed: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for case in cases::all().unwrap_or_default() {
        if let Some(reason) = wires::why(&case.api).filter(|_| wires::OTHERS.contains(&case.api.as_str())) {
            *unplayed.entry(reason).or_default().entry(&case.api).or_default() += 1;
        }
    }
    for (reason, apis) in &unplayed {
        let apis: Vec<_> = apis.iter().map(|(api, cases)| format!("{api} {cases}")).collect();
        println!("  not replayed: {reason}: {}", apis.join(", "));
    }
    let left_out =
        [operations::LEFT_OUT, models::LEFT_OUT, media::LEFT_OUT, responses::LEFT_OUT, batches::LEFT_OUT];
    for (api, reason) in left_out.into_iter().flatten() {
        println!("  left out: {api}: {reason}");
    }
    for (wire, provider, least) in LEAST {
        let found = counts.get(&(*wire, *provider)).map_or(0, |(cases, _)| cases.len());
        assert!(found >= *least, "{} through {provider}: {found} cases, at least {least}", wire.name());
    }
    for (api, least) in LEAST_OF_OTHER_OPERATIONS.iter().chain(responses::LEAST) {
        let found = others.get(api).map_or(0, |(cases, _)| *cases);
        assert!(found >= *least, "{api}: {found} cases, at least {least}");
    }
}

/// The cases and exchanges of each api whose operation is no chat.
fn of_other_operations() -> BTreeMap<&'static str, (usize, usize)> {
    let mut counts = BTreeMap::new();
    let all = [operations::APIS, models::APIS, counts::APIS, media::APIS, responses::APIS, batches::APIS];
    for api in all.into_iter().flatten() {
        let cases = cases::all().unwrap_or_default().iter().filter(|case| case.api == *api);
        let exchanges: Vec<usize> = cases.map(|case| case.exchanges.len()).collect();
        counts.insert(*api, (exchanges.len(), exchanges.iter().sum()));
    }
    counts
}

/// The least number of cases by wire and provider.
const LEAST: &[(Wire, &str, usize)] = &[
    (Wire::OpenAi, "avian", 1),
    (Wire::OpenAi, "azure", 14),
    (Wire::OpenAi, "bedrock", 1),
    (Wire::OpenAi, "cerebras", 3),
    (Wire::OpenAi, "copilot", 2),
    (Wire::OpenAi, "crusoe", 1),
    (Wire::OpenAi, "deepseek", 12),
    (Wire::OpenAi, "doubleword", 3),
    (Wire::OpenAi, "gemini", 1),
    (Wire::OpenAi, "groq", 17),
    (Wire::OpenAi, "heroku", 1),
    (Wire::OpenAi, "huggingface", 12),
    (Wire::OpenAi, "llamacpp", 7),
    (Wire::OpenAi, "mistral", 17),
    (Wire::OpenAi, "mistralrs", 1),
    (Wire::OpenAi, "ollama", 3),
    (Wire::OpenAi, "openai", 26),
    (Wire::OpenAi, "openrouter", 19),
    (Wire::OpenAi, "perplexity", 4),
    (Wire::OpenAi, "snowflake", 1),
    (Wire::OpenAi, "together", 4),
    (Wire::OpenAi, "venice", 3),
    (Wire::OpenAi, "vercel_gateway", 5),
    (Wire::OpenAi, "writer", 1),
    (Wire::OpenAi, "xai", 8),
    (Wire::OpenAi, "zai", 3),
    (Wire::Anthropic, "anthropic", 35),
    (Wire::Anthropic, "bedrock", 4),
    (Wire::Anthropic, "vertex", 6),
    (Wire::Gemini, "gemini", 34),
    (Wire::Gemini, "vertex", 18),
    (Wire::Bedrock, "bedrock", 33),
    (Wire::Cohere, "cohere", 15),
    (Wire::Ollama, "ollama", 9),
];

/// The least number of cases by api of the other operations.
const LEAST_OF_OTHER_OPERATIONS: &[(&str, usize)] = &[
    ("llamacpp.audio_transcription", 1),
    ("openai.audio_speech", 2),
    ("openai.audio_transcription", 2),
    ("openai.audio_translation", 1),
    ("openai.images", 5),
    ("openai.moderations", 2),
    ("venice.audio_speech", 1),
    ("venice.audio_transcription", 1),
    ("xai.images", 1),
    ("openrouter.audio_transcription", 1),
    ("venice.image_generate", 1),
    ("anthropic.models", 1),
    ("azure.embeddings", 1),
    ("cerebras.models", 1),
    ("cohere.embed", 3),
    ("cohere.rerank", 3),
    ("cohere.v1.rerank", 2),
    ("copilot.embeddings", 1),
    ("deepseek.models", 1),
    ("doubleword.embeddings", 2),
    ("gemini.batchEmbedContents", 2),
    ("gemini.embedContent", 1),
    ("gemini.models", 1),
    ("groq.models", 1),
    ("llamacpp.embeddings", 2),
    ("llamacpp.models", 1),
    ("llamacpp.rerank", 2),
    ("mistral.embeddings", 2),
    ("mistral.models", 1),
    ("openai.embeddings", 5),
    ("openrouter.embeddings", 1),
    ("openrouter.models", 1),
    ("venice.embeddings", 1),
    ("vertex.embedContent", 1),
    ("voyage.embeddings", 2),
    ("voyage.rerank", 1),
];
