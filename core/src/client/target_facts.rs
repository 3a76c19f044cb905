//! What filters are told of a target: the user's words and the catalogue's.

use std::sync::Arc;

use super::Target;
use super::route::RouteTarget;
use crate::dialects::{DialectName, dialect, messages, responses};
use crate::providers::Provider;
use crate::routing::{Member, TargetTable};
use crate::types::model::{Feature, Modality};
use crate::types::operation::Operation;
use crate::types::routing::{Capabilities, Capability, TargetFacts};

/// The targets as filters see them.
pub(super) fn table(targets: &[Arc<RouteTarget>], tiers: &[u32]) -> TargetTable {
    let members = targets.iter().zip(tiers);
    TargetTable::new(members.map(|(target, tier)| Member { facts: facts(target), tier: *tier }).collect())
}

/// What filters look at. A day of retirement is not among it: catalogues say
/// such days of models that go on answering.
fn facts(target: &RouteTarget) -> TargetFacts {
    TargetFacts {
        lacks: lacks(target),
        context_window: target.facts.context_window,
        output_limit: target.facts.max_output_tokens,
        degraded: target.degraded,
        ..declared(&target.target)
    }
}

/// What of it the user declares of the provider.
pub(super) fn declared(target: &Target) -> TargetFacts {
    let Provider { name, status, tags, region, jurisdiction, data_policies, .. } = &*target.provider;
    TargetFacts {
        name: target.name(),
        provider: name.clone(),
        status: *status,
        tags: tags.clone(),
        region: region.clone(),
        jurisdiction: jurisdiction.clone(),
        data_policies: data_policies.clone(),
        ..TargetFacts::default()
    }
}

fn lacks(target: &RouteTarget) -> Capabilities {
    let (facts, provider) = (&target.facts, &target.target.provider);
    let wire = provider.dialect_of(&target.target.model);
    let features = [
        (Capability::Tools, Feature::Tools),
        (Capability::ParallelTools, Feature::ParallelTools),
        (Capability::JsonSchema, Feature::JsonSchema),
        (Capability::JsonMode, Feature::JsonMode),
        (Capability::Reasoning, Feature::Reasoning),
        (Capability::Streaming, Feature::Streaming),
    ];
    let inputs = [
        (Capability::Vision, Modality::Image),
        (Capability::Document, Modality::Document),
        (Capability::AudioInput, Modality::Audio),
        (Capability::Video, Modality::Video),
    ];
    // Where a wire has texts of documents, every model reads them; elsewhere a file is a file.
    let text =
        (!dialect(wire).says_text_documents()).then_some((Capability::TextDocument, Modality::Document));
    let outputs = [(Capability::AudioOutput, Modality::Audio), (Capability::ImageOutput, Modality::Image)];
    features
        .into_iter()
        .map(|(capability, feature)| (capability, facts.supports(feature)))
        .chain(
            inputs
                .into_iter()
                .chain(text)
                .map(|(capability, modality)| (capability, facts.accepts(modality))),
        )
        .chain(outputs.into_iter().map(|(capability, modality)| (capability, facts.produces(modality))))
        .filter(|(_, had)| *had == Some(false))
        .map(|(capability, _)| capability)
        .chain(
            Operation::ALL
                .into_iter()
                // Whoever chats can answer it; see `Capability::NativeResponses`.
                .filter(|one| ![Operation::Responses, Operation::Messages].contains(one))
                .filter(|one| match (*one, target.target.service()) {
                    (Operation::Service, service) => service.is_none(),
                    (_, Some(_)) => true,
                    (one, None) => !serves(provider, wire, one) || facts.mode.excludes(one),
                })
                .map(Operation::capability),
        )
        .chain((!responses::is_native(wire, &provider.quirks)).then_some(Capability::NativeResponses))
        .chain((!messages::is_native(wire, &provider.quirks)).then_some(Capability::NativeMessages))
        .collect()
}

/// Whether a wire of a provider has an operation and, as far as is known, its service too.
pub(super) fn serves(provider: &Provider, wire: DialectName, operation: Operation) -> bool {
    provider.has_models() && provider.quirks.serves(dialect(wire).operations(), operation)
}
