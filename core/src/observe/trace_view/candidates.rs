//! What the table of candidates says: where each came, or why it was left out.

use super::words::{figure, seconds, strategy, term, why};
use super::{Row, Table, column, number};
use crate::types::routing_trace::{Candidate, RoutingTrace, Shortage, Step, Term};

pub(super) fn heading(routing: &RoutingTrace) -> String {
    let first = routing.steps.iter().find_map(|step| match step {
        Step::Picked { target, .. } => Some(name(routing, *target)),
        _ => None,
    });
    format!(
        "{}: {}",
        strategy(&routing.strategy),
        first.map_or_else(|| "no target".to_owned(), |first| format!("{first} first"))
    )
}

fn name(routing: &RoutingTrace, target: u32) -> &str {
    routing.candidates.get(target as usize).map_or("?", |candidate| &candidate.facts.name)
}

/// The order of the steps; then those that nobody came to; then those left out.
pub(super) fn table(routing: &RoutingTrace) -> Table {
    let tiers = routing.candidates.iter().any(|candidate| candidate.tier != 1);
    let mut rows: Vec<(usize, Row)> = (0..)
        .zip(&routing.candidates)
        .map(|(index, candidate)| {
            let fate = Fate::of(routing, index);
            let mut cells = vec![
                fate.place.map_or_else(|| "–".to_owned(), |place| place.to_string()),
                candidate.facts.name.clone(),
                if tiers { candidate.tier.to_string() } else { String::new() },
                fate.words(routing, candidate),
                fate.by,
                fate.score.map_or_else(String::new, figure),
            ];
            cells.push(
                fate.read.iter().map(|(name, value)| term(*name, *value)).collect::<Vec<_>>().join(", "),
            );
            let out = candidate.excluded.is_some() || candidate.short.is_some();
            let order = fate.place.unwrap_or(if out { usize::MAX } else { usize::MAX - 1 });
            (order, Row { cells, bar: None, remark: None })
        })
        .collect();
    rows.sort_by_key(|(order, _)| *order);
    Table {
        title: "candidates".to_owned(),
        columns: vec![
            number("place"),
            column("target"),
            number("tier"),
            column("why"),
            column("by"),
            number("score"),
            column("read"),
        ],
        rows: rows.into_iter().map(|(_, row)| row).collect(),
        scale: String::new(),
    }
}

/// What became of one candidate.
#[derive(Default)]
struct Fate {
    /// From 1.
    place: Option<usize>,
    why: &'static str,
    by: String,
    score: Option<f64>,
    /// What was read of it last before it was taken.
    read: Vec<(Term, Option<f64>)>,
    given_up: Option<String>,
}

impl Fate {
    fn of(routing: &RoutingTrace, index: u32) -> Self {
        let mut fate = Self::default();
        let mut taken = 0;
        for step in &routing.steps {
            match step {
                Step::Picked { target, by, why: reason, score, read, .. } => {
                    taken += 1;
                    if fate.place.is_none() {
                        fate.notice(
                            read.iter()
                                .filter(|reading| reading.target == index)
                                .map(|reading| (reading.term, reading.value)),
                        );
                    }
                    if *target == index && fate.place.is_none() {
                        fate.place = Some(taken);
                        fate.why = why(*reason);
                        fate.by = by.as_str().to_owned();
                        fate.score = *score;
                    }
                }
                Step::LeftOut { targets, why } if targets.contains(&index) => {
                    fate.given_up = Some(why.clone())
                }
                _ => {}
            }
        }
        fate
    }

    fn notice(&mut self, readings: impl Iterator<Item = (Term, Option<f64>)>) {
        for (name, value) in readings {
            match self.read.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = value,
                None => self.read.push((name, value)),
            }
        }
    }

    fn words(&self, routing: &RoutingTrace, candidate: &Candidate) -> String {
        let out = match (&candidate.excluded, &candidate.short) {
            (Some(exclusion), _) => Some(exclusion.to_string()),
            (None, Some(shortage)) => Some(shortage_for(*shortage, routing.now)),
            (None, None) => self.given_up.clone(),
        };
        match (self.place, out) {
            (Some(_), None) => self.why.to_owned(),
            (Some(_), Some(out)) => format!("{}, although {out}", self.why),
            (None, Some(out)) => format!("left out: {out}"),
            (None, None) => "not needed".to_owned(),
        }
    }
}

/// The shortage with the time that is left of it, not the instant of its end.
fn shortage_for(shortage: Shortage, now: f64) -> String {
    let until = shortage.until();
    let timeless = match shortage {
        Shortage::Breaker { .. } => Shortage::Breaker { until: None },
        Shortage::Cooldown { .. } => Shortage::Cooldown { until: None },
        Shortage::Quota { of, .. } => Shortage::Quota { of, until: None },
        Shortage::Budget { .. } => Shortage::Budget { until: None },
        Shortage::Unhealthy | Shortage::Concurrency { .. } | Shortage::Queue { .. } => shortage,
    };
    match until {
        Some(until) => format!("{timeless}, for {} more", seconds((until - now).max(0.0))),
        None => timeless.to_string(),
    }
}

pub(super) fn notes(routing: &RoutingTrace) -> Vec<String> {
    let mut ranked = format!("ranked by {}", strategy(&routing.strategy));
    for (tier, other) in &routing.tier_strategies {
        ranked.push_str(&format!("; tier {tier} by {}", strategy(other)));
    }
    let mut notes = vec![format!("{ranked}; seed {:016x}", routing.seed)];
    for step in &routing.steps {
        match step {
            Step::OrderFailed { why } => notes.push(format!("the function's order was not used: {why}")),
            Step::LastResort => notes
                .push("none was left, so those left alone for their health were asked after all".to_owned()),
            Step::Picked { .. } | Step::LeftOut { .. } => {}
        }
    }
    notes
}
