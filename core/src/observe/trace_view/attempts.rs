//! What the table of attempts says.

use super::words::{dollars, milliseconds, seconds, word};
use super::{Bar, End, Row, Table, column, number};
use crate::types::trace::{Attempt, Cost, Outcome, Trace};

/// One line: what was asked for, who answered, how long it took and what it cost.
pub(super) fn heading(trace: &Trace) -> String {
    let answered = trace.attempts.iter().any(|attempt| attempt.outcome == Outcome::Success);
    let end = match (&trace.target, answered) {
        (Some(target), true) => target.clone(),
        (Some(target), false) => format!("{target} (not finished)"),
        (None, _) => "no answer".to_owned(),
    };
    let count = trace.attempts.len();
    let mut parts = vec![format!("{count} attempt{}", if count == 1 { "" } else { "s" })];
    parts.extend(trace.total_ms.map(milliseconds));
    parts.extend(trace.time_to_first_token_ms.map(|ms| format!("first token after {}", milliseconds(ms))));
    parts.extend(trace.cost.as_ref().map(cost));
    let parts = parts.join(", ");
    match trace.requested_model.as_str() {
        // A list of models is asked of a provider, and of no model.
        "" => format!("{end}: {parts}"),
        model => format!("{model} → {end}: {parts}"),
    }
}

fn cost(cost: &Cost) -> String {
    format!("{}{}", if cost.estimated { "about " } else { "" }, dollars(cost.total_usd))
}

pub(super) fn table(trace: &Trace) -> Table {
    let whole = whole(trace);
    Table {
        title: "attempts".to_owned(),
        columns: vec![
            number("#"),
            column("target"),
            column("cause"),
            column("outcome"),
            number("status"),
            number("began"),
            number("first token"),
            number("took"),
            number("then waited"),
            number("cost"),
        ],
        rows: (1..).zip(&trace.attempts).map(|(place, attempt)| row(trace, place, attempt, whole)).collect(),
        scale: milliseconds(whole),
    }
}

/// The last instant that is known of, in milliseconds from the start.
fn whole(trace: &Trace) -> f64 {
    let known = |attempt: &Attempt| [Some(attempt.started_ms), attempt.first_token_ms, attempt.ended_ms];
    let instants = trace.attempts.iter().flat_map(known).flatten().chain(trace.total_ms);
    instants.filter(|instant| instant.is_finite()).fold(0.0, f64::max)
}

fn row(trace: &Trace, place: usize, attempt: &Attempt, whole: f64) -> Row {
    let since =
        |instant: Option<f64>| instant.map_or_else(String::new, |at| milliseconds(at - attempt.started_ms));
    // The trace's cost is that of the answer.
    let priced = trace.cost.as_ref().filter(|_| attempt.outcome == Outcome::Success);
    Row {
        cells: vec![
            place.to_string(),
            attempt.target.clone(),
            word(&attempt.cause),
            word(&attempt.outcome),
            attempt.status.map_or_else(String::new, |status| status.to_string()),
            milliseconds(attempt.started_ms),
            since(attempt.first_token_ms),
            since(attempt.ended_ms),
            attempt.waited_s.filter(|wait| *wait > 0.0).map_or_else(String::new, seconds),
            priced.map_or_else(String::new, cost),
        ],
        bar: bar(attempt, whole),
        remark: attempt.error.as_ref().map(|error| {
            let why = attempt.not_repeated.as_ref().map_or_else(String::new, |why| format!("; {why}"));
            format!("{}: {}{why}", error.kind.class_name(), error.message)
        }),
    }
}

fn bar(attempt: &Attempt, whole: f64) -> Option<Bar> {
    let share = |instant: f64| (instant / whole).clamp(0.0, 1.0);
    (whole > 0.0).then(|| Bar {
        from: share(attempt.started_ms),
        first: attempt.first_token_ms.map(share),
        to: share(attempt.ended_ms.unwrap_or(whole)),
        end: match attempt.outcome {
            Outcome::Success => End::Answered,
            Outcome::Failure => End::Failed,
            Outcome::Cancelled | Outcome::Pending => End::Open,
        },
    })
}
