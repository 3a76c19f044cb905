//! One decision of routing over targets that are made up: what a strategy would do.
//!
//! For tests of strategies and rules of one's own, and for the cases of
//! `tests/cases/routing`, which all languages run. Nothing is sent; the same case
//! gives the same decision everywhere.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::routing::policies::{Strategy, check_order};
use crate::routing::{
    Decision, Member, PlainTargets, Question, Record, RequestFacts, TargetTable, Targets, Term, decide,
};
use crate::types::chat::ChatRequest;
use crate::types::routing::{RoutingOptions, TargetFacts};
use crate::types::routing_trace::{RoutingTrace, Shortage, Why};
use crate::types::strategy::{StrategyConfig, StrategyName, validate_weights};

/// What is to be decided.
#[derive(Clone, Debug, Deserialize)]
pub struct DecisionCase {
    /// The route's targets, in order.
    pub targets: Vec<CaseTarget>,
    /// As in a configuration.
    pub strategy: Value,
    /// Fields of the request's body beside `model` and `messages`.
    #[serde(default)]
    pub request: Map<String, Value>,
    #[serde(default)]
    pub options: RoutingOptions,
    /// The estimate of the input.
    #[serde(default = "few_tokens")]
    pub input_tokens: u64,
    /// Seconds since 1970.
    #[serde(default)]
    pub now: f64,
    #[serde(default)]
    pub seed: u64,
    /// What the function of the strategy `custom` returned.
    #[serde(default)]
    pub order: Option<Vec<String>>,
    /// So many decisions, one after the other, with seeds from `seed` on.
    #[serde(default)]
    pub decisions: Option<u64>,
}

/// A target that is made up.
#[derive(Clone, Debug, Deserialize)]
pub struct CaseTarget {
    #[serde(default = "first_tier")]
    pub tier: u32,
    /// What strategies read of it; null: unknown.
    #[serde(default)]
    pub terms: HashMap<Term, Option<f64>>,
    /// Why it cannot serve now.
    #[serde(default)]
    pub short: Option<Shortage>,
    /// `name` (`provider/model`) and what is known of it.
    #[serde(flatten)]
    pub facts: Map<String, Value>,
}

const fn few_tokens() -> u64 {
    10
}

const fn first_tier() -> u32 {
    1
}

/// What was decided.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Decided {
    /// With `decisions`: the first target of each, and nothing else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Vec<Option<String>>>,
    /// The targets in the order in which they are taken until none is left; if
    /// there is none at first, those of the last resort.
    pub order: Vec<String>,
    /// Of each taken: the reason, the strategy that had the last word, what it compared.
    pub why: Vec<Why>,
    pub by: Vec<StrategyName>,
    pub scores: Vec<Option<f64>>,
    /// When the first shortage ends, in seconds since 1970.
    pub earliest: Option<f64>,
    /// What is wrong with `order`.
    pub order_failed: Option<String>,
    /// The record of it; not with `decisions`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<RoutingTrace>,
}

struct Setup {
    table: Arc<TargetTable>,
    targets: PlainTargets,
    strategy: Arc<Strategy>,
    request: RequestFacts,
    now: f64,
}

impl DecisionCase {
    /// Errors: `BadRequestError` naming the place.
    pub fn from_value(value: Value) -> Result<Self> {
        crate::types::from_value(value)
    }

