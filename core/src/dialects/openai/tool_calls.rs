//! Tool calls, whole and in pieces.
//!
//! Which call a piece belongs to is told by its index; services that leave the
//! index out, or give every call the same one, are told apart by id and name.

use super::wire::{self, Function, Scalar, non_empty};
use crate::types::chat::{FunctionCall, FunctionCallDelta, ToolCall, ToolCallDelta};

/// Whose calls these are: made-up ids are the same each time the same answer is
/// decoded, and others for each answer.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub reply_id: &'a str,
    pub choice: u32,
}

impl Answer<'_> {
    /// An id for a call to which the service gave none, so that a result can name it.
    fn call_id(self, position: usize) -> String {
        let reply = if self.reply_id.is_empty() { "" } else { "_" };
        format!("call{reply}{}_{}_{position}", self.reply_id, self.choice)
    }
}

/// Reads the calls of a whole reply; none where there are none.
pub(super) fn read_all(calls: Vec<wire::ToolCall>, answer: Answer<'_>) -> Option<Vec<ToolCall>> {
    let calls: Vec<_> =
        calls.into_iter().enumerate().map(|(position, call)| read_one(call, position, answer)).collect();
    (!calls.is_empty()).then_some(calls)
}

fn read_one(mut call: wire::ToolCall, position: usize, answer: Answer<'_>) -> ToolCall {
    let function = call.take_function().unwrap_or_default();
    let mut extra = call.extra;
    // An index that is the position says nothing more; another one is kept.
    if let Some(index) = call.index.filter(|index| *index as usize != position) {
        extra.insert("index".to_owned(), index.into());
    }
    ToolCall {
        id: non_empty(call.id).unwrap_or_else(|| answer.call_id(position)),
        call_type: non_empty(call.call_type).unwrap_or_else(|| "function".to_owned()),
        function: FunctionCall {
            name: wire::text_or_empty(function.name),
            arguments: wire::text_or_empty(function.arguments),
            extra: function.extra,
        },
        extra,
    }
}

/// The calls of one choice so far: gives each piece the position of its call.
#[derive(Default)]
pub(super) struct CallPositions {
    calls: Vec<Call>,
}

struct Call {
    /// The service's own index.
    wire_index: Option<u32>,
    id: String,
    name: String,
}

impl CallPositions {
    /// Reads the next piece.
    pub fn read(&mut self, mut piece: wire::ToolCall, answer: Answer<'_>) -> ToolCallDelta {
        let id = non_empty(piece.id.take());
        let function = piece.take_function();
        let Function { name, arguments, extra } = function.unwrap_or_default();
        let name = non_empty(name);
        let known = self.calls.len();
        let position = self.find(piece.index, id.as_deref(), name.as_deref()).unwrap_or_else(|| {
            self.calls.push(Call { wire_index: piece.index, id: String::new(), name: String::new() });
            self.calls.len() - 1
        });
        let is_new = self.calls.len() > known;
        let mut delta = ToolCallDelta {
            index: u32::try_from(position).unwrap_or(u32::MAX),
            call_type: non_empty(piece.call_type),
            extra: piece.extra,
            ..ToolCallDelta::default()
        };
        let mut new_name = None;
        if let Some(call) = self.calls.get_mut(position) {
            if let Some(id) = id {
                call.id.clone_from(&id);
                delta.id = Some(id);
            } else if is_new {
                // Should the service give one later, that one stands.
                delta.id = Some(answer.call_id(position));
            }
            // A name that is repeated on every piece is said once.
            if let Some(name) = name.filter(|name| *name != call.name) {
                call.name.push_str(&name);
                new_name = Some(name);
            }
        }
        let arguments = arguments.map(Scalar::into_text);
        if new_name.is_some() || arguments.is_some() || !extra.is_empty() {
            delta.function = Some(FunctionCallDelta { name: new_name, arguments, extra });
        }
        delta
    }

    /// The call that a piece belongs to; `None` where it begins a new one.
    fn find(&self, index: Option<u32>, id: Option<&str>, name: Option<&str>) -> Option<usize> {
        let last_of = |matches: &dyn Fn(&Call) -> bool| self.calls.iter().rposition(matches);
        let Some(index) = index else {
            return match (id, name) {
                (Some(id), _) => last_of(&|call| call.id == id),
                (None, Some(_)) => self
                    .calls
                    .len()
                    .checked_sub(1)
                    .filter(|last| self.calls.get(*last).is_some_and(|call| call.name.is_empty())),
                (None, None) => self.calls.len().checked_sub(1),
            };
        };
        let known = last_of(&|call| call.wire_index == Some(index))?;
        let call = self.calls.get(known)?;
        // Several whole calls under one index: another id and a name begin a new one.
        let is_another = name.is_some()
            && !call.name.is_empty()
            && id.is_some_and(|id| !call.id.is_empty() && call.id != id);
        if is_another { last_of(&|call| id == Some(call.id.as_str())) } else { Some(known) }
    }
}
