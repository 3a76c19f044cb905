//! A route, as the user declares it: targets behind one name.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::functions::{Function, check_function};
use crate::error::{Error, Result};
use crate::types::strategy::{StrategyConfig, validate_weights};

/// A named set of targets and how one is chosen among them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// The targets, in order; at least one.
    pub targets: Vec<RouteTargetConfig>,
    /// A strategy's name, or an object of its `type` and options. Default `priority`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strategy: Option<Value>,
    /// What the strategy `custom` asks; given in code alone.
    #[serde(skip)]
    pub function: Option<Function>,
    /// Other targets that one request may be shown after failures. Default 8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_fallbacks: Option<u32>,
    /// Whether content that one target refuses is shown to another. Default false.
    #[serde(default)]
    pub content_policy_fallback: bool,
}

/// One target of a route: `provider/model`, or an object that says more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RouteTargetConfig {
    /// `provider/model`, `kind/model` for every active provider of the kind, or the
    /// name of another route, whose targets then stand here: with its strategy where
    /// no other target has this priority, else ranked with the others by this one's.
    pub target: String,
    /// Its share under `weighted` and `random`; of several targets, together. Default 1.
    pub weight: f64,
    /// 1 is used first; a higher number only when no lower one can serve. Default 1.
    pub priority: u32,
    /// How good its answers are, for `balanced`; higher is better.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<f64>,
    /// Parameters of the request that are different here; null leaves one out.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
}

impl<'de> Deserialize<'de> for RouteTargetConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Whole {
            target: String,
            #[serde(default = "one_share")]
            weight: f64,
            #[serde(default = "first")]
            priority: u32,
            #[serde(default)]
            quality: Option<f64>,
            #[serde(default)]
            parameters: Map<String, Value>,
        }
        let value = match Value::deserialize(deserializer)? {
            Value::String(target) => serde_json::json!({ "target": target }),
            value => value,
        };
        let Whole { target, weight, priority, quality, parameters } =
            serde_json::from_value(value).map_err(serde::de::Error::custom)?;
        Ok(Self { target, weight, priority, quality, parameters })
    }
}

const fn one_share() -> f64 {
    1.0
}

const fn first() -> u32 {
    1
}

/// A route that was checked, as far as it can be without its targets.
#[derive(Clone, Debug)]
pub struct CheckedRoute {
    pub config: RouteConfig,
    pub strategy: StrategyConfig,
}

impl RouteConfig {
    /// Reads and checks the route at `place`. Errors: `ConfigurationError` naming the place.
    pub fn check(self, place: &str) -> Result<CheckedRoute> {
        if self.targets.is_empty() {
            let place = format!("{place}.targets");
            return Err(Error::configuration(
                place.clone(),
                format!("{place}: at least one target is needed"),
            ));
        }
        for (index, target) in self.targets.iter().enumerate() {
            let place = format!("{place}.targets[{index}]");
            if target.priority == 0 {
                let place = format!("{place}.priority");
                return Err(Error::configuration(place.clone(), format!("{place}: must be at least 1")));
            }
            if target.quality.is_some_and(|quality| !quality.is_finite()) {
                let place = format!("{place}.quality");
                return Err(Error::configuration(place.clone(), format!("{place}: must be a finite number")));
            }
        }
        let weights: Vec<f64> = self.targets.iter().map(|target| target.weight).collect();
        validate_weights(&format!("{place}.targets"), &weights)?;
        let strategy = match &self.strategy {
            Some(value) => StrategyConfig::from_value(&format!("{place}.strategy"), value.clone())?,
            None => StrategyConfig::default(),
        };
        check_function(&format!("{place}.strategy"), &strategy, self.function.as_ref())?;
        Ok(CheckedRoute { config: self, strategy })
    }
}

/// Errors: `ConfigurationError` where a route cannot have this name.
pub(super) fn check_name(name: &str) -> Result<()> {
    if name.is_empty() || name.contains('/') || name.chars().any(char::is_control) {
        let message = format!("routes: a route's name must not be empty or hold `/`, got {name:?}");
        return Err(Error::configuration("routes", message));
    }
    Ok(())
}
