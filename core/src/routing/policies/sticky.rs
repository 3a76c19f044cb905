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
        // Where only targets without weight are left, all are alike.
        let no_weights = weights <= 0.0;
        if no_weights {
            weights = choice.left.len() as f64;
        }
        let weight_of = |index| if no_weights { 1.0 } else { choice.weight(index) };
        // Requests that a target may have in flight for each unit of its weight,
        // this request included. Rounded up: then one of them always has room.
        let allowed = (1.0 + self.bounded_load) * (in_flight + 1.0) / weights;
        let has_room =
            |index, weight: f64| weights <= 0.0 || choice.in_flight(index) + 1.0 <= (allowed * weight).ceil();
        let salt = mix(key);
        let (mut home, mut near, mut free) = (Best::NONE, Best::NONE, Best::NONE);
        let mut left = choice.left.iter().copied().peekable();
        for index in choice.eligible.iter() {
            let is_left = left.next_if_eq(&index).is_some();
            let (weight, unit) = (weight_of(index), unit(mix(choice.targets.key(index) ^ salt)));
            // −ln u is at least 1 − u: of most targets that is enough to know.
            if (1.0 - unit) / weight >= free.cost {
                continue;
            }
            let cost = -unit.max(f64::MIN_POSITIVE).ln() / weight;
            home.offer(index, cost);
            if is_left {
                near.offer(index, cost);
                if cost < free.cost && has_room(index, weight) {
                    free.offer(index, cost);
                }
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

/// The target with the lowest −ln u / w so far.
struct Best {
    index: Option<u32>,
    cost: f64,
}

impl Best {
    const NONE: Self = Self { index: None, cost: f64::INFINITY };

    fn offer(&mut self, index: u32, cost: f64) {
        if cost < self.cost {
            *self = Self { index: Some(index), cost };
        }
    }
}
