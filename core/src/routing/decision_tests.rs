use serde_json::{Value, json};

use super::*;
use crate::routing::{Member, PlainTargets, Term, propensities, replay};
use crate::types::routing::TargetFacts;
use crate::types::routing_trace::{QuotaOf, RequestRecord};
use crate::types::strategy::StrategyConfig;

struct Setup {
    facts: Vec<TargetFacts>,
    tiers: Vec<u32>,
    targets: PlainTargets,
    strategy: Value,
    request: RequestRecord,
    seed: u64,
}

fn setup(strategy: Value, tiers: &[u32]) -> Setup {
    let facts: Vec<TargetFacts> = ["a", "b", "c", "d", "e", "f"]
        .into_iter()
        .take(tiers.len())
        .map(|name| TargetFacts {
            name: format!("{name}/m"),
            provider: name.to_owned(),
            ..TargetFacts::default()
        })
        .collect();
    let targets = PlainTargets::new(&facts);
    let request =
        RequestRecord { expected_output_tokens: 100, session_key: Some(5), ..RequestRecord::default() };
    Setup { facts, tiers: tiers.to_vec(), targets, strategy, request, seed: 42 }
}

impl Setup {
    fn decide(&self) -> Decision {
        self.decide_with(Record::ALL)
    }

    fn decide_with(&self, record: Record) -> Decision {
        let config = StrategyConfig::from_value("strategy", self.strategy.clone()).unwrap();
        let members =
            self.facts.iter().cloned().zip(&self.tiers).map(|(facts, tier)| Member { facts, tier: *tier });
        let question = Question {
            table: Arc::new(TargetTable::new(members.collect())),
            strategy: Arc::new(Strategy::new(config)),
            tier_strategies: Arc::default(),
            request: RequestFacts::recorded(&self.request),
            now: 1000.0,
            seed: self.seed,
            record,
        };
        decide(question, &self.targets)
    }

    fn short(&mut self, index: u32, shortage: Shortage) {
        self.targets.set_shortage(index, Some(shortage));
    }
}

fn rest(decision: &mut Decision, setup: &Setup) -> Vec<u32> {
    std::iter::from_fn(|| decision.next(&setup.targets)).map(|pick| pick.index).collect()
}

#[test]
fn a_lower_tier_comes_after_the_higher_ones() {
    let setup = setup(json!("priority"), &[2, 1, 7, 1, 2]);
    let mut decision = setup.decide();
    assert_eq!(rest(&mut decision, &setup), [1, 3, 0, 4, 2]);
    assert_eq!(decision.next(&setup.targets), None);
}

#[test]
fn what_is_short_is_passed_over_and_its_end_is_known() {
    let mut setup = setup(json!("priority"), &[1, 1, 1, 2]);
    setup.short(0, Shortage::Breaker { until: Some(1030.0) });
    setup.short(2, Shortage::Quota { of: QuotaOf::Tokens, until: Some(1010.0) });
    let mut decision = setup.decide();
    assert_eq!(decision.earliest(), Some(1010.0));
    assert_eq!(rest(&mut decision, &setup), [1, 3]);
    let trace = serde_json::to_value(decision.trace()).unwrap();
    assert_eq!(trace["candidates"][0]["short"], json!({ "filter": "breaker", "until": 1030.0 }));
    assert!(trace["candidates"][2]["why"].as_str().unwrap().contains("quota of tokens"));
}

#[test]
fn only_guesses_about_health_are_overruled_in_the_last_resort() {
    let mut setup = setup(json!("priority"), &[2, 1, 1, 1, 1]);
    setup.short(0, Shortage::Cooldown { until: None });
    setup.short(1, Shortage::Breaker { until: None });
    setup.short(2, Shortage::Concurrency { limit: 3 });
    setup.short(3, Shortage::Budget { until: None });
    setup.short(4, Shortage::Breaker { until: None });
    let mut decision = setup.decide();
    assert_eq!(rest(&mut decision, &setup), Vec::<u32>::new());
    decision.leave_out("the same key was refused", |index| index == 4);
    assert!(decision.last_resort());
    assert_eq!(rest(&mut decision, &setup), [1, 0]);
    assert!(!decision.last_resort());
    let trace = decision.trace();
    assert!(trace.last_resort);
    assert_eq!(replay(&trace).unwrap(), trace);
}

#[test]
fn what_an_attempt_rules_out_is_not_taken_later() {
    let setup = setup(json!("least_busy"), &[1, 1, 1, 2, 2]);
    let mut decision = setup.decide();
    let first = decision.next(&setup.targets).unwrap().index;
    decision.leave_out("their windows are smaller", |index| index == 3 || index == (first + 1) % 3);
    let rest = rest(&mut decision, &setup);
    assert_eq!(rest, [(first + 2) % 3, 4]);
    let trace = decision.trace();
    let mut out = vec![(first + 1) % 3, 3];
    out.sort_unstable();
    assert_eq!(trace.steps[1], Step::LeftOut { targets: out, why: "their windows are smaller".to_owned() });
    assert_eq!(replay(&trace).unwrap(), trace);
}

