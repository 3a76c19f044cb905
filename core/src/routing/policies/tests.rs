//! What each strategy takes, exactly, under fixed seeds.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::Strategy;
use super::*;
use crate::routing::plain::PlainTargets;
use crate::types::routing::TargetFacts;
use crate::types::routing_trace::{RequestRecord, Term as T};

fn strategy(config: Value) -> Strategy {
    Strategy::new(StrategyConfig::from_value("strategy", config).unwrap())
}

/// Targets named `a`, `b`, … with one column of values for each term.
fn targets(count: usize, columns: &[(T, &[f64])]) -> PlainTargets {
    let facts: Vec<TargetFacts> = (0..count)
        .map(|index| TargetFacts { name: format!("target {index}"), ..TargetFacts::default() })
        .collect();
    let mut targets = PlainTargets::new(&facts);
    for (term, values) in columns {
        (0..).zip(*values).for_each(|(index, value)| targets.set(index, *term, *value));
    }
    targets
}

fn request() -> RequestFacts {
    RequestFacts::recorded(&RequestRecord { expected_output_tokens: 100, ..RequestRecord::default() })
}

fn keyed(key: u64) -> RequestFacts {
    RequestFacts::recorded(&RequestRecord { session_key: Some(key), ..RequestRecord::default() })
}

fn rank_for(config: Value, targets: &PlainTargets, request: &RequestFacts, seed: u64) -> Vec<Pick> {
    let (strategy, mut draw) = (strategy(config), Draw::seeded(seed));
    let all: Vec<u32> = (0..targets.count() as u32).collect();
    let mut ranking = Ranking::new(all.clone(), all.into_iter().collect());
    std::iter::from_fn(|| ranking.next(&strategy, targets, request, &mut draw)).collect()
}

fn rank(config: Value, targets: &PlainTargets) -> Vec<(u32, Why)> {
    rank_for(config, targets, &request(), 1).iter().map(|pick| (pick.index, pick.why)).collect()
}

fn order(config: Value, targets: &PlainTargets) -> Vec<u32> {
    rank(config, targets).into_iter().map(|(index, _)| index).collect()
}

/// How often each is taken first, over many seeds.
fn shares(config: Value, targets: &PlainTargets, request: &RequestFacts) -> Vec<f64> {
    let strategy = strategy(config);
    let all: Vec<u32> = (0..targets.count() as u32).collect();
    let mut counts = vec![0.0; all.len()];
    let eligible = all.iter().copied().collect();
    for seed in 0..20_000 {
        let choice = Choice { targets, left: &all, eligible: &eligible, request };
        counts[strategy.pick(choice, &mut Draw::seeded(seed)).unwrap().index as usize] += 1.0 / 20_000.0;
    }
    counts
}

const UNKNOWN: f64 = f64::NAN;

#[test]
fn priority_keeps_the_declared_order() {
    assert_eq!(order(json!("priority"), &targets(4, &[(T::Weight, &[1.0, 9.0])])), [0, 1, 2, 3]);
}

#[test]
fn turns_follow_credit() {
    let owed = targets(3, &[(T::Credit, &[-1.0, 0.5, 0.0])]);
    assert_eq!(order(json!("round_robin"), &owed), [1, 2, 0]);
    // Due at (8 − owed) / weight, owed with its weight: 7/3, 4.5/3, 5/2; then (5 − owed) / weight: 4/3, 2/2.
    let weighted = targets(3, &[(T::Weight, &[3.0, 3.0, 2.0]), (T::Credit, &[-2.0, 0.5, 1.0])]);
    assert_eq!(order(json!("weighted"), &weighted), [1, 2, 0]);
}

