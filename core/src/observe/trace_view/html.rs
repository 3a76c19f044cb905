//! The view as tables, with bars as inline SVG.

use std::fmt::Write as _;

use super::{Bar, End, Table, View};

/// Pixels of the timeline.
const WIDTH: f64 = 180.0;
const HEIGHT: f64 = 10.0;

// Between black and white, so that they are seen on either.
const ANSWERED: &str = "#2f9e6e";
const FAILED: &str = "#d9544d";
const OPEN: &str = "#8a8f98";

const CELL: &str = "padding: 2px 8px; vertical-align: top; text-align:";

pub(super) fn render(view: &View) -> String {
    let mut html = format!(
        "<div style=\"font-size: 90%; overflow-x: auto\">\n<div style=\"margin: 4px 0\"><b>{}</b></div>\n",
        escape(&view.heading)
    );
    for table in &view.tables {
        write_table(&mut html, table);
    }
    for note in &view.notes {
        let _ = writeln!(html, "<div style=\"opacity: 0.75\">{}</div>", escape(note));
    }
    html.push_str("</div>");
    html
}

fn write_table(html: &mut String, table: &Table) {
    html.push_str("<table style=\"border-collapse: collapse; margin: 4px 0\">\n<thead><tr>");
    for column in &table.columns {
        let side = side(column.right);
        let _ = write!(html, "<th scope=\"col\" style=\"{CELL} {side}\">{}</th>", escape(column.name));
    }
    if !table.scale.is_empty() {
        let _ = write!(html, "<th scope=\"col\" style=\"{CELL} left\">0 to {}</th>", escape(&table.scale));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.push_str("<tr>");
        for (cell, column) in row.cells.iter().zip(&table.columns) {
            let _ = write!(html, "<td style=\"{CELL} {}\">{}</td>", side(column.right), escape(cell));
        }
        if let Some(bar) = &row.bar {
            let _ = write!(html, "<td style=\"{CELL} left\">");
            write_bar(html, bar);
            html.push_str("</td>");
        }
        html.push_str("</tr>\n");
        if let Some(remark) = &row.remark {
            let span = table.columns.len() + usize::from(!table.scale.is_empty());
            let remark = escape(remark);
            let _ = writeln!(
                html,
                "<tr><td colspan=\"{span}\" style=\"{CELL} left; padding-left: 24px; opacity: 0.75\">{remark}</td></tr>"
            );
        }
    }
    html.push_str("</tbody>\n</table>\n");
    if !table.scale.is_empty() {
        let _ = writeln!(
            html,
            "<div style=\"opacity: 0.75\">pale until the first token, full after it; \
             <span style=\"color: {ANSWERED}\">answered</span>, <span style=\"color: {FAILED}\">failed</span>, \
             <span style=\"color: {OPEN}\">left</span></div>"
        );
    }
}

const fn side(right: bool) -> &'static str {
    if right { "right" } else { "left" }
}

fn write_bar(html: &mut String, bar: &Bar) {
    let colour = match bar.end {
        End::Answered => ANSWERED,
        End::Failed => FAILED,
        End::Open => OPEN,
    };
    let _ = write!(
        html,
        "<svg width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" aria-hidden=\"true\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{OPEN}\" opacity=\"0.15\"/>"
    );
    let mut stretch = |from: f64, to: f64, opacity: f64| {
        // However short it was, it shows.
        let width = ((to - from) * WIDTH).max(2.0);
        let at = (from * WIDTH).min(WIDTH - width);
        let _ = write!(
            html,
            "<rect x=\"{at:.1}\" width=\"{width:.1}\" height=\"{HEIGHT}\" fill=\"{colour}\" opacity=\"{opacity}\"/>"
        );
    };
    match bar.first {
        Some(first) => {
            stretch(bar.from, first.clamp(bar.from, bar.to.max(bar.from)), 0.45);
            stretch(first, bar.to, 1.0);
        }
        None => stretch(bar.from, bar.to, 0.45),
    }
    html.push_str("</svg>");
}

/// What HTML reads as more than text, made text.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
