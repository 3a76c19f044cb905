//! The decision in a reply's trace: a tree that is made when somebody looks.
//!
//! Few look, and to make it costs more than to decide. Of plain replies alone: of a
//! stream there is one decision for many chunks.

use std::sync::Arc;

use roocode::types::deferred::Deferred;
use roocode::types::routing_trace::RoutingTrace;

use crate::node::{Key, Node, Object};
use crate::node_serializer;

/// Puts `routing` into the trace of `reply`, from which it was taken.
pub fn put(reply: &mut Arc<Object>, routing: Deferred<RoutingTrace>) {
    let Some(reply) = entries(reply) else { return };
    let Some((_, Node::Object(trace))) = reply.iter_mut().find(|(key, _)| key.as_str() == "route") else {
        return;
    };
    let Some(trace) = entries(trace) else { return };
    // Its own place: before the attempts.
    let place = trace.iter().position(|(key, _)| key.as_str() == "attempts").unwrap_or(trace.len());
    let made = Object::later(move || {
        node_serializer::object(&*routing).map(|made| made.entries().clone()).unwrap_or_default()
    });
    trace.insert(place, (Key::Known("routing"), Node::Object(Arc::new(made))));
}

/// Those of an object that is made and that nobody else has yet.
fn entries(object: &mut Arc<Object>) -> Option<&mut Vec<(Key, Node)>> {
    Arc::get_mut(object).and_then(Object::entries_mut)
}
