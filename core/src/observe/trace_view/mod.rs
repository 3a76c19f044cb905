//! A trace as people see it: as text for terminals, as HTML for notebooks.
//!
//! Both show the same: [`View`] says what, in rows of plain text, and a renderer
//! lays it out, so that Python, Node and Rust cannot tell two stories. What a
//! trace holds came in part from strangers (a provider's error message, a model's
//! name): every text passes [`View::cleaned`], which takes terminal commands and
//! direction marks out of it, and the HTML's one escaping function. No script, no
//! style sheet and no colour of the background may go into the HTML: it must be
//! harmless anywhere, and readable on light and dark.

mod attempts;
mod candidates;
mod clean;
mod html;
mod text;
mod words;

use crate::types::routing_trace::RoutingTrace;
use crate::types::trace::Trace;

/// What is shown, before it is laid out.
#[derive(Clone, Debug, Default, PartialEq)]
struct View {
    heading: String,
    tables: Vec<Table>,
    /// What no table has room for, a sentence each.
    notes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Table {
    title: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
    /// What the bars' full width stands for; empty where rows have none.
    scale: String,
}

#[derive(Clone, Debug, PartialEq)]
struct Column {
    name: &'static str,
    /// Numbers stand at the right.
    right: bool,
}

const fn column(name: &'static str) -> Column {
    Column { name, right: false }
}

const fn number(name: &'static str) -> Column {
    Column { name, right: true }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Row {
    cells: Vec<String>,
    bar: Option<Bar>,
    /// A text too long for a cell.
    remark: Option<String>,
}

/// A stretch of the timeline, in shares of its width.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    from: f64,
    /// Where the first content came.
    first: Option<f64>,
    to: f64,
    end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Answered,
    Failed,
    /// Left, or not over yet.
    Open,
}

/// Rows of one table that are shown; a route may have a thousand targets.
const MOST_ROWS: usize = 40;

impl Table {
    /// Without the columns that have nothing to say, and with a note on the rows left out.
    fn trimmed(mut self, notes: &mut Vec<String>) -> Self {
        if self.rows.len() > MOST_ROWS {
            notes.push(format!("{} more {} are not shown", self.rows.len() - MOST_ROWS, self.title));
            self.rows.truncate(MOST_ROWS);
        }
        let said = |index: usize| {
            self.rows.iter().any(|row| row.cells.get(index).is_some_and(|cell| !cell.is_empty()))
        };
        let kept: Vec<bool> = (0..self.columns.len()).map(said).collect();
        let keep = |index: usize| kept.get(index).copied().unwrap_or(false);
        for row in &mut self.rows {
            row.cells = (0..)
                .zip(std::mem::take(&mut row.cells))
                .filter(|(at, _)| keep(*at))
                .map(|(_, cell)| cell)
                .collect();
        }
        self.columns =
            (0..).zip(self.columns).filter(|(at, _)| keep(*at)).map(|(_, column)| column).collect();
        self
    }
}

impl View {
    fn of(trace: &Trace) -> Self {
        let mut view = Self { heading: attempts::heading(trace), ..Self::default() };
        if !trace.attempts.is_empty() {
            view.tables.push(attempts::table(trace).trimmed(&mut view.notes));
        }
        for change in &trace.translation {
            view.notes.push(format!("{} {}: {}", words::word(&change.action), change.param, change.detail));
        }
        if let Some(routing) = &trace.routing {
            view.add_candidates(routing);
        }
        view.cleaned()
    }

    fn of_routing(routing: &RoutingTrace) -> Self {
        let mut view = Self { heading: candidates::heading(routing), ..Self::default() };
        view.add_candidates(routing);
        view.cleaned()
    }

    fn add_candidates(&mut self, routing: &RoutingTrace) {
        self.tables.push(candidates::table(routing).trimmed(&mut self.notes));
        self.notes.extend(candidates::notes(routing));
    }
}

/// A request's record for a terminal: who was asked, why, what each answered and
/// how long it took; then every candidate, and why it was left out or where it came.
/// Lines end without a newline at the last one.
#[must_use]
pub fn trace_text(trace: &Trace) -> String {
    text::render(&View::of(trace))
}

/// The same as HTML without scripts, all text escaped, for light and dark pages.
#[must_use]
pub fn trace_html(trace: &Trace) -> String {
    html::render(&View::of(trace))
}

/// One decision for a terminal: every candidate, and why it was left out or where it came.
#[must_use]
pub fn routing_text(routing: &RoutingTrace) -> String {
    text::render(&View::of_routing(routing))
}

/// The same as HTML without scripts, all text escaped, for light and dark pages.
#[must_use]
pub fn routing_html(routing: &RoutingTrace) -> String {
    html::render(&View::of_routing(routing))
}

/// What is shown under an error's message: its trace, where that says more than the
/// message does, for there was something to choose or more than one attempt.
#[must_use]
pub fn error_note(trace: &Trace) -> Option<String> {
    (trace.attempts.len() > 1 || trace.routing.is_some()).then(|| trace_text(trace))
}

#[cfg(test)]
mod tests;
