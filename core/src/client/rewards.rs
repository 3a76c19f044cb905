//! What the user reports of replies, taken in and published for choices.
//!
//! Kept by the names of route and target, so that a route that is changed goes on
//! with what it has learned. The reckoning is in `routing::state::rewards`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::lock::lock;
use super::route::Route;
use crate::error::{Error, Result};
use crate::routing::state::{Arm, Rewards};
use crate::types::strategy::BanditOptions;
use crate::types::trace::Trace;

/// What a reward is for: a reply, or a target of a route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewarded {
    route: String,
    target: String,
    /// Of the reply: a second report of it takes the place of the first.
    id: Option<u64>,
    /// The route of which a rule or a split sent the request on to `route`.
    sent_by: Option<String>,
}

impl Rewarded {
    /// A target of a route, whatever the reply: every report counts.
    #[must_use]
    pub fn target(route: impl Into<String>, target: impl Into<String>) -> Self {
        Self { route: route.into(), target: target.into(), id: None, sent_by: None }
    }

    /// The reply whose trace this is (`reply.completion.route`).
    ///
    /// Errors: `BadRequestError` where it did not come from a route, or nothing answered.
    pub fn reply(trace: &Trace) -> Result<Self> {
        let named = |name: &Option<String>| name.clone().map_or(Value::Null, Value::String);
        let last = trace.path.last().map(|hop| (named(&Some(hop.route.clone())), named(&hop.to)));
        Self::of_trace(&named(&trace.route), last, &named(&trace.target), Some(trace.id))
    }

    /// Reads a report: an object of `reward`, and of `reply` (a reply, its last
    /// chunk, or its trace) or of `route` and `target`, and perhaps the trace's `id`.
    ///
    /// Errors: `BadRequestError` naming the place.
    pub fn from_report(report: Value) -> Result<(Self, f64)> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Given {
            #[serde(default)]
            reward: Value,
            reply: Option<Value>,
            route: Option<String>,
            target: Option<String>,
            id: Option<String>,
        }
        let Given { reward, reply, route, target, id } = crate::types::from_value(report)?;
        let Some(number) = reward.as_f64() else {
            let message = format!("reward: must be a number from 0 to 1, got {reward}");
            return Err(Error::bad_request("reward", message));
        };
        let rewarded = match (reply, route, target) {
            (Some(reply), None, None) if id.is_none() => {
                // Of a reply its trace; a trace has the route's name there.
                // The last event of a response or a message has it in that.
                let whole = ["response", "message"].into_iter().find_map(|name| reply.get(name));
                let holder = whole.filter(|whole| whole.is_object()).unwrap_or(&reply);
                let trace = holder.get("route").filter(|route| route.is_object()).unwrap_or(&reply);
                let field = |name: &str| trace.get(name).cloned().unwrap_or_default();
                let id = field("id").as_str().and_then(|id| u64::from_str_radix(id, 16).ok());
                let last = trace.get("path").and_then(Value::as_array).and_then(|path| path.last());
                let of_hop = |hop: &Value, name| hop.get(name).cloned().unwrap_or_default();
                let last = last.map(|hop| (of_hop(hop, "route"), of_hop(hop, "to")));
                // The id of a reply without a trace is the provider's own.
                Self::of_trace(&field("route"), last, &field("target"), id)
            }
            (None, Some(route), Some(target)) => {
                let wrong =
                    || Error::bad_request("id", "id: must be the `id` of a trace: 16 hexadecimal digits");
                let id = id.map(|id| u64::from_str_radix(&id, 16).map_err(|_| wrong())).transpose()?;
                Ok(Self { route, target, id, sent_by: None })
            }
            _ => Err(Error::bad_request(
                "reply",
                "reply: a reward is for a `reply`, or for a `route` and its `target`: give one of both",
            )),
        }?;
        Ok((rewarded, number))
    }

    /// `last`: of the way from the route that was asked for, the last route that had a
    /// say, and where it sent the request on to, if it did. That is who served it.
    fn of_trace(
        asked: &Value,
        last: Option<(Value, Value)>,
        target: &Value,
        id: Option<u64>,
    ) -> Result<Self> {
        let (served, sent_by) = match last {
            None => (asked.clone(), None),
            Some((route, Value::Null)) => (route, None),
            Some((route, to)) => (to, route.as_str().map(str::to_owned)),
        };
        let (Value::String(route), Value::String(target)) = (&served, target) else {
            return Err(match target {
                Value::String(_) => Error::bad_request(
                    "reply.route.route",
                    "reply.route.route: the reply came from no route; only routes learn from rewards",
                ),
                _ => Error::bad_request(
                    "reply.route",
                    "reply.route: it names no target that answered; of a stream, the last chunk has it",
                ),
            });
        };
        Ok(Self { route: route.clone(), target: target.clone(), id, sent_by })
    }

    pub(super) fn route(&self) -> &str {
        &self.route
    }

    /// The error where the client has only `known` as routes.
    pub(super) fn of_no_route<'a>(&self, known: impl Iterator<Item = &'a String>) -> Error {
        let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
        let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
        match &self.sent_by {
            None => Error::bad_request(
                "route",
                format!("route: no route is called `{}`; routes: {known}", self.route),
            ),
            // A rule chose the target, for what the request was: what came of that says
            // nothing of a choice among targets.
            Some(by) => Error::bad_request(
                "reply.route.path",
                format!(
                    "reply.route.path: `{by}` sent it straight to `{}`, which is no route, and only routes learn from \
                     rewards; to reward a target of a route all the same, name `route` and `target`; routes: {known}",
                    self.route
                ),
            ),
        }
    }
}