#[test]
fn turns_go_round_where_credits_are_kept() {
    let kept = targets(3, &[(T::Weight, &[2.0, 1.0, 1.0])]).with_credits();
    let turns = |config: &str| {
        let (strategy, request) = (strategy(json!(config)), request());
        let choice =
            Choice { targets: &kept, left: &[0, 1, 2], eligible: &TargetSet::all(3), request: &request };
        (0..8).map(|_| strategy.pick(choice, &mut Draw::seeded(0)).unwrap().index).collect::<Vec<_>>()
    };
    assert_eq!(turns("weighted"), [0, 1, 0, 2, 0, 1, 0, 2]);
    assert_eq!(turns("round_robin"), [0, 1, 2, 0, 1, 2, 0, 1]);
}

#[test]
fn random_draws_alike_or_by_weight() {
    let weighted = targets(3, &[(T::Weight, &[1.0, 3.0, 0.0])]);
    let even = shares(json!("random"), &weighted, &request());
    assert!(even.iter().all(|share| (share - 1.0 / 3.0).abs() < 0.01), "{even:?}");
    let by_weight = shares(json!({ "type": "random", "weighted": true }), &weighted, &request());
    assert!((by_weight[1] - 0.75).abs() < 0.01 && by_weight[2] == 0.0, "{by_weight:?}");
    assert_eq!(rank(json!({ "type": "random", "weighted": true }), &weighted)[2], (2, Why::Only));
}

#[test]
fn least_latency_counts_what_waits_there() {
    // (0.2 + 100 × 0.01) × 1 = 1.2; (0.5 + 100 × 0.002) × 2 = 1.4; (0.1 + 100 × 0.02) × 1 = 2.1.
    let timed = targets(
        3,
        &[
            (T::FirstTokenSeconds, &[0.2, 0.5, 0.1]),
            (T::TokenSeconds, &[0.01, 0.002, 0.02]),
            (T::InFlight, &[0.0, 1.0, 0.0]),
        ],
    );
    let picks = rank_for(json!("least_latency"), &timed, &request(), 1);
    assert_eq!(picks.iter().map(|pick| pick.index).collect::<Vec<_>>(), [0, 1, 2]);
    assert!((picks[0].score - 1.2).abs() < 1e-12 && picks[0].why == Why::Best);
}

#[test]
fn least_latency_tries_the_unknown_as_far_as_it_is_free() {
    let with = |in_flight: &[f64]| {
        targets(
            3,
            &[
                (T::FirstTokenSeconds, &[1.0, UNKNOWN, 3.0]),
                (T::TokenSeconds, &[0.0, UNKNOWN, 0.0]),
                (T::InFlight, in_flight),
            ],
        )
    };
    assert_eq!(rank(json!("least_latency"), &with(&[1.0, 0.0, 0.0]))[0], (1, Why::Best));
    assert_eq!(order(json!("least_latency"), &with(&[0.0, 1.0, 0.0])), [0, 2, 1]);
    let unknown = targets(3, &[(T::InFlight, &[2.0, 1.0, 0.0])]);
    assert_eq!(order(json!("least_latency"), &unknown), [2, 1, 0]);
}

#[test]
fn least_latency_compares_two_of_many() {
    // Target i takes i seconds: it is taken in 2 of n(n−1) pairs for each slower one.
    let seconds: Vec<f64> = (0..10).map(|index| 1.0 + f64::from(index)).collect();
    let timed = targets(10, &[(T::FirstTokenSeconds, &seconds), (T::TokenSeconds, &[0.0; 10])]);
    let two = shares(json!("least_latency"), &timed, &request());
    for (index, share) in two.iter().enumerate() {
        assert!((share - 2.0 * (9 - index) as f64 / 90.0).abs() < 0.01, "{two:?}");
    }
    let four = shares(json!({ "type": "least_latency", "choices": 4 }), &timed, &request());
    assert!((four[0] - 0.4).abs() < 0.015 && four[7..] == [0.0; 3], "{four:?}");
}

