//! What a function of the user's is asked, and its answer made plain data.
//!
//! The one who waits for it is `execute`; what follows from it is decided in
//! `routing`, to which the order is a number of each target like any other.

use super::route::{Orders, Route};
use crate::auth::scrub_text;
use crate::config::OrderAnswer;
use crate::routing::policies::check_order;
use crate::routing::{Decision, TargetSet, Targets};
use crate::types::order::{OrderCandidate, OrderQuestion, OrderRequest};

/// A function's words above this are cut: a trace is no log.
const LONGEST_REASON: usize = 500;

/// A function, what it is to be asked, and how long that may take.
pub(crate) struct Asking<'a> {
    pub orders: &'a Orders,
    pub question: OrderQuestion,
}

/// The question for the targets that can serve the request.
pub(super) fn question(
    decision: &Decision,
    targets: &impl Targets,
    among: &TargetSet,
    model: &str,
) -> OrderQuestion {
    let asked = decision.question();
    let short = |index: u32| decision.shortages().iter().find(|(other, _)| *other == index);
    let asked_of = decision.eligible().and(among);
    let candidates = asked_of.iter().filter_map(|index| {
        let member = asked.table.members().get(index as usize)?;
        let short = short(index).map(|(_, shortage)| shortage);
        let candidate = OrderCandidate {
            name: member.facts.name.clone(),
            tier: member.tier,
            available: short.is_none(),
            why: short.map(ToString::to_string),
            facts: member.facts.clone(),
            ..OrderCandidate::default()
        };
        Some(candidate.with_numbers(|term| targets.term(index, term)))
    });
    let request = OrderRequest {
        model: model.to_owned(),
        needs: asked.request.needs,
        input_tokens: asked.request.input_tokens,
        output_limit: asked.request.output_limit,
        expected_output_tokens: asked.request.expected_output_tokens,
        routing: (*asked.request.options).clone(),
    };
    OrderQuestion { candidates: candidates.collect(), request }
}

/// Puts the places of the order that a function gave for those `among` into
/// `places`; or says why it cannot be used, without any of the providers' keys.
pub(super) fn place(
    decision: &Decision,
    answer: OrderAnswer,
    route: &Route,
    among: &TargetSet,
    places: &mut Vec<f64>,
) -> Result<(), String> {
    let table = &decision.question().table;
    let asked_of = decision.eligible().and(among);
    let known = |name: &str| asked_of.iter().find(|index| table.name(*index) == name);
    let checked = answer
        .map_err(|why| format!("the function failed: {why}"))
        .and_then(|names| check_order(&names, known).map_err(|fault| fault.to_string()));
    match checked {
        Ok(order) => {
            places.resize(table.count(), f64::NAN);
            for (place, index) in order.into_iter().enumerate() {
                if let Some(slot) = places.get_mut(index as usize) {
                    *slot = place as f64;
                }
            }
            Ok(())
        }
        Err(mut why) => {
            let keys = route.targets.iter().filter_map(|target| target.target.provider.api_key.as_ref());
            keys.for_each(|key| scrub_text(&mut why, key));
            if let Some((end, _)) = why.char_indices().nth(LONGEST_REASON) {
                why.truncate(end);
                why.push('…');
            }
            Err(why)
        }
    }
}