    /// Decides. Errors: those of a wrong configuration or request.
    pub fn decide(self) -> Result<Decided> {
        let (seed, order, decisions) = (self.seed, self.order.clone(), self.decisions);
        let mut setup = self.setup()?;
        let name = |setup: &Setup, index: u32| setup.table.name(index).to_owned();
        if let Some(decisions) = decisions {
            let first = |number: u64| {
                let pick = setup.begin(seed.wrapping_add(number)).next(&setup.targets);
                pick.map(|pick| name(&setup, pick.index))
            };
            return Ok(Decided { first: Some((0..decisions).map(first).collect()), ..Decided::default() });
        }
        let mut decision = setup.begin(seed);
        let mut decided = Decided { earliest: decision.earliest(), ..Decided::default() };
        if let Some(names) = order {
            let eligible = |name: &str| decision.eligible().iter().find(|at| setup.table.name(*at) == name);
            match check_order(&names, eligible) {
                Ok(order) => (0..).zip(order).for_each(|(place, index)| {
                    setup.targets.set(index, Term::Order, f64::from(place));
                }),
                Err(fault) => {
                    decision.order_failed(fault.to_string());
                    decided.order_failed = Some(fault.to_string());
                }
            }
        }
        loop {
            while let Some(pick) = decision.next(&setup.targets) {
                decided.order.push(name(&setup, pick.index));
                decided.why.push(pick.why);
                decided.by.push(pick.by);
                decided.scores.push(Some(pick.score).filter(|score| !score.is_nan()));
            }
            if !(decided.order.is_empty() && decision.last_resort()) {
                break;
            }
        }
        Ok(Decided { trace: Some(decision.trace()), ..decided })
    }

    fn setup(self) -> Result<Setup> {
        let mut members = Vec::with_capacity(self.targets.len());
        for target in &self.targets {
            let mut facts = target.facts.clone();
            let provider = facts.get("name").and_then(Value::as_str).and_then(|name| name.split('/').next());
            let provider = provider.unwrap_or_default().to_owned();
            facts.entry("provider").or_insert(Value::String(provider));
            let facts: TargetFacts = crate::types::from_value(Value::Object(facts))?;
            members.push(Member { facts, tier: target.tier });
        }
        let mut targets = PlainTargets::new(members.iter().map(|member| &member.facts));
        for (index, target) in (0..).zip(&self.targets) {
            for (term, value) in &target.terms {
                targets.set(index, *term, value.unwrap_or(f64::NAN));
            }
            targets.set_shortage(index, target.short);
        }
        if self.decisions.is_some() {
            targets = targets.with_credits();
        }
        let config = StrategyConfig::from_value("strategy", self.strategy)?;
        let weights: Vec<f64> = (0..members.len() as u32)
            .map(|index| targets.term(index, Term::Weight))
            .map(|weight| if weight.is_nan() { 1.0 } else { weight })
            .collect();
        validate_weights("targets", &weights)?;
        let mut body = Map::new();
        body.insert("model".to_owned(), json!("chat"));
        body.insert("messages".to_owned(), json!([{ "role": "user", "content": "Hello" }]));
        body.extend(self.request);
        let streamed = body.get("stream") == Some(&Value::Bool(true));
        let request = ChatRequest::from_value(Value::Object(body))?;
        self.options.validate()?;
        let strategy = Strategy::new(config);
        let mut facts = RequestFacts::of(&request, &Arc::new(self.options), streamed, self.input_tokens);
        if strategy.uses_prompt_key() {
            facts = facts.with_prompt_key(&request);
        }
        Ok(Setup {
            table: Arc::new(TargetTable::new(members)),
            targets,
            strategy: Arc::new(strategy),
            request: facts,
            now: self.now,
        })
    }
}

impl Setup {
    fn begin(&self, seed: u64) -> Decision {
        let question = Question {
            table: Arc::clone(&self.table),
            strategy: Arc::clone(&self.strategy),
            tier_strategies: Arc::default(),
            request: self.request.clone(),
            now: self.now,
            seed,
            record: Record::ALL,
        };
        decide(question, &self.targets)
    }
}

/// Decides what `case` (a [`DecisionCase`]) says, for other languages.
///
/// Errors: as [`DecisionCase::decide`].
pub fn decide_case(case: Value) -> Result<Value> {
    let decided = DecisionCase::from_value(case)?.decide()?;
    serde_json::to_value(decided).map_err(|error| {
        Error::new(crate::error::ErrorKind::Internal, "a decision cannot be written").with_source(error)
    })
}
