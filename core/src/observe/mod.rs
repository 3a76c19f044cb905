//! What requests took and cost, and how it is shown.

mod cost;
mod trace_view;

pub use cost::cost;
pub use trace_view::{error_note, routing_html, routing_text, trace_html, trace_text};
