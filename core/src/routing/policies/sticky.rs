//! `sticky`: requests with one key go to one target, whose cache then holds
//! their prompt's start.
//!
//! Weighted rendezvous hashing: the key's home is the target with the highest
//! w / −ln u, for its weight w and a number u that key and target hash to
//! (Thaler and Ravishankar, "Using name-based mappings to increase hit rates",
//! IEEE/ACM ToN 6, 1998; the weighted form is the logarithmic method of
//! Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005).
//! When a target comes or goes, only its own share of the keys moves.
//!
//! The load is bounded: a target with more than 1 + ε times its fair share of
//! the requests in flight is passed over for the key's next home (Mirrokni,
//! Thorup and Zadimoghaddam, "Consistent hashing with bounded loads", SODA 2018).

use super::{Choice, Pick, Then};
use crate::routing::draw::{Draw, mix, unit};
use crate::routing::terms::Targets;
use crate::types::routing_trace::Why;
use crate::types::strategy::{StickyKey, StickyOptions};

#[derive(Clone, Debug)]
pub(super) struct Sticky {
    key: StickyKey,
    bounded_load: f64,
}

impl Sticky {
    pub(super) const fn new(options: StickyOptions) -> Self {
        Self { key: options.key, bounded_load: options.bounded_load }
    }

    pub(super) const fn key(&self) -> StickyKey {
        self.key
    }

    pub(super) fn pick<T: Targets>(
        &self,
        choice: Choice<'_, T>,
        then: Then<'_>,
        draw: &mut Draw,
    ) -> Option<Pick> {
        let request = choice.request;
        let key = match self.key {
            StickyKey::SessionOrPrompt => request.session_key().or(request.prompt_key()),
            StickyKey::Session => request.session_key(),
            StickyKey::Prompt => request.prompt_key(),
        };
        let Some(key) = key else {
            return then.choose(choice, choice.left, Why::Unknown, f64::NAN, draw);
        };
        let (mut weights, mut in_flight) = (0.0, 0.0);
        for index in choice.left.iter().copied() {
            weights += choice.weight(index);
            in_flight += choice.in_flight(index);
        }
        // Requests that a target may have in flight for each unit of its weight,
        // this request included. Rounded up: then one of them always has room.
        let allowed = (1.0 + self.bounded_load) * (in_flight + 1.0) / weights;
        let has_room =
            |index, weight: f64| weights <= 0.0 || choice.in_flight(index) + 1.0 <= (allowed * weight).ceil();
        let salt = mix(key);
        let (mut home, mut near, mut free) = (Best::default(), Best::default(), Best::default());
        let mut left = choice.left.iter().copied().peekable();
        for index in choice.eligible.iter().copied() {
            let bits = mix(choice.targets.key(index) ^ salt);
            let weight = choice.weight(index);
            home.offer(index, bits, weight);
            if left.next_if_eq(&index).is_none() {
                continue;
            }
            near.offer(index, bits, weight);
            // Asked only of one that would be taken: the load is read rarely.
            if free.would_take(bits, weight) && has_room(index, weight) {
                free.offer(index, bits, weight);
            }
        }
        if let (Some(home), Some(free)) = (home.index, free.index) {
            if home == free {
                return Some(then.took(home, Why::Home, f64::NAN));
            }
            return match then.strategy {
                Some(_) => then.choose(choice, choice.left, Why::NextHome, f64::NAN, draw),
                None => Some(then.took(free, Why::NextHome, f64::NAN)),
            };
        }
        let index = near.index.or_else(|| choice.left.first().copied())?;
        Some(then.took(index, Why::AllLoaded, f64::NAN))
    }
}

/// The highest so far. Compared by the logarithm only where weights differ: for
/// equal ones the hash itself has the same order.
#[derive(Clone, Copy, Default)]
struct Best {
    index: Option<u32>,
    bits: u64,
    weight: f64,
}

impl Best {
    fn would_take(&self, bits: u64, weight: f64) -> bool {
        if self.index.is_none() {
            return true;
        }
        if weight == self.weight {
            return bits > self.bits;
        }
        // Lower cost is better: −ln u / w.
        cost(bits, weight) < cost(self.bits, self.weight)
    }

    fn offer(&mut self, index: u32, bits: u64, weight: f64) {
        if self.would_take(bits, weight) {
            *self = Self { index: Some(index), bits, weight };
        }
    }
}

fn cost(bits: u64, weight: f64) -> f64 {
    if weight <= 0.0 {
        return f64::INFINITY;
    }
    // Above 0, so that the logarithm is finite.
    -(unit(bits) + f64::EPSILON / 4.0).ln() / weight
}