#[test]
fn equals_are_drawn_evenly() {
    let busy = targets(4, &[(T::InFlight, &[1.0, 0.0, 0.0, 0.0])]);
    let even = shares(json!("least_busy"), &busy, &request());
    assert!(even[0] == 0.0 && even[1..].iter().all(|share| (share - 1.0 / 3.0).abs() < 0.01), "{even:?}");
    assert_eq!(rank(json!("least_busy"), &busy)[0].1, Why::Tie);
    assert_eq!(rank(json!("least_busy"), &busy)[3], (0, Why::Only));
}

#[test]
fn an_unknown_price_comes_last_and_says_so() {
    let priced = targets(5, &[(T::ExpectedCostUsd, &[0.03, UNKNOWN, 0.0, 0.01, UNKNOWN])]);
    let ranked = rank(json!("cheapest"), &priced);
    assert_eq!(ranked[..4], [(2, Why::Best), (3, Why::Best), (0, Why::Best), (4, Why::Unknown)]);
}

#[test]
fn fastest_output_is_most_tokens_per_second() {
    let measured = targets(4, &[(T::OutputTokensPerSecond, &[UNKNOWN, 40.0, 90.0, 60.0])]);
    let picks = rank_for(json!("fastest_output"), &measured, &request(), 1);
    assert_eq!(picks.iter().map(|pick| pick.index).collect::<Vec<_>>(), [2, 3, 1, 0]);
    assert_eq!(picks[0].score, 90.0);
    // Within a third of the fastest: `then` chooses.
    let then = json!({ "type": "fastest_output", "tolerance": 0.34, "then": "priority" });
    assert_eq!(order(then, &measured), [2, 1, 3, 0]);
}

#[test]
fn balanced_weighs_each_aspect_against_the_best() {
    let known = targets(
        3,
        &[
            (T::ExpectedCostUsd, &[0.01, 0.04, UNKNOWN]),
            (T::FirstTokenSeconds, &[2.0, 1.0, UNKNOWN]),
            (T::TokenSeconds, &[0.0, 0.0, 0.0]),
            (T::Quality, &[0.5, 1.0, UNKNOWN]),
            (T::SuccessRate, &[0.9, 1.0, UNKNOWN]),
        ],
    );
    let score = |config: Value| {
        let mut picks = rank_for(config, &known, &request(), 1);
        picks.truncate(1);
        (picks[0].index, picks[0].score)
    };
    // Cost 1, 1/4, 1/4; latency 1/2, 1, 1; quality 1/2, 1, 1/2; health 0.9, 1, 1.
    assert_eq!(score(json!("balanced")), (1, (0.25 + 1.0 + 1.0 + 1.0) / 4.0));
    let cost = json!({ "type": "balanced", "latency": 0, "quality": 0, "health": 0 });
    assert_eq!(score(cost), (0, 1.0));
    let (index, value) =
        score(json!({ "type": "balanced", "cost": 4, "latency": 1, "quality": 0, "health": 0 }));
    assert!(index == 0 && (value - 0.9).abs() < 1e-12, "{index} {value}");
    let free = targets(2, &[(T::ExpectedCostUsd, &[0.0, 0.1])]);
    assert_eq!(rank(json!("balanced"), &free)[0], (0, Why::Best));
}

#[test]
fn balanced_still_compares_the_others_beside_a_target_of_which_no_time_is_expected() {
    let seconds = [2.0, 1.0, 0.0];
    let costs = (T::ExpectedCostUsd, &[1.0, 1.0, 100.0][..]);
    let known = targets(3, &[costs, (T::FirstTokenSeconds, &seconds), (T::TokenSeconds, &[0.0; 3])]);
    assert_eq!(order(json!("balanced"), &known), [1, 0, 2], "costly, though new");
    let alone = json!({ "type": "balanced", "cost": 0, "quality": 0, "health": 0 });
    let busy = targets(
        3,
        &[(T::FirstTokenSeconds, &seconds), (T::TokenSeconds, &[0.0; 3]), (T::InFlight, &[0.0, 1.0, 0.0])],
    );
    assert_eq!(order(alone, &busy)[0], 2, "as fast as the fastest, and idle");
}

