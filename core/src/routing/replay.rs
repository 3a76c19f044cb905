//! A recorded decision, made again from its record alone.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::decision::{Decision, Question, Record, decide};
use super::plain::PlainTargets;
use super::policies::{Chance, Choice, Pick, Strategy, propensities as of_all, sampled};
use super::request_facts::RequestFacts;
use super::target_table::{Member, TargetTable};
use crate::error::{Error, Result};
use crate::types::replay::{Difference, Propensity, Replay};
use crate::types::routing_trace::{Candidate, Reading, RoutingTrace, Step};

/// Makes the decision again, with the code of today. The result equals `trace`
/// where the decision came about as the record says.
///
/// Errors: `BadRequestError` where the record does not hold what is needed, or
/// was made by a version of the strategies that decides otherwise.
pub fn replay(trace: &RoutingTrace) -> Result<RoutingTrace> {
    let mut decision = begin(trace)?;
    trace.steps.iter().for_each(|step| again(&mut decision, trace, step));
    Ok(decision.trace())
}

/// How likely each target was to be taken at each pick, where a strategy draws
/// by known chances (`bandit`, `random`): target and probability, for estimates
/// from logged decisions. Of `random` as the `then` of another only that of the
/// target taken is told; of other strategies' picks nothing. Not for the hot path.
///
/// Errors: as [`replay`].
pub fn propensities(trace: &RoutingTrace) -> Result<Vec<Vec<(u32, f64)>>> {
    let mut decision = begin(trace)?;
    let mut all = Vec::new();
    for step in &trace.steps {
        match step {
            Step::Picked { read, .. } => {
                let Some(pick) = decision.next(&values(trace, read)) else { continue };
                all.push(of_pick(&decision, pick, trace, read));
            }
            _ => again(&mut decision, trace, step),
        }
    }
    Ok(all)
}

/// The same with the names of the targets.
///
/// Errors: as [`replay`].
pub fn named_propensities(trace: &RoutingTrace) -> Result<Vec<Vec<Propensity>>> {
    let name = |target: u32| trace.candidates.get(target as usize).map(|found| found.facts.name.clone());
    let named = |(target, propensity): (u32, f64)| Propensity {
        target,
        name: name(target).unwrap_or_default(),
        propensity,
    };
    Ok(propensities(trace)?.into_iter().map(|of_pick| of_pick.into_iter().map(named).collect()).collect())
}

/// Makes the decision again and says where it comes out otherwise.
///
/// Errors: as [`replay`].
pub fn check_replay(trace: &RoutingTrace) -> Result<Replay> {
    let again = replay(trace)?;
    let mut differences = Vec::new();
    let plain = |trace: &RoutingTrace| serde_json::to_value(trace).unwrap_or_default();
    compare(&plain(trace), &plain(&again), "", &mut differences);
    Ok(Replay { same: differences.is_empty(), differences, trace: again })
}

/// The record in `value`: a routing trace, or a reply or trace that holds one.
///
/// Errors: `BadRequestError` naming what is wrong with it.
pub fn recorded(value: Value) -> Result<RoutingTrace> {
    let mut value = value;
    for name in ["route", "routing"] {
        if let Some(inner) = value.get_mut(name).filter(|inner| inner.is_object()) {
            value = inner.take();
        }
    }
    if value.get("steps").is_none() {
        return Err(Error::bad_request(
            "trace",
            "trace: holds no decision; give `reply.route.routing`, which is there where several targets were",
        ));
    }
    RoutingTrace::from_value(value)
}

fn compare(recorded: &Value, replayed: &Value, place: &str, found: &mut Vec<Difference>) {
    match (recorded, replayed) {
        (Value::Object(one), Value::Object(other)) => {
            let further = other.keys().filter(|name| !one.contains_key(*name));
            for name in one.keys().chain(further) {
                let place = if place.is_empty() { name.clone() } else { format!("{place}.{name}") };
                let of = |object: &Map<String, Value>| object.get(name).cloned().unwrap_or_default();
                compare(&of(one), &of(other), &place, found);
            }
        }
        (Value::Array(one), Value::Array(other)) => {
            for index in 0..one.len().max(other.len()) {
                let of = |list: &[Value]| list.get(index).cloned().unwrap_or_default();
                compare(&of(one), &of(other), &format!("{place}[{index}]"), found);
            }
        }
        _ if recorded == replayed => {}
        _ => found.push(Difference {
            place: place.to_owned(),
            recorded: recorded.clone(),
            replayed: replayed.clone(),
        }),
    }
}

fn of_pick(decision: &Decision, pick: Pick, trace: &RoutingTrace, read: &[Reading]) -> Vec<(u32, f64)> {
    let (strategy, request) = (decision.strategy(), &decision.question().request);
    match (pick.chance, strategy.bandit()) {
        (Chance::Sampled, Some(options)) => {
            let (targets, posteriors): (Vec<_>, Vec<_>) = sampled(options, read).into_iter().unzip();
            targets.into_iter().zip(of_all(&posteriors)).collect()
        }
        (Chance::Known(chance), _) => {
            // What was left, the target taken included.
            let mut left = decision.left().to_vec();
            left.push(pick.index);
            left.sort_unstable();
            let (targets, eligible) = (values(trace, read), left.iter().copied().collect());
            let choice = Choice { targets: &targets, left: &left, eligible: &eligible, request };
            match strategy.propensities(choice) {
                none if none.is_empty() => vec![(pick.index, chance)],
                all => all,
            }
        }
        _ => Vec::new(),
    }
}

fn again(decision: &mut Decision, trace: &RoutingTrace, step: &Step) {
    match step {
        Step::Picked { read, .. } => {
            decision.next(&values(trace, read));
        }
        Step::LeftOut { targets, why } => {
            decision.leave_out(why.clone(), |index| targets.contains(&index));
        }
        Step::OrderFailed { why } => decision.order_failed(why.clone()),
        Step::LastResort => {
            decision.last_resort();
        }
    }
}

fn begin(trace: &RoutingTrace) -> Result<Decision> {
    if !trace.recorded || trace.unrecorded > 0 {
        return Err(Error::bad_request("trace", "trace: what the strategy read was not recorded in full"));
    }
    let member = |candidate: &Candidate| Member { facts: candidate.facts.clone(), tier: candidate.tier };
    let table = TargetTable::new(trace.candidates.iter().map(member).collect());
    let own = |tier: u32| trace.tier_strategies.get(&tier).map(|own| Arc::new(Strategy::new(own.clone())));
    let question = Question {
        strategy: Arc::new(Strategy::new(trace.strategy.clone())),
        tier_strategies: table.tier_numbers().map(own).collect(),
        table: Arc::new(table),
        request: RequestFacts::recorded(&trace.request),
        now: trace.now,
        seed: trace.seed,
        record: Record::UpTo(usize::MAX),
    };
    if question.policy_version() != trace.policy_version {
        return Err(Error::bad_request(
            "trace.policy_version",
            "trace.policy_version: the trace was made by another version of the strategies",
        ));
    }
    Ok(decide(question, &values(trace, &[])))
}

/// The targets as they were when `read` was read.
fn values(trace: &RoutingTrace, read: &[Reading]) -> PlainTargets {
    let mut targets = PlainTargets::new(trace.candidates.iter().map(|candidate| &candidate.facts));
    for (index, candidate) in (0..).zip(&trace.candidates) {
        targets.set_shortage(index, candidate.short);
    }
    for reading in read {
        targets.set(reading.target, reading.term, reading.value.unwrap_or(f64::NAN));
    }
    targets
}
