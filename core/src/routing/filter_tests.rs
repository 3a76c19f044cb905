use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::routing::Member;
use crate::types::routing::RoutingOptions;
use crate::types::routing_trace::RequestRecord;

fn request(record: Value) -> RequestFacts {
    let mut full = json!({ "input_tokens": 10, "expected_output_tokens": 256 });
    full.as_object_mut().unwrap().extend(record.as_object().unwrap().clone());
    RequestFacts::recorded(&serde_json::from_value::<RequestRecord>(full).unwrap())
}

fn target(facts: Value) -> TargetFacts {
    let mut full = json!({ "name": "p/m", "provider": "p" });
    full.as_object_mut().unwrap().extend(facts.as_object().unwrap().clone());
    serde_json::from_value(full).unwrap()
}

#[test]
fn each_filter_says_what_it_is_about() {
    let none = json!({});
    for (facts, asked, expected, words) in [
        (
            json!({ "status": "inactive" }),
            &none,
            json!({ "filter": "status", "status": "inactive" }),
            "inactive",
        ),
        (json!({ "status": "draft" }), &none, json!({ "filter": "status", "status": "draft" }), "by name"),
        (json!({}), &json!({ "provider": "q" }), json!({ "filter": "provider", "wanted": "q" }), "`q`"),
        (
            json!({ "tags": ["a"] }),
            &json!({ "tags": ["a", "b"] }),
            json!({ "filter": "tag", "missing": "b" }),
            "`b`",
        ),
        (
            json!({ "region": "us-east-1" }),
            &json!({ "region": "eu" }),
            json!({ "filter": "region", "wanted": "eu", "region": "us-east-1" }),
            "`us-east-1`",
        ),
        (json!({}), &json!({ "region": "eu" }), json!({ "filter": "region", "wanted": "eu" }), "not known"),
        (
            json!({ "jurisdiction": "us" }),
            &json!({ "residency": ["eu", "ch"] }),
            json!({ "filter": "residency", "allowed": ["eu", "ch"], "jurisdiction": "us" }),
            "allowed: `eu`, `ch`",
        ),
        // Fails closed: nobody says where it is.
        (
            json!({ "region": "eu-west-1" }),
            &json!({ "residency": ["eu"] }),
            json!({ "filter": "residency", "allowed": ["eu"] }),
            "does not say",
        ),
        (
            json!({ "data_policies": ["no_training"] }),
            &json!({ "data_policy": ["zero_retention"] }),
            json!({ "filter": "data_policy", "missing": "zero_retention" }),
            "promise",
        ),
        (
            json!({ "degraded": true }),
            &json!({ "allow_degraded": false }),
            json!({ "filter": "degraded" }),
            "degradation",
        ),
        (
            json!({ "lacks": ["tools", "vision"] }),
            &json!({ "needs": ["streaming", "vision"] }),
            json!({ "filter": "capability", "missing": "vision" }),
            "images",
        ),
        (
            json!({ "context_window": 73 }),
            &json!({ "output_limit": 64 }),
            json!({ "filter": "context_window", "window": 73, "needed": 74 }),
            "74 tokens",
        ),
        (
            json!({ "output_limit": 63 }),
            &json!({ "output_limit": 64 }),
            json!({ "filter": "output_limit", "limit": 63, "wanted": 64 }),
            "63 at most",
        ),
        (
            json!({ "available_from": 1001.0 }),
            &none,
            json!({ "filter": "not_yet", "available_from": 1001.0 }),
            "1001",
        ),
        (
            json!({ "retired_from": 1000.0 }),
            &none,
            json!({ "filter": "retired", "since": 1000.0 }),
            "retired",
        ),
    ] {
        let (target, request) = (target(facts), request(asked.clone()));
        let found = exclusion(&target, &request, 1000.0).unwrap();
        assert_eq!(serde_json::to_value(&found).unwrap(), expected);
        assert!(found.to_string().contains(words), "{found}");
        let table = TargetTable::new(vec![Member { facts: target, tier: 1 }]);
        assert!(survivors(&table, &request, 1000.0).is_empty(), "{found}");
    }
}