#[test]
fn region_goes_by_declared_order_or_round_trip() {
    let facts = ["us", "eu", "", "ap", "eu"].map(|region| TargetFacts {
        region: (!region.is_empty()).then(|| region.to_owned()),
        ..TargetFacts::default()
    });
    let mut placed = PlainTargets::new(&facts);
    let config = json!({ "type": "region", "order": ["eu", "us"], "then": "priority" });
    assert_eq!(order(config, &placed), [1, 4, 0, 3, 2]);
    (0..)
        .zip([0.1, 0.03, 0.2, UNKNOWN, 0.031])
        .for_each(|(index, trip)| placed.set(index, T::RoundTripSeconds, trip));
    assert_eq!(order(json!("region"), &placed), [1, 4, 0, 2, 3]);
    let within = json!({ "type": "region", "tolerance": 0.1, "then": { "type": "least_busy" } });
    placed.set(1, T::InFlight, 1.0);
    assert_eq!(order(within, &placed), [4, 1, 0, 2, 3]);
}

#[test]
fn sticky_keeps_a_key_where_it_is_while_others_come_and_go() {
    let (strategy, all) = (strategy(json!("sticky")), targets(10, &[]));
    let home = |left: &[u32], key| {
        let request = keyed(key);
        let eligible = left.iter().copied().collect();
        let choice = Choice { targets: &all, left, eligible: &eligible, request: &request };
        strategy.pick(choice, &mut Draw::seeded(0)).unwrap().index
    };
    let ten: Vec<u32> = (0..10).collect();
    let without_3: Vec<u32> = (0..10).filter(|index| *index != 3).collect();
    let mut moved = 0;
    for key in 0..2_000 {
        let (before, after) = (home(&ten, key), home(&without_3, key));
        moved += u32::from(before == 3);
        assert!(before == 3 || before == after);
    }
    assert!((160..240).contains(&moved), "{moved}");
}

#[test]
fn sticky_shares_keys_by_weight() {
    let weighted = targets(3, &[(T::Weight, &[1.0, 2.0, 5.0]), (T::InFlight, &[0.0; 3])]);
    let mut counts = [0.0_f64; 3];
    for key in 0..20_000 {
        let pick =
            rank_for(json!({ "type": "sticky", "bounded_load": 1e9 }), &weighted, &keyed(mix_of(key)), 0)[0];
        assert_eq!(pick.why, Why::Home);
        counts[pick.index as usize] += 1.0 / 20_000.0;
    }
    for (share, wanted) in counts.into_iter().zip([0.125, 0.25, 0.625]) {
        assert!((share - wanted).abs() < 0.01, "{counts:?}");
    }
}

fn mix_of(key: u64) -> u64 {
    stable_hash(&key.to_le_bytes(), 0)
}

#[test]
fn sticky_passes_over_what_has_too_much_to_do() {
    let ranked = rank_for(json!("sticky"), &targets(4, &[]), &keyed(7), 0);
    let [home, next] = [ranked[0].index, ranked[1].index];
    assert_eq!((ranked[0].why, ranked[1].why), (Why::Home, Why::NextHome));
    // Fair is (7 + 1) / 4 = 2; with a quarter more, rounded up, 3 are allowed.
    let busy = |at_home: f64| {
        let mut busy = targets(4, &[(T::InFlight, &[2.0; 4])]);
        busy.set(home, T::InFlight, at_home);
        busy.set((home + 1) % 4, T::InFlight, 7.0 - 4.0 - at_home);
        rank_for(json!("sticky"), &busy, &keyed(7), 0)[0]
    };
    assert_eq!((busy(2.0).index, busy(2.0).why), (home, Why::Home));
    assert_ne!(busy(3.0).index, home);
    assert_eq!(busy(3.0).why, Why::NextHome);
    // With `then`, it decides once the key's own target is out.
    let then = rank_for(json!({ "type": "sticky", "then": "priority" }), &targets(4, &[]), &keyed(7), 0);
    let rest: Vec<u32> = (0..4).filter(|index| *index != home).collect();
    assert_eq!(then.iter().skip(1).map(|pick| pick.index).collect::<Vec<_>>(), rest);
    assert_eq!(then[1].by, StrategyName::Priority);
    assert_ne!(next, home);
}

