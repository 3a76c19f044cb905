//! How the targets of a route are ranked, as the user declares it.
//!
//! A plain name, or an object whose `type` is that name, with its options
//! beside it. Two options are common to several:
//!
//! - `then`: another strategy, asked where this one has no opinion: between
//!   targets it holds equal, where what it needs is unknown of all of them, and,
//!   for `sticky`, when a session's own target is out. Without it, a random
//!   draw decides (for `custom`: the declared order).
//! - `at_most`: ceilings. A target above one comes after all those below.
//!
//! So `{"type": "cheapest", "tolerance": 0.1, "then": "least_latency",
//! "at_most": {"first_token_seconds": 2}}` takes the fastest of those within a
//! tenth of the lowest price, among those that start to answer within 2 s.
//! How they rank is written in `routing::policies`; no ranking goes in here.

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::placed::{self, Misread};
use crate::error::{Error, Result};
use crate::nearest::nearest;

mod options;
#[cfg(feature = "schema")]
mod schema;

pub use options::*;

/// The strategies by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StrategyName {
    /// In the order in which the route lists them.
    Priority,
    /// Each in turn.
    RoundRobin,
    /// Each in turn, as often as its weight says, evenly spread.
    Weighted,
    /// By lot.
    Random,
    /// The one expected to answer first.
    LeastLatency,
    /// The one with the fewest requests in flight.
    LeastBusy,
    /// The one where this request is expected to cost least.
    Cheapest,
    /// The one that writes the most tokens per second.
    FastestOutput,
    /// The best by weights over cost, latency, quality and health.
    Balanced,
    /// The nearest: by a declared order of regions, or by measured round trip.
    Region,
    /// The same for every request of a session, or with the same start.
    Sticky,
    /// Learns from a reward which one is best.
    Bandit,
    /// In the order that a function of the caller's gives.
    Custom,
}

impl StrategyName {
    pub const ALL: [Self; 13] = [
        Self::Priority,
        Self::RoundRobin,
        Self::Weighted,
        Self::Random,
        Self::LeastLatency,
        Self::LeastBusy,
        Self::Cheapest,
        Self::FastestOutput,
        Self::Balanced,
        Self::Region,
        Self::Sticky,
        Self::Bandit,
        Self::Custom,
    ];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::RoundRobin => "round_robin",
            Self::Weighted => "weighted",
            Self::Random => "random",
            Self::LeastLatency => "least_latency",
            Self::LeastBusy => "least_busy",
            Self::Cheapest => "cheapest",
            Self::FastestOutput => "fastest_output",
            Self::Balanced => "balanced",
            Self::Region => "region",
            Self::Sticky => "sticky",
            Self::Bandit => "bandit",
            Self::Custom => "custom",
        }
    }

    /// Whether it always decides, so that `then` would never be asked.
    const fn always_decides(self) -> bool {
        matches!(self, Self::Priority | Self::RoundRobin | Self::Weighted | Self::Random | Self::Bandit)
    }
}

/// A strategy with its options.
#[derive(Clone, Debug, PartialEq)]
pub struct StrategyConfig {
    pub options: StrategyOptions,
    /// Asked where this one has no opinion.
    pub then: Option<Box<StrategyConfig>>,
    /// A target above one of these comes after all others.
    pub at_most: Option<Ceilings>,
}

impl Default for StrategyConfig {
    fn default() -> Self {
        Self { options: StrategyOptions::Priority, then: None, at_most: None }
    }
}

/// How many strategies `then` may chain.
const DEEPEST: usize = 8;

const COMMON: [&str; 3] = ["type", "then", "at_most"];

impl StrategyConfig {
    /// Each in turn.
    #[must_use]
    pub const fn round_robin() -> Self {
        Self { options: StrategyOptions::RoundRobin, then: None, at_most: None }
    }

    /// Reads and validates what stands at `place` of a configuration.
    ///
    /// Errors: `ConfigurationError` naming the place and what is allowed there.
    pub fn from_value(place: &str, value: Value) -> Result<Self> {
        Self::read(place, value, DEEPEST)
    }

    /// The options of the strategy in the chain that asks a function of the user's.
    #[must_use]
    pub fn custom(&self) -> Option<&CustomOptions> {
        match &self.options {
            StrategyOptions::Custom(options) => Some(options),
            _ => self.then.as_ref()?.custom(),
        }
    }

