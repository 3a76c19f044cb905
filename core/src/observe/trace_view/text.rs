//! The view in aligned columns.

use super::{Bar, End, Table, View};

/// Characters of the timeline.
const WIDTH: usize = 30;

pub(super) fn render(view: &View) -> String {
    let mut lines = vec![view.heading.clone()];
    for table in &view.tables {
        lines.push(String::new());
        lines.extend(rows(table));
    }
    if !view.notes.is_empty() {
        lines.push(String::new());
        lines.extend(view.notes.iter().cloned());
    }
    lines.join("\n")
}

fn rows(table: &Table) -> Vec<String> {
    let widths: Vec<usize> = (0..)
        .zip(&table.columns)
        .map(|(index, column)| {
            let cells = table.rows.iter().filter_map(|row: &super::Row| row.cells.get::<usize>(index));
            cells.map(|cell| cell.chars().count()).chain([column.name.chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for ((cell, width), column) in cells.zip(&widths).zip(&table.columns) {
            text.push_str("  ");
            match column.right {
                true => text.push_str(&format!("{cell:>width$}")),
                false => text.push_str(&format!("{cell:<width$}")),
            }
        }
        text
    };
    let mut lines = vec![line(&mut table.columns.iter().map(|column| column.name))];
    if let Some(head) = lines.first_mut().filter(|_| !table.scale.is_empty()) {
        let gap = WIDTH.saturating_sub(1);
        head.push_str(&format!("  0{:>gap$}", table.scale));
    }
    for row in &table.rows {
        let mut text = line(&mut row.cells.iter().map(String::as_str));
        if let Some(bar) = &row.bar {
            text.push_str("  ");
            text.push_str(&stroke(bar));
        }
        lines.push(text.trim_end().to_owned());
        lines.extend(row.remark.as_ref().map(|remark| format!("     {remark}")));
    }
    if !table.scale.is_empty() {
        lines.push("  ░ until the first token, █ after it, × failed, ? left".to_owned());
    }
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

/// `░` until the first content, `█` after it, and a sign at the end of what did not end well.
fn stroke(bar: &Bar) -> String {
    #[allow(clippy::cast_precision_loss, reason = "a few dozen")]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a few dozen")]
    let cell = |share: f64| ((share * WIDTH as f64) as usize).min(WIDTH);
    let from = cell(bar.from).min(WIDTH - 1);
    let to = cell(bar.to).max(from + 1);
    let first = bar.first.map_or(to, |first| cell(first).clamp(from, to));
    (0..to)
        .map(|at| match bar.end {
            _ if at < from => ' ',
            End::Failed if at + 1 == to => '×',
            End::Open if at + 1 == to => '?',
            // An answer shows, however short it was.
            End::Answered if at + 1 == to => '█',
            _ if at < first => '░',
            _ => '█',
        })
        .collect()
}