#[test]
fn sticky_without_a_key_leaves_it_to_chance() {
    let even = shares(json!({ "type": "sticky", "key": "prompt" }), &targets(2, &[]), &keyed(7));
    assert!((even[0] - 0.5).abs() < 0.01);
    assert_eq!(rank(json!("sticky"), &targets(2, &[]))[0].1, Why::Unknown);
}

#[test]
fn the_bandit_takes_what_is_probably_best() {
    let learned =
        targets(3, &[(T::RewardMean, &[0.9, 0.5, UNKNOWN]), (T::RewardCount, &[9.0, 9.0, UNKNOWN])]);
    let seen = shares(json!("bandit"), &learned, &request());
    let bandit = strategy(json!("bandit"));
    let request = request();
    let choice =
        Choice { targets: &learned, left: &[0, 1, 2], eligible: &TargetSet::all(3), request: &request };
    for ((index, wanted), seen) in bandit.propensities(choice).into_iter().zip(seen) {
        assert!((wanted - seen).abs() < 0.01, "{index}: {wanted} {seen}");
    }
}

#[test]
fn custom_takes_the_order_it_is_given() {
    let given =
        targets(4, &[(T::Order, &[UNKNOWN, 1.0, UNKNOWN, 0.0]), (T::InFlight, &[1.0, 0.0, 0.0, 0.0])]);
    let ranked = rank(json!({ "type": "custom", "then": "least_busy" }), &given);
    assert_eq!(ranked[..3], [(3, Why::Ordered), (1, Why::Ordered), (2, Why::Best)]);
    assert_eq!(rank(json!("custom"), &targets(3, &[]))[0], (0, Why::NotOrdered));
}

#[test]
fn an_order_of_strangers_is_refused() {
    let index = |name: &str| ["a", "b", "c"].iter().position(|known| *known == name).map(|at| at as u32);
    assert_eq!(check_order(&["c", "a"], index), Ok(vec![2, 0]));
    assert_eq!(check_order(&["c", "x"], index), Err(OrderFault::Stranger("x".to_owned())));
    assert_eq!(check_order(&["c", "c"], index), Err(OrderFault::Twice("c".to_owned())));
    assert_eq!(check_order::<&str>(&[], index), Err(OrderFault::Empty));
    assert!(OrderFault::Stranger("x".to_owned()).to_string().contains("`x`"));
}

#[test]
fn ceilings_put_what_is_above_them_last() {
    let known = targets(
        4,
        &[
            (T::ExpectedCostUsd, &[0.01, 0.02, 0.03, UNKNOWN]),
            (T::FirstTokenSeconds, &[3.0, 1.0, UNKNOWN, 1.0]),
            (T::TokenSeconds, &[0.0; 4]),
        ],
    );
    let at_most = |at_most: Value| order(json!({ "type": "cheapest", "at_most": at_most }), &known);
    assert_eq!(at_most(json!({ "first_token_seconds": 2 })), [1, 2, 3, 0]);
    assert_eq!(at_most(json!({ "expected_cost_usd": 0.025, "total_seconds": 2 })), [1, 0, 2, 3]);
    assert_eq!(at_most(json!({ "total_seconds": 0.5 })), [2, 0, 1, 3]);
}