const STRATEGIES: [&str; 13] = [
    r#""weighted""#,
    r#""random""#,
    r#"{"type":"random","weighted":true}"#,
    r#""least_latency""#,
    r#""least_busy""#,
    r#""cheapest""#,
    r#""fastest_output""#,
    r#""balanced""#,
    r#"{"type":"region","order":["eu"],"then":"least_latency"}"#,
    r#"{"type":"sticky","then":"cheapest"}"#,
    r#""bandit""#,
    r#""custom""#,
    r#"{"type":"cheapest","at_most":{"total_seconds":1},"tolerance":0.5,"then":"bandit"}"#,
];

/// Values change between picks, as they do in life.
#[test]
fn every_decision_replays_from_its_record_alone() {
    for config in STRATEGIES {
        for seed in 0..40 {
            let mut setup = setup(serde_json::from_str(config).unwrap(), &[1, 1, 1, 2, 2, 2]);
            setup.seed = seed;
            setup.facts[1].region = Some("eu".to_owned());
            setup.facts[4].retired_from = Some(10.0);
            setup.targets = PlainTargets::new(&setup.facts).with_credits();
            let mut values = Draw::seeded(seed ^ 0xABCD);
            if seed % 3 == 0 {
                setup.short(2, Shortage::Breaker { until: None });
            }
            let mut decision = setup.decide();
            for _ in 0..6 {
                for index in 0..6 {
                    for term in Term::ALL.into_iter().filter(|term| *term != Term::Credit) {
                        let value = if values.below(4) == 0 { f64::NAN } else { values.unit() };
                        setup.targets.set(index, term, value);
                    }
                }
                decision.next(&setup.targets);
            }
            let text = serde_json::to_string(&decision.trace()).unwrap();
            let trace: RoutingTrace = serde_json::from_str(&text).unwrap();
            assert_eq!(trace, decision.trace());
            assert_eq!(replay(&trace).unwrap(), trace, "{config} {seed}");
        }
    }
}

#[test]
fn a_changed_record_replays_to_something_else() {
    let mut setup = setup(json!("cheapest"), &[1, 1, 1]);
    (0..)
        .zip([0.2, 0.1, 0.3])
        .for_each(|(index, cost)| setup.targets.set(index, Term::ExpectedCostUsd, cost));
    let mut decision = setup.decide();
    decision.next(&setup.targets);
    let trace = decision.trace();
    let mut forged = trace.clone();
    if let Step::Picked { target, .. } = &mut forged.steps[0] {
        assert_eq!(*target, 1);
        *target = 0;
    }
    assert_eq!(replay(&forged).unwrap(), trace);
    let mut retired = trace.clone();
    retired.candidates[1].facts.retired_from = Some(0.0);
    assert_ne!(replay(&retired).unwrap(), retired);
    let mut other = trace;
    other.policy_version ^= 1;
    assert_eq!(replay(&other).unwrap_err().param.as_deref(), Some("trace.policy_version"));
}

#[test]
fn only_what_was_compared_is_read_and_no_more_than_the_bound() {
    let setup = setup(json!("cheapest"), &[1, 1, 1, 2, 2]);
    let mut decision = setup.decide();
    decision.next(&setup.targets);
    let Step::Picked { read, .. } = &decision.trace().steps[0] else { panic!() };
    let read: Vec<_> = read.iter().map(|reading| (reading.target, reading.term, reading.value)).collect();
    assert_eq!(read, [0, 1, 2].map(|target| (target, Term::ExpectedCostUsd, None)));

    let mut bounded = setup.decide_with(Record::UpTo(2));
    bounded.next(&setup.targets);
    assert_eq!(bounded.trace().unrecorded, 1);
    assert_eq!(replay(&bounded.trace()).unwrap_err().param.as_deref(), Some("trace"));

    let mut silent = setup.decide_with(Record::No);
    let index = |pick: Option<Pick>| pick.unwrap().index;
    assert_eq!(index(silent.next(&setup.targets)), index(setup.decide().next(&setup.targets)));
    assert!(!silent.trace().recorded && replay(&silent.trace()).is_err());
}

#[test]
fn propensities_come_from_the_record() {
    let mut setup = setup(json!("bandit"), &[1, 1, 1]);
    setup.targets.set(0, Term::RewardMean, 0.9);
    setup.targets.set(0, Term::RewardCount, 50.0);
    let mut decision = setup.decide();
    rest(&mut decision, &setup);
    let all = propensities(&decision.trace()).unwrap();
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [3, 2, 1]);
    for chances in &all {
        assert!((chances.iter().map(|(_, chance)| chance).sum::<f64>() - 1.0).abs() < 1e-9, "{chances:?}");
    }
    let none = self::setup(json!("cheapest"), &[1, 1]);
    let mut decision = none.decide();
    decision.next(&none.targets);
    assert_eq!(propensities(&decision.trace()).unwrap(), [vec![]]);
}

#[test]
fn a_function_that_failed_is_in_the_trace() {
    let setup = setup(json!({ "type": "custom", "then": "cheapest" }), &[1, 1]);
    let mut decision = setup.decide();
    decision.order_failed("the function returned `x`, which is none of the targets it was given");
    decision.next(&setup.targets);
    let trace = decision.trace();
    assert!(matches!(&trace.steps[0], Step::OrderFailed { why } if why.contains("`x`")));
    assert_eq!(replay(&trace).unwrap(), trace);
}
