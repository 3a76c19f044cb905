use std::collections::VecDeque;

use serde_json::json;

use super::*;

fn with(config: serde_json::Value) -> AdaptiveConcurrency {
    let config: ConcurrencyConfig = serde_json::from_value(config).unwrap();
    config.validate("concurrency").unwrap();
    AdaptiveConcurrency::new(config)
}

const QUICK: Duration = Duration::from_millis(100);

/// One round: as many requests as there is room for, all ending alike.
fn round(limiter: &mut AdaptiveConcurrency, latency: Duration, ended: EndedBy) -> u32 {
    let mut requests = Vec::new();
    while limiter.has_room() {
        requests.push(limiter.on_start());
    }
    let sent = u32::try_from(requests.len()).unwrap();
    for request in requests {
        limiter.on_end(request, latency, ended);
    }
    sent
}

#[test]
fn aimd_grows_by_one_a_round_and_shrinks_by_a_tenth() {
    let mut limiter = with(json!({}));
    let before = limiter.limit;
    assert_eq!(round(&mut limiter, QUICK, EndedBy::Success), 20);
    // A round that ends all at once shows use by its first half alone.
    assert!((before + 0.45..=before + 1.0).contains(&limiter.limit), "{}", limiter.limit);
    for _ in 0..40 {
        round(&mut limiter, QUICK, EndedBy::Success);
    }
    let grown = limiter.limit;
    assert!((35.0..45.0).contains(&grown), "{grown}");
    round(&mut limiter, QUICK, EndedBy::Drop);
    assert!((limiter.limit - grown * 0.9).abs() < 1e-9, "all drops of a round are one: {}", limiter.limit);
    assert_eq!(limiter.in_flight(), 0);
}

#[test]
fn what_is_not_used_does_not_grow() {
    for algorithm in ["aimd", "gradient"] {
        let mut limiter = with(json!({"algorithm": algorithm}));
        for _ in 0..1000 {
            let request = limiter.on_start();
            limiter.on_end(request, QUICK, EndedBy::Success);
        }
        assert_eq!(limiter.limit(), 20);
    }
}

#[test]
fn stays_between_the_least_and_the_most() {
    for algorithm in ["aimd", "gradient"] {
        let mut limiter = with(json!({"algorithm": algorithm, "least": 2, "most": 30}));
        for _ in 0..200 {
            round(&mut limiter, QUICK, EndedBy::Success);
        }
        assert_eq!(limiter.limit(), 30, "{algorithm}");
        for _ in 0..200 {
            round(&mut limiter, QUICK, EndedBy::Drop);
        }
        assert_eq!(limiter.limit(), 2, "{algorithm}");
        round(&mut limiter, QUICK, EndedBy::Ignored);
        assert_eq!((limiter.limit(), limiter.in_flight()), (2, 0));
    }
}

/// A server with `slots` that answers each request in `service` and keeps
/// the others waiting, in virtual time: the gradient finds about the number of
/// slots.
fn settle(slots: usize, service: f64, algorithm: &str) -> (u32, f64) {
    let mut limiter = with(json!({"algorithm": algorithm}));
    let mut waiting = VecDeque::new();
    let mut serving: Vec<(f64, f64, InFlight)> = Vec::new();
    let (mut now, mut worst) = (0.0, 0.0_f64);
    for step in 0..20_000 {
        while limiter.has_room() {
            waiting.push_back((now, limiter.on_start()));
        }
        while serving.len() < slots {
            let Some((begun, request)) = waiting.pop_front() else { break };
            serving.push((now + service, begun, request));
        }
        let next = (0..serving.len()).min_by(|a, b| serving[*a].0.total_cmp(&serving[*b].0)).unwrap();
        let (end, begun, request) = serving.swap_remove(next);
        now = end;
        if step > 10_000 {
            worst = worst.max(now - begun);
        }
        limiter.on_end(request, Duration::from_secs_f64(now - begun), EndedBy::Success);
    }
    (limiter.limit(), worst)
}

#[test]
fn the_gradient_finds_a_limit_where_the_queue_stays_bounded() {
    let (gradient, gradient_worst) = settle(8, 0.5, "gradient");
    let (aimd, aimd_worst) = settle(8, 0.5, "aimd");
    assert!((8..400).contains(&gradient), "{gradient}, {gradient_worst} s");
    // Nothing is ever dropped: the other algorithm only knows how to grow.
    assert!(
        gradient < aimd && gradient_worst < aimd_worst,
        "{gradient} {gradient_worst}, {aimd} {aimd_worst}"
    );
}

#[test]
fn the_gradient_shrinks_when_latency_rises_and_recovers() {
    let mut limiter = with(json!({"algorithm": "gradient", "most": 200}));
    for _ in 0..50 {
        round(&mut limiter, QUICK, EndedBy::Success);
    }
    let steady = limiter.limit();
    assert_eq!(steady, 200);
    round(&mut limiter, QUICK * 10, EndedBy::Success);
    assert!(limiter.limit() < steady / 2, "{}", limiter.limit());
    for _ in 0..50 {
        round(&mut limiter, QUICK, EndedBy::Success);
    }
    assert_eq!(limiter.limit(), 200);
}

#[test]
fn names_what_is_wrong() {
    for (given, field) in [
        (json!({"least": 0}), "least"),
        (json!({"least": 50, "initial": 50, "most": 20}), "most"),
        (json!({"initial": 2000}), "initial"),
        (json!({"decrease": 1}), "decrease"),
        (json!({"tolerance": 0.5}), "tolerance"),
        (json!({"smoothing": 0}), "smoothing"),
    ] {
        let config: ConcurrencyConfig = serde_json::from_value(given).unwrap();
        assert_eq!(config.validate("concurrency").unwrap_err().param, Some(format!("concurrency.{field}")));
    }
    let unknown = serde_json::from_value::<ConcurrencyConfig>(json!({"algorithm": "vegas"})).unwrap_err();
    assert!(unknown.to_string().contains("expected `aimd` or `gradient`"), "{unknown}");
}
