//! The options of each strategy, their defaults and their limits.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{StrategyName, options, wrong};
use crate::error::Result;

/// A strategy's own options; `type` is its name.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StrategyOptions {
    Priority,
    RoundRobin,
    Weighted,
    Random(RandomOptions),
    LeastLatency(LeastLatencyOptions),
    LeastBusy,
    Cheapest(ToleranceOptions),
    FastestOutput(ToleranceOptions),
    Balanced(BalancedOptions),
    Region(RegionOptions),
    Sticky(StickyOptions),
    Bandit(BanditOptions),
    Custom(CustomOptions),
}

/// A strategy without options.
#[derive(Deserialize)]
struct NoOptions {}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RandomOptions {
    /// Whether a target's chance is in proportion to its weight. Default false.
    pub weighted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LeastLatencyOptions {
    /// How many targets, drawn by lot, are compared where there are more than
    /// eight: 2 to 8. Default 2.
    pub choices: u32,
}

impl Default for LeastLatencyOptions {
    fn default() -> Self {
        Self { choices: 2 }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ToleranceOptions {
    /// Targets within this share of the best count as equal to it: 0.1 is a
    /// tenth. Default 0.
    pub tolerance: f64,
}

/// How much each aspect counts; only their proportions matter. Default 1 each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BalancedOptions {
    /// The expected cost of this request.
    pub cost: f64,
    /// The expected time of the answer.
    pub latency: f64,
    /// The declared quality of the model.
    pub quality: f64,
    /// The share of requests that succeed.
    pub health: f64,
}

impl Default for BalancedOptions {
    fn default() -> Self {
        Self { cost: 1.0, latency: 1.0, quality: 1.0, health: 1.0 }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RegionOptions {
    /// Regions, nearest first; those not listed come after. Without it, the measured
    /// round trip decides: the least time lately that connections to the target's address
    /// took to be made, for each round trip that this needs. Behind a content delivery
    /// network it is the way to that network's nearest end. A target never asked is
    /// tried at once, by one request; one that is left alone comes nearer until it is
    /// asked again.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// Of measured round trips: those within this share of the shortest count
    /// as equal to it. Default 0.
    pub tolerance: f64,
}

/// What a sticky request sticks by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StickyKey {
    /// The session; without one, the start of the prompt.
    #[default]
    SessionOrPrompt,
    /// The session alone.
    Session,
    /// The start of the prompt: what comes before the conversation, and its
    /// first message of the user's. Providers cache prompts by prefix.
    Prompt,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct StickyOptions {
    pub key: StickyKey,
    /// A target with more than 1 + this times its fair share of the requests in
    /// flight is passed over. Default 0.25; 0 balances as evenly as can be.
    pub bounded_load: f64,
}

impl Default for StickyOptions {
    fn default() -> Self {
        Self { key: StickyKey::default(), bounded_load: 0.25 }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BanditOptions {
    /// The reward expected of a target before any was reported. Default 0.5.
    pub prior_mean: f64,
    /// How many rewards that expectation is worth. Default 1.
    pub prior_count: f64,
    /// The standard deviation of one reward. Default 0.5, the most that rewards
    /// from 0 to 1 can have.
    pub noise: f64,
    /// Seconds after which a reward counts half. Default a day.
    pub half_life_seconds: f64,
}

impl Default for BanditOptions {
    fn default() -> Self {
        Self { prior_mean: 0.5, prior_count: 1.0, noise: 0.5, half_life_seconds: 86_400.0 }
    }
}

/// The function itself is given in code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CustomOptions {
    /// Seconds that the function may take, and never more than half of the time
    /// that the whole request has; above it, `then` decides. Default 1, at most an
    /// hour.
    pub timeout_seconds: f64,
}

impl CustomOptions {
    const LONGEST: f64 = 3600.0;
}

impl Default for CustomOptions {
    fn default() -> Self {
        Self { timeout_seconds: 1.0 }
    }
}

/// A target that is known to be above one of these comes after all others. So
/// does one whose cost is unknown, where a cost is given; one whose times are
/// unknown does not, as they become known by use alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Ceilings {
    /// Expected cost of the request, in US dollars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_cost_usd: Option<f64>,
    /// Expected time to the first token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_token_seconds: Option<f64>,
    /// Expected time of the whole answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_seconds: Option<f64>,
}

impl Ceilings {
    pub(super) fn validate(&self, place: &str) -> Result<()> {
        let fields = [
            ("expected_cost_usd", self.expected_cost_usd),
            ("first_token_seconds", self.first_token_seconds),
            ("total_seconds", self.total_seconds),
        ];
        if fields.iter().all(|(_, value)| value.is_none()) {
            let names = fields.map(|(name, _)| format!("`{name}`")).join(", ");
            return Err(wrong(place, format!("names no ceiling; allowed: {names}")));
        }
        fields.into_iter().try_for_each(|(name, value)| match value {
            Some(value) => at_least(place, name, value, 0.0),
            None => Ok(()),
        })
    }
}

impl StrategyOptions {
    #[must_use]
    pub const fn name(&self) -> StrategyName {
        match self {
            Self::Priority => StrategyName::Priority,
            Self::RoundRobin => StrategyName::RoundRobin,
            Self::Weighted => StrategyName::Weighted,
            Self::Random(_) => StrategyName::Random,
            Self::LeastLatency(_) => StrategyName::LeastLatency,
            Self::LeastBusy => StrategyName::LeastBusy,
            Self::Cheapest(_) => StrategyName::Cheapest,
            Self::FastestOutput(_) => StrategyName::FastestOutput,
            Self::Balanced(_) => StrategyName::Balanced,
            Self::Region(_) => StrategyName::Region,
            Self::Sticky(_) => StrategyName::Sticky,
            Self::Bandit(_) => StrategyName::Bandit,
            Self::Custom(_) => StrategyName::Custom,
        }
    }

    pub(super) fn read(name: StrategyName, place: &str, fields: Map<String, Value>) -> Result<Self> {
        let none = |fields, strategy| options::<NoOptions>(place, &[], fields).map(|_| strategy);
        let read = match name {
            StrategyName::Priority => none(fields, Self::Priority),
            StrategyName::RoundRobin => none(fields, Self::RoundRobin),
            StrategyName::Weighted => none(fields, Self::Weighted),
            StrategyName::LeastBusy => none(fields, Self::LeastBusy),
            StrategyName::Custom => options(place, &["timeout_seconds"], fields).map(Self::Custom),
            StrategyName::Random => options(place, &["weighted"], fields).map(Self::Random),
            StrategyName::LeastLatency => options(place, &["choices"], fields).map(Self::LeastLatency),
            StrategyName::Cheapest => options(place, &["tolerance"], fields).map(Self::Cheapest),
            StrategyName::FastestOutput => options(place, &["tolerance"], fields).map(Self::FastestOutput),
            StrategyName::Balanced => {
                options(place, &["cost", "latency", "quality", "health"], fields).map(Self::Balanced)
            }
            StrategyName::Region => options(place, &["order", "tolerance"], fields).map(Self::Region),
            StrategyName::Sticky => options(place, &["key", "bounded_load"], fields).map(Self::Sticky),
            StrategyName::Bandit => {
                options(place, &["prior_mean", "prior_count", "noise", "half_life_seconds"], fields)
                    .map(Self::Bandit)
            }
        }?;
        read.validate(place)?;
        Ok(read)
    }

    /// Errors: `ConfigurationError` naming the option under `place` and its limits.
    fn validate(&self, place: &str) -> Result<()> {
        match self {
            Self::LeastLatency(options) if !(2..=8).contains(&options.choices) => {
                let place = format!("{place}.choices");
                Err(wrong(&place, format!("must be 2 to 8, got {}", options.choices)))
            }
            Self::Cheapest(options) => at_least(place, "tolerance", options.tolerance, 0.0),
            Self::FastestOutput(options) if options.tolerance >= 1.0 => {
                let place = format!("{place}.tolerance");
                Err(wrong(&place, format!("must be at least 0 and below 1, got {}", options.tolerance)))
            }
            Self::FastestOutput(options) => at_least(place, "tolerance", options.tolerance, 0.0),
            Self::Balanced(options) => options.validate(place),
            Self::Region(options) => options.validate(place),
            Self::Sticky(options) => at_least(place, "bounded_load", options.bounded_load, 0.0),
            Self::Bandit(options) => {
                if !options.prior_mean.is_finite() {
                    return Err(wrong(&format!("{place}.prior_mean"), "must be a finite number"));
                }
                above_zero(place, "prior_count", options.prior_count)?;
                above_zero(place, "noise", options.noise)?;
                above_zero(place, "half_life_seconds", options.half_life_seconds)
            }
            Self::Custom(options) if options.timeout_seconds > CustomOptions::LONGEST => {
                let place = format!("{place}.timeout_seconds");
                let most = CustomOptions::LONGEST;
                Err(wrong(&place, format!("must be at most {most}, got {}", options.timeout_seconds)))
            }
            Self::Custom(options) => above_zero(place, "timeout_seconds", options.timeout_seconds),
            _ => Ok(()),
        }
    }
}

impl BalancedOptions {
    fn validate(&self, place: &str) -> Result<()> {
        let weights = [
            ("cost", self.cost),
            ("latency", self.latency),
            ("quality", self.quality),
            ("health", self.health),
        ];
        weights.into_iter().try_for_each(|(name, weight)| at_least(place, name, weight, 0.0))?;
        let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
        if sum <= 0.0 {
            let names = weights.map(|(name, _)| format!("`{name}`")).join(", ");
            return Err(wrong(place, format!("at least one of {names} must be above 0")));
        }
        Ok(())
    }
}

impl RegionOptions {
    fn validate(&self, place: &str) -> Result<()> {
        at_least(place, "tolerance", self.tolerance, 0.0)?;
        for (index, region) in self.order.iter().enumerate() {
            let place = format!("{place}.order[{index}]");
            if region.is_empty() {
                return Err(wrong(&place, "must not be empty"));
            }
            if self.order.iter().take(index).any(|earlier| earlier == region) {
                return Err(wrong(&place, format!("`{region}` is listed twice")));
            }
        }
        Ok(())
    }
}

fn at_least(place: &str, name: &str, value: f64, least: f64) -> Result<()> {
    if value.is_finite() && value >= least {
        return Ok(());
    }
    Err(wrong(
        &format!("{place}.{name}"),
        format!("must be a finite number of at least {least}, got {value}"),
    ))
}

fn above_zero(place: &str, name: &str, value: f64) -> Result<()> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(wrong(&format!("{place}.{name}"), format!("must be a finite number above 0, got {value}")))
}

/// The weights of a route's targets, where `place` is their list.
///
/// Errors: `ConfigurationError` for one that is negative or not finite, and for
/// a list without a weight above 0. A single 0 is allowed: its target is asked
/// after all others.
pub fn validate_weights(place: &str, weights: &[f64]) -> Result<()> {
    for (index, weight) in weights.iter().enumerate() {
        at_least(&format!("{place}[{index}]"), "weight", *weight, 0.0)?;
    }
    let sum: f64 = weights.iter().sum();
    if !sum.is_finite() {
        return Err(wrong(place, "the sum of the weights must be finite"));
    }
    if sum <= 0.0 {
        return Err(wrong(place, "at least one weight must be above 0"));
    }
    Ok(())
}
