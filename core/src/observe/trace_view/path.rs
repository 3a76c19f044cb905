//! What is said of a request's way from route to route: a sentence each.

use super::words::word;
use crate::types::path::Hop;

pub(super) fn notes(path: &[Hop]) -> Vec<String> {
    path.iter().flat_map(of_hop).collect()
}

fn of_hop(hop: &Hop) -> Vec<String> {
    let route = &hop.route;
    let mut notes: Vec<String> = hop
        .rule_notes
        .iter()
        .map(|note| format!("route {route}: rule {} could not be evaluated: {}", note.rule, note.message))
        .collect();
    let mut why = Vec::new();
    why.extend(hop.rule.as_ref().map(|rule| format!("rule {rule} held")));
    why.extend(hop.exposure.as_ref().map(|exposure| {
        let by = if exposure.sticky { "its key" } else { "its seed" };
        format!("variant {} of split {} by {by}", exposure.variant, exposure.split)
    }));
    why.extend(hop.shadow.as_ref().map(|shadow| format!("a copy to {}: {}", shadow.to, word(&shadow.fate))));
    why.extend(hop.to.as_ref().map(|to| format!("on to {to}")));
    if !why.is_empty() {
        notes.push(format!("route {route}: {}", why.join(", ")));
    }
    notes
}