#[test]
fn what_is_met_or_unknown_passes() {
    for (facts, asked) in [
        (json!({}), json!({ "needs": ["vision", "tools"], "output_limit": 1_000_000 })),
        (json!({ "status": "draft" }), json!({ "provider": "p" })),
        (json!({ "context_window": 74, "output_limit": 64 }), json!({ "output_limit": 64 })),
        (json!({ "available_from": 1000.0, "retired_from": 1000.5 }), json!({})),
        (json!({ "degraded": true }), json!({ "allow_degraded": true })),
        (json!({ "jurisdiction": "ch", "region": "r" }), json!({ "residency": ["eu", "ch"], "region": "r" })),
        (
            json!({ "tags": ["a", "b", "c"], "data_policies": ["d"] }),
            json!({ "tags": ["c", "a"], "data_policy": ["d"] }),
        ),
    ] {
        let (target, request) = (target(facts), request(asked));
        assert_eq!(exclusion(&target, &request, 1000.0), None, "{target:?}");
        let table = TargetTable::new(vec![Member { facts: target, tier: 1 }]);
        assert_eq!(survivors(&table, &request, 1000.0).count(), 1);
    }
}

fn some_of(names: &'static [&'static str]) -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(names, 0..=names.len())
        .prop_map(|names| names.into_iter().map(Into::into).collect())
}

fn one_of(names: &'static [&'static str]) -> impl Strategy<Value = Option<String>> {
    prop::option::of(prop::sample::select(names).prop_map(Into::into))
}

fn capabilities() -> impl Strategy<Value = crate::types::routing::Capabilities> {
    prop::sample::subsequence(&Capability::ALL, 0..4).prop_map(|all| all.into_iter().collect())
}

fn any_target() -> impl Strategy<Value = TargetFacts> {
    let status = prop::sample::select(&[
        ProviderStatus::Active,
        ProviderStatus::Active,
        ProviderStatus::Draft,
        ProviderStatus::Inactive,
    ]);
    let limits = (prop::option::of(10..200_u64), prop::option::of(10..200_u64));
    let dates = (prop::option::of(990.0..1010.0), prop::option::of(990.0..1010.0));
    let names = (one_of(&["p", "q"]), some_of(&["a", "b"]), one_of(&["x", "y"]), one_of(&["eu", "us"]));
    let rest = (dates, prop::bool::ANY);
    (status, names, some_of(&["d", "e"]), capabilities(), limits, rest).prop_map(
        |(
            status,
            (provider, tags, region, jurisdiction),
            data_policies,
            lacks,
            limits,
            (dates, degraded),
        )| TargetFacts {
            name: String::new(),
            provider: provider.unwrap_or_default(),
            status,
            tags,
            region,
            jurisdiction,
            data_policies,
            lacks,
            context_window: limits.0,
            output_limit: limits.1,
            degraded,
            available_from: dates.0,
            retired_from: dates.1,
        },
    )
}

fn any_request() -> impl Strategy<Value = RequestFacts> {
    let options = (
        one_of(&["p", "q", "r"]),
        some_of(&["a", "c"]),
        one_of(&["x", "z"]),
        prop::option::of(some_of(&["eu", "ch"])),
        some_of(&["d"]),
        prop::option::of(prop::bool::ANY),
    );
    (options, capabilities(), 0..100_u64, prop::option::of(0..150_u64)).prop_map(
        |(
            (provider, tags, region, residency, data_policy, allow_degraded),
            needs,
            input_tokens,
            output_limit,
        )| {
            let mut request = RequestFacts::default();
            (request.needs, request.input_tokens, request.output_limit) = (needs, input_tokens, output_limit);
            request.options = Arc::new(RoutingOptions {
                provider,
                tags,
                region,
                residency,
                data_policy,
                allow_degraded,
                ..RoutingOptions::default()
            });
            request
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// The columns leave exactly those that no filter excludes by itself.
    #[test]
    fn columns_and_definition_agree(
        targets in prop::collection::vec(any_target(), 0..90),
        request in any_request(),
    ) {
        let members = targets.iter().map(|facts| Member { facts: facts.clone(), tier: 1 }).collect();
        let left: Vec<u32> = survivors(&TargetTable::new(members), &request, 1000.0).iter().collect();
        let defined: Vec<u32> = (0..)
            .zip(&targets)
            .filter(|(_, target)| exclusion(target, &request, 1000.0).is_none())
            .map(|(index, _)| index)
            .collect();
        prop_assert_eq!(left, defined);
    }
}
