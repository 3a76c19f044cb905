//! A route, as the user declares it: targets behind one name.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::functions::{Function, check_function};
use crate::error::{Error, Result};
use crate::resilience::StreamRecovery;
use crate::routing::rules::{RuleConfig, Rules};
use crate::routing::splits::{CanaryConfig, ShadowConfig, Shadows, Split, SplitConfig};
use crate::types::fields::require;
use crate::types::placed;
use crate::types::routing::RoutingOptions;
use crate::types::strategy::{StrategyConfig, validate_weights};

/// A named set of targets and how one is chosen among them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteConfig {
    /// The targets, in order; at least one, unless a split sends every request elsewhere.
    #[serde(default)]
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
    /// What is done with a stream that breaks after its first content: `error` or `continue`.
    /// Default: the client's `resilience.stream_recovery`.
    #[serde(default)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stream_recovery: Option<StreamRecovery>,
    /// Conditions, in order: the first that holds sends the request to another route or target.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleConfig>,
    /// Shares of the requests that no rule sent elsewhere, dealt to other routes or targets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<SplitConfig>,
    /// A split with one variant, in short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary: Option<CanaryConfig>,
    /// A share of the requests is copied to another route or target; replies are not touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<ShadowConfig>,
    /// What every request of this route asks of its targets, beside what it asks itself.
    #[serde(default, skip_serializing_if = "RequirementsConfig::is_empty")]
    pub requires: RequirementsConfig,
}

/// What the requests of a route ask of its targets, as in the request option `routing`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequirementsConfig {
    /// Only targets that carry all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Only targets in this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The jurisdictions where data may be processed. A target that does not say its
    /// own is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub residency: Option<Vec<String>>,
    /// Only targets that promise all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub data_policy: Vec<String>,
}

impl RequirementsConfig {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `options` with these on top: both hold.
    #[must_use]
    pub fn and(&self, options: &RoutingOptions) -> RoutingOptions {
        let mut both = options.clone();
        let add = |to: &mut Vec<String>, more: &[String]| {
            let new: Vec<_> = more.iter().filter(|one| !to.contains(one)).cloned().collect();
            to.extend(new);
        };
        add(&mut both.tags, &self.tags);
        add(&mut both.data_policy, &self.data_policy);
        both.residency = match (&self.residency, options.residency.clone()) {
            (None, asked) => asked,
            (Some(required), None) => Some(required.clone()),
            // None in common: no target is left, and the trace says what was allowed.
            (Some(required), Some(asked)) => {
                Some(asked.into_iter().filter(|one| required.contains(one)).collect())
            }
        };
        both.region = match (&self.region, &options.region) {
            (Some(required), Some(asked)) if required != asked => Some(format!("{required} and {asked}")),
            (Some(required), _) => Some(required.clone()),
            (None, asked) => asked.clone(),
        };
        both
    }
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
    /// Whether an answer from it is a degradation, such as a cheaper model's: it is used after
    /// all that are none, the trace says so, and a request may refuse it. Default false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub degraded: bool,
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
            #[serde(default)]
            degraded: bool,
        }
        placed::taken(deserializer, |value| {
            let value = match value {
                Value::String(target) => serde_json::json!({ "target": target }),
                value => value,
            };
            let Whole { target, weight, priority, quality, parameters, degraded } = placed::read(value)?;
            Ok(Self { target, weight, priority, quality, parameters, degraded })
        })
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
    pub rules: Arc<Rules>,
    pub split: Option<Arc<Split>>,
}

impl RouteConfig {
    /// The tier of each target: its `priority`, and degradations after all others.
    #[must_use]
    pub fn tiers(&self) -> Vec<u32> {
        let full = self.targets.iter().filter(|target| !target.degraded);
        let last = full.map(|target| target.priority).max().unwrap_or(0);
        let tier = |target: &RouteTargetConfig| match target.degraded {
            true => last.saturating_add(target.priority),
            false => target.priority,
        };
        self.targets.iter().map(tier).collect()
    }

    /// Reads and checks the route at `place`. Errors: `ConfigurationError` naming the place.
    pub fn check(self, place: &str) -> Result<CheckedRoute> {
        let rules = Rules::new(self.rules.iter().cloned(), &format!("{place}.rules"))?;
        let split = self.split(place)?;
        if let Some(shadow) = &self.shadow {
            Shadows::new(shadow.clone(), &format!("{place}.shadow"))?;
        }
        self.requires.and(&RoutingOptions::default()).validate().map_err(|error| {
            let place = format!("{place}.requires.{}", error.param.as_deref().unwrap_or_default());
            Error::configuration(place.clone(), format!("{place}: {}", error.message))
        })?;
        if self.targets.is_empty() && split.as_ref().is_none_or(|split| !split.is_whole()) {
            let place = format!("{place}.targets");
            let message = format!("{place}: at least one target is needed");
            return Err(Error::configuration(place, message));
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
        if !self.targets.is_empty() && self.targets.iter().all(|target| target.degraded) {
            let place = format!("{place}.targets");
            let message =
                format!("{place}: all are `degraded`; at least one must be what they are a degradation of");
            return Err(Error::configuration(place, message));
        }
        let weights: Vec<f64> = self.targets.iter().map(|target| target.weight).collect();
        if !weights.is_empty() {
            validate_weights(&format!("{place}.targets"), &weights)?;
        }
        let strategy = match &self.strategy {
            Some(value) => StrategyConfig::from_value(&format!("{place}.strategy"), value.clone())?,
            None => StrategyConfig::default(),
        };
        check_function(&format!("{place}.strategy"), &strategy, self.function.as_ref())?;
        Ok(CheckedRoute { config: self, strategy, rules: Arc::new(rules), split: split.map(Arc::new) })
    }

    fn split(&self, place: &str) -> Result<Option<Split>> {
        match (&self.split, &self.canary) {
            (None, None) => Ok(None),
            (Some(split), None) => Split::new(split.clone(), &format!("{place}.split")).map(Some),
            (None, Some(canary)) => {
                let place = format!("{place}.canary");
                let positive = canary.share > 0.0;
                require(positive, &place, "share", "a percentage, a number above 0 and up to 100")?;
                Split::new(canary.clone().into(), &place).map(Some)
            }
            (Some(_), Some(_)) => {
                let place = format!("{place}.canary");
                let message = format!("{place}: give either `split` or `canary`");
                Err(Error::configuration(place, message))
            }
        }
    }

    /// The routes and targets that a request may go to beside its own targets, each
    /// with its place below the route's.
    pub fn leads(&self) -> impl Iterator<Item = (String, &str)> {
        let rules = self.rules.iter().enumerate();
        let variants = self.split.iter().flat_map(|split| split.variants.iter().enumerate());
        rules
            .map(|(index, rule)| (format!("rules[{index}].to"), rule.to.as_str()))
            .chain(
                variants.map(|(index, variant)| (format!("split.variants[{index}].to"), variant.to.as_str())),
            )
            .chain(self.canary.iter().map(|canary| ("canary.to".to_owned(), canary.to.as_str())))
            .chain(self.shadow.iter().map(|shadow| ("shadow.to".to_owned(), shadow.to.as_str())))
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