    fn read(place: &str, value: Value, depth: usize) -> Result<Self> {
        let mut fields = match value {
            Value::String(name) => {
                return Ok(Self {
                    options: StrategyOptions::read(named(place, &name)?, place, Map::new())?,
                    then: None,
                    at_most: None,
                });
            }
            Value::Object(fields) => fields,
            _ => return Err(wrong(place, "must be a strategy's name, or an object with its `type`")),
        };
        let type_place = format!("{place}.type");
        let name = match fields.remove("type") {
            Some(Value::String(name)) => named(&type_place, &name)?,
            Some(_) => return Err(wrong(&type_place, "must be a strategy's name")),
            None => return Err(wrong(&type_place, format!("is missing; one of {}", all_names()))),
        };
        let then_place = format!("{place}.then");
        let then = match fields.remove("then") {
            None | Some(Value::Null) => None,
            Some(_) if name.always_decides() => {
                return Err(wrong(
                    &then_place,
                    format!("`{}` always decides by itself, so `then` would never be asked", name.as_str()),
                ));
            }
            Some(_) if depth == 0 => {
                return Err(wrong(&then_place, format!("more than {DEEPEST} strategies in a chain")));
            }
            Some(value) => Some(Box::new(Self::read(&then_place, value, depth - 1)?)),
        };
        let at_most = match fields.remove("at_most") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let place = format!("{place}.at_most");
                let ceilings: Ceilings = plain(&place, value)?;
                ceilings.validate(&place)?;
                Some(ceilings)
            }
        };
        Ok(Self { options: StrategyOptions::read(name, place, fields)?, then, at_most })
    }
}

fn named(place: &str, name: &str) -> Result<StrategyName> {
    StrategyName::ALL.into_iter().find(|known| known.as_str() == name).ok_or_else(|| {
        let near = hint(name, StrategyName::ALL.into_iter().map(StrategyName::as_str));
        wrong(place, format!("unknown strategy `{name}`{near}; one of {}", all_names()))
    })
}

fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    nearest(name, known).first().map_or_else(String::new, |near| format!(" (did you mean {near}?)"))
}

fn all_names() -> String {
    StrategyName::ALL.map(|name| format!("`{}`", name.as_str())).join(", ")
}

pub(super) fn wrong(place: &str, message: impl std::fmt::Display) -> Error {
    Error::configuration(place, format!("{place}: {message}"))
}

/// Reads one object, its errors under `place`.
fn plain<T: DeserializeOwned>(place: &str, value: Value) -> Result<T> {
    placed::read(value)
        .map_err(|error: Misread| wrong(&placed::join_path(place, &error.path), error.message.clone()))
}

/// The options of one strategy among `fields`, a stranger named with what is allowed.
fn options<T: DeserializeOwned>(
    place: &str,
    allowed: &[&'static str],
    mut fields: Map<String, Value>,
) -> Result<T> {
    fields.retain(|_, value| !value.is_null());
    if let Some(stranger) = fields.keys().find(|name| !allowed.contains(&name.as_str())) {
        let known: Vec<&str> = allowed.iter().chain(&COMMON).copied().collect();
        let near = hint(stranger, known.iter().copied());
        let known: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
        return Err(wrong(
            &format!("{place}.{stranger}"),
            format!("no such option{near}; allowed: {}", known.join(", ")),
        ));
    }
    plain(place, Value::Object(fields))
}

impl<'de> Deserialize<'de> for StrategyConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        Self::from_value("strategy", value).map_err(|error| D::Error::custom(&error.message))
    }
}

/// In its full form: an object with `type`, every option, and no nulls.
impl Serialize for StrategyConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Full<'a> {
            #[serde(flatten)]
            options: &'a StrategyOptions,
            #[serde(skip_serializing_if = "Option::is_none")]
            then: &'a Option<Box<StrategyConfig>>,
            #[serde(skip_serializing_if = "Option::is_none")]
            at_most: &'a Option<Ceilings>,
        }
        Full { options: &self.options, then: &self.then, at_most: &self.at_most }.serialize(serializer)
    }
}

#[cfg(test)]
mod tests;
