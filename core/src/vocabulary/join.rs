//! Joining of byte pairs: as long as two neighbours make a token, those of the lowest rank are joined.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A part of a piece: bytes from its place in the list on.
#[derive(Clone, Copy)]
struct Part {
    end: usize,
    /// Where the part before begins; its own beginning where there is none.
    before: usize,
    /// Whether it was joined to the part before.
    gone: bool,
}

/// How many tokens the bytes of a piece come to. A heap holds the pairs, so that a text without any
/// break takes no time that grows with its square.
pub(super) fn count(piece: &[u8], rank: impl Fn(&[u8]) -> Option<u32>) -> u64 {
    let length = piece.len();
    let mut parts: Vec<Part> =
        (0..length).map(|at| Part { end: at + 1, before: at.saturating_sub(1), gone: false }).collect();
    let mut pairs = BinaryHeap::new();
    let offer = |pairs: &mut BinaryHeap<_>, parts: &[Part], at: usize| {
        let Some(second) = parts.get(at).map(|part| part.end).filter(|end| *end < length) else { return };
        let Some(end) = parts.get(second).map(|part| part.end) else { return };
        if let Some(rank) = piece.get(at..end).and_then(&rank) {
            pairs.push(Reverse((rank, at, end)));
        }
    };
    (0..length).for_each(|at| offer(&mut pairs, &parts, at));
    let mut tokens = length as u64;
    while let Some(Reverse((_, at, end))) = pairs.pop() {
        let Some(first) = parts.get(at).copied().filter(|first| !first.gone) else { continue };
        let second = first.end;
        // A pair of which one part has grown since is none any more.
        if second >= length || parts.get(second).is_none_or(|part| part.end != end) {
            continue;
        }
        if let Some(part) = parts.get_mut(at) {
            part.end = end;
        }
        if let Some(part) = parts.get_mut(second) {
            part.gone = true;
        }
        if let Some(next) = parts.get_mut(end) {
            next.before = at;
        }
        tokens -= 1;
        offer(&mut pairs, &parts, at);
        if first.before != at {
            offer(&mut pairs, &parts, first.before);
        }
    }
    tokens
}