#[test]
fn strategies_chain_from_strict_to_lenient() {
    let known = targets(
        4,
        &[
            (T::ExpectedCostUsd, &[0.010, 0.011, 0.0105, 0.02]),
            (T::FirstTokenSeconds, &[3.0, 1.0, 2.0, 0.1]),
            (T::TokenSeconds, &[0.0; 4]),
        ],
    );
    let picks = rank_for(
        json!({ "type": "cheapest", "tolerance": 0.1, "then": "least_latency" }),
        &known,
        &request(),
        1,
    );
    assert_eq!(picks.iter().map(|pick| pick.index).collect::<Vec<_>>(), [1, 2, 0, 3]);
    assert_eq!(picks[0].by, StrategyName::LeastLatency);
    assert_eq!(picks[2].by, StrategyName::Cheapest);
}

#[test]
fn the_version_is_of_the_declaration() {
    let version = |config| strategy(config).version();
    assert_eq!(
        version(json!("cheapest")),
        version(json!({ "type": "cheapest", "tolerance": 0, "then": null }))
    );
    assert_ne!(version(json!("cheapest")), version(json!({ "type": "cheapest", "tolerance": 0.1 })));
    let deep = strategy(json!({ "type": "cheapest", "then": { "type": "sticky", "key": "session" } }));
    assert!(!deep.uses_prompt_key() && !deep.keeps_credits() && !deep.needs_order());
    assert!(strategy(json!({ "type": "custom", "then": "sticky" })).uses_prompt_key());
    assert!(strategy(json!({ "type": "cheapest", "then": "round_robin" })).keeps_credits());
}

const ALL: [&str; 17] = [
    r#""priority""#,
    r#""round_robin""#,
    r#""weighted""#,
    r#""random""#,
    r#"{"type":"random","weighted":true}"#,
    r#""least_latency""#,
    r#""least_busy""#,
    r#""cheapest""#,
    r#"{"type":"cheapest","tolerance":0.5,"then":"weighted"}"#,
    r#""fastest_output""#,
    r#""balanced""#,
    r#"{"type":"region","order":["eu"],"then":{"type":"sticky","then":"random"}}"#,
    r#""region""#,
    r#""sticky""#,
    r#""bandit""#,
    r#""custom""#,
    r#"{"type":"least_busy","at_most":{"expected_cost_usd":0.5,"total_seconds":1},"then":"cheapest"}"#,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is known or not: each survivor comes once, and no stranger; the
    /// same seed gives the same ranking.
    #[test]
    fn a_ranking_is_a_permutation_of_the_survivors(
        values in prop::collection::vec(prop::collection::vec(prop_oneof![
            2 => 0.0..2.0_f64, 1 => Just(UNKNOWN), 1 => Just(0.0), 1 => Just(1.0),
        ], Term::ALL.len()), 1..30),
        gone in any::<u32>(),
        seed in any::<u64>(),
    ) {
        let count = values.len();
        let mut all = targets(count, &[]);
        for (index, row) in (0..).zip(&values) {
            for (term, value) in Term::ALL.into_iter().zip(row) {
                all.set(index, term, *value);
            }
        }
        let all = if seed % 2 == 0 { all.with_credits() } else { all };
        let eligible: Vec<u32> = (0..count as u32).collect();
        let left: Vec<u32> = eligible.iter().copied().filter(|index| gone >> index & 1 == 0).collect();
        for config in ALL {
            let (strategy, request) = (strategy(serde_json::from_str(config).unwrap()), keyed(seed / 3));
            let run = |targets: PlainTargets| {
                let mut ranking = Ranking::new(left.clone(), TargetSet::all(count));
                let mut draw = Draw::seeded(seed);
                std::iter::from_fn(|| ranking.next(&strategy, &targets, &request, &mut draw))
                    .map(|pick| pick.index)
                    .collect::<Vec<_>>()
            };
            let ranked = run(all.clone());
            prop_assert_eq!(&ranked, &run(all.clone()));
            let mut sorted = ranked;
            sorted.sort_unstable();
            prop_assert_eq!(&sorted, &left, "{}", config);
        }
    }
}
