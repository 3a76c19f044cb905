//! `custom`: in the order that a function of the caller's gives.
//!
//! The function is asked outside: it is handed those that are left and returns
//! names. [`check_order`] makes places of them, which a view then gives as
//! [`Term::Order`]. Targets that the function left out come after those it
//! named. Where it failed no target has a place, and `then`, or else the
//! declared order, decides.

use std::fmt;

use super::{Choice, Pick, Then};
use crate::routing::draw::Draw;
use crate::routing::terms::{Targets, Term};
use crate::types::routing_trace::Why;

pub(super) fn pick<T: Targets>(choice: Choice<'_, T>, then: Then<'_>, draw: &mut Draw) -> Option<Pick> {
    let mut first: Option<(f64, u32)> = None;
    for index in choice.left.iter().copied() {
        let place = choice.targets.term(index, Term::Order);
        if !place.is_nan() && first.is_none_or(|(earliest, _)| place < earliest) {
            first = Some((place, index));
        }
    }
    match (first, then.strategy) {
        (Some((place, index)), _) => Some(then.took(index, Why::Ordered, place)),
        (None, Some(_)) => then.choose(choice, choice.left, Why::NotOrdered, f64::NAN, draw),
        (None, None) => Some(then.took(*choice.left.first()?, Why::NotOrdered, f64::NAN)),
    }
}

/// What is wrong with an order that a function gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderFault {
    /// It names no target.
    Empty,
    /// A name that was not among those it was handed.
    Stranger(String),
    /// A name that comes twice.
    Twice(String),
}

impl fmt::Display for OrderFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the function returned no target"),
            Self::Stranger(name) => {
                write!(f, "the function returned `{name}`, which is none of the targets it was given")
            }
            Self::Twice(name) => write!(f, "the function returned `{name}` twice"),
        }
    }
}

/// The targets that `names` name, in their order. `index` knows the names of
/// those that were handed out, and no other.
pub fn check_order<N: AsRef<str>>(
    names: &[N],
    index: impl Fn(&str) -> Option<u32>,
) -> std::result::Result<Vec<u32>, OrderFault> {
    let mut seen = std::collections::HashSet::with_capacity(names.len());
    let mut order = Vec::with_capacity(names.len());
    for name in names.iter().map(AsRef::as_ref) {
        let index = index(name).ok_or_else(|| OrderFault::Stranger(name.to_owned()))?;
        if !seen.insert(index) {
            return Err(OrderFault::Twice(name.to_owned()));
        }
        order.push(index);
    }
    if order.is_empty() { Err(OrderFault::Empty) } else { Ok(order) }
}