/// The rewards of one target, as choices read them.
#[derive(Debug, Default)]
pub(crate) struct Published(Mutex<Arm>);

impl Published {
    pub fn arm(&self) -> Arm {
        *lock(&self.0)
    }
}

/// The rewards of one route.
#[derive(Debug, Default)]
pub(crate) struct RouteRewards {
    rewards: Mutex<Rewards>,
    published: Mutex<HashMap<String, Arc<Published>>>,
}

impl RouteRewards {
    /// Where the rewards of a target can be read.
    pub fn of(&self, target: &str) -> Arc<Published> {
        Arc::clone(lock(&self.published).entry(target.to_owned()).or_default())
    }

    fn report(&self, rewarded: &Rewarded, reward: f64, now: Duration, half_life_seconds: f64) -> Result<()> {
        let Rewarded { target, id, .. } = rewarded;
        let mut rewards = lock(&self.rewards);
        let arm = rewards.report(*id, target, reward, now.as_secs_f64(), half_life_seconds)?;
        *lock(&self.of(target).0) = arm;
        Ok(())
    }
}

/// The rewards of every route that was declared, by its name.
#[derive(Debug, Default)]
pub(crate) struct AllRewards(Mutex<HashMap<String, Arc<RouteRewards>>>);

impl AllRewards {
    pub fn of(&self, route: &str) -> Arc<RouteRewards> {
        Arc::clone(lock(&self.0).entry(route.to_owned()).or_default())
    }

    /// Takes in a reward for a target of `route`.
    ///
    /// Errors: `BadRequestError` naming the place.
    pub fn report(&self, route: &Route, rewarded: &Rewarded, reward: f64, now: Duration) -> Result<()> {
        let known = || route.table.members().iter().map(|member| member.facts.name.as_str());
        let Some(index) = known().position(|name| name == rewarded.target) else {
            let known = known().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            let message = format!(
                "target: `{}` is none of route `{}`; it has {known}",
                rewarded.target, rewarded.route
            );
            return Err(Error::bad_request("target", message));
        };
        // Without a bandit the rewards are kept all the same: it may come later.
        let options = route.bandit(index as u32).copied().unwrap_or_else(BanditOptions::default);
        self.of(&rewarded.route).report(rewarded, reward, now, options.half_life_seconds)
    }
}
