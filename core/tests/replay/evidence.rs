//! What the recordings show to work, kind by kind: `core/data/evidence/recording.toml`.
//!
//! A case counts for a kind whose wire is the one it was recorded on, where all of its exchanges succeeded:
//! its features are those that its publisher's recording was found to have (the recordings' own README).
//! After a change of the recordings or the kinds: `UPDATE_SNAPSHOTS=1 cargo test -p roocode-core --test replay`.

#[path = "../support/evidence.rs"]
mod evidence_file;

use std::collections::{BTreeMap, BTreeSet};

use roocode::providers::Kinds;
use roocode::types::operation::Operation;

use crate::cases::{self, Case, Exchange, Wire};
use crate::{batches, counts, left_out, media, models, operations, responses};

/// Recorded services whose kind has another name.
const KINDS: [(&str, &str); 2] = [("vercel_gateway", "vercel_ai_gateway"), ("zai", "zai_coding_plan")];

/// A feature of the recordings and ours.
const FEATURES: [(&str, &str); 14] = [
    ("stream", "streaming"),
    ("tools", "tools"),
    ("parallel_tools", "parallel_tools"),
    ("vision", "vision"),
    ("document", "document"),
    ("audio_in", "audio_input"),
    ("json_schema", "json_schema"),
    ("json_object", "json_mode"),
    ("reasoning", "reasoning"),
    ("logprobs", "logprobs"),
    ("n", "n"),
    ("seed", "seed"),
    ("prompt_cache", "prompt_caching"),
    ("citations", "citations"),
];

/// What a replayed exchange asks of which kind, where it is one of ours.
fn shown(case: &Case, exchange: &Exchange, kinds: &Kinds) -> Option<(String, Vec<Operation>)> {
    let named = KINDS.iter().find(|(recorded, _)| *recorded == case.provider).map(|(_, kind)| *kind);
    let kind = named.unwrap_or(&case.provider);
    // AWS's endpoint of OpenAI's wire is a kind of its own.
    let kind = if case.api.starts_with("bedrock.mantle_") { "bedrock_mantle" } else { kind };
    let row = kinds.get(kind)?;
    let operation = match exchange.wire {
        // Vertex AI has a wire for each maker.
        Some(wire) if wire.name() == row.dialect.as_str() || kind == "vertex" => {
            let as_messages = (wire == Wire::Anthropic).then_some(Operation::Messages);
            return Some((kind.to_owned(), [Operation::Chat].into_iter().chain(as_messages).collect()));
        }
        Some(_) => return None,
        None if models::APIS.contains(&case.api.as_str()) => Operation::Models,
        None if batches::APIS.contains(&case.api.as_str()) => batches::OPERATION,
        None if counts::APIS.contains(&case.api.as_str()) => counts::spoken(exchange).1,
        None if media::APIS.contains(&case.api.as_str()) => media::operation(exchange),
        None if responses::APIS.contains(&case.api.as_str()) => Operation::Responses,
        None if operations::APIS.contains(&case.api.as_str()) => operations::spoken(exchange).1,
        None => return None,
    };
    Some((kind.to_owned(), vec![operation]))
}

#[test]
fn the_marks_of_the_recordings_are_what_was_replayed() {
    let Some(all) = cases::all() else { return };
    let kinds = Kinds::built_in().unwrap();
    let mut seen: BTreeMap<String, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for case in all {
        let replayed = |exchange: &&Exchange| left_out::reason(&exchange.name).is_none();
        let of_case: Vec<_> = case.exchanges.iter().filter(replayed).collect();
        let succeeded = of_case.iter().filter(|exchange| exchange.status.is_success());
        let shown = succeeded.filter_map(|exchange| shown(case, exchange, &kinds));
        let shown =
            shown.flat_map(|(kind, all)| all.into_iter().map(move |operation| (kind.clone(), operation)));
        for (kind, operation) in shown {
            let features = seen.entry(kind).or_default().entry(operation.as_str()).or_default();
            // A feature of a case may be that of the exchange which failed.
            if operation == Operation::Chat && of_case.iter().all(|exchange| exchange.status.is_success()) {
                let recorded = case.features.iter();
                features.extend(recorded.filter_map(|feature| {
                    FEATURES.iter().find(|(recorded, _)| recorded == feature).map(|(_, ours)| *ours)
                }));
            }
        }
    }
    let written_by =
        "What the replay of recorded traffic shows to work. Written by core/tests/replay/evidence.rs.";
    evidence_file::settle("recording", written_by, &seen);
}
