//! A recorded decision, made again from its record alone.

use std::sync::Arc;

use super::decision::{Decision, Question, Record, decide};
use super::plain::PlainTargets;
use super::policies::{Choice, Strategy};
use super::request_facts::RequestFacts;
use super::target_table::{Member, TargetTable};
use crate::error::{Error, Result};
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

/// How likely each target was to be taken at each pick, where the strategy draws
/// by known chances (`bandit`, `random`): target and probability, for estimates
/// from logged decisions. Of other strategies' picks, nothing.
///
/// Errors: as [`replay`].
pub fn propensities(trace: &RoutingTrace) -> Result<Vec<Vec<(u32, f64)>>> {
    let mut decision = begin(trace)?;
    let mut all = Vec::new();
    for step in &trace.steps {
        again(&mut decision, trace, step);
        if let Step::Picked { target, read, .. } = step {
            // What was left, the target taken included.
            let mut left = decision.left().to_vec();
            left.push(*target);
            left.sort_unstable();
            let targets = values(trace, read);
            let request = &decision.question().request;
            let eligible = left.iter().copied().collect();
            let choice = Choice { targets: &targets, left: &left, eligible: &eligible, request };
            all.push(decision.strategy().propensities(choice));
        }
    }
    Ok(all)
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
