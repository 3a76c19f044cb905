//! The way of a request to the route that serves it: rules, splits, copies.
//!
//! Decides; what sends the copies is [`shadow`](super::shadow).

use std::sync::Arc;

use super::call::Call;
use super::plan::Plan;
use super::route::Route;
use super::shadow::Shadow;
use super::states::States;
use super::variants::{Exposed, Variant, Variants};
use crate::catalogue::estimate_request;
use crate::config::{CheckedRoute, RequirementsConfig};
use crate::error::Result;
use crate::routing::RequestFacts;
use crate::routing::draw::Draw;
use crate::routing::rules::{RuleFacts, Rules};
use crate::routing::splits::Split;
use crate::types::limits::InputTokens;
use crate::types::operation::Request;
use crate::types::path::{Hop, ShadowCopy, ShadowFate};
use crate::types::routing::{Capabilities, Capability, RoutingOptions};

/// What a declared route does with a request before its targets are looked at.
pub(super) struct Lead {
    rules: Arc<Rules>,
    split: Option<Arc<Split>>,
    pub shadow: Option<Arc<Shadow>>,
    requires: RequirementsConfig,
}

impl Lead {
    /// None where the route only has targets.
    pub fn of(checked: &CheckedRoute, shadow: Option<Arc<Shadow>>) -> Option<Box<Self>> {
        let CheckedRoute { config, rules, split, .. } = checked;
        if rules.is_empty() && split.is_none() && shadow.is_none() && config.requires.is_empty() {
            return None;
        }
        let (rules, split) = (Arc::clone(rules), split.clone());
        Some(Box::new(Self { rules, split, shadow, requires: config.requires.clone() }))
    }
}

/// Where a request goes, and how it came there.
pub(crate) struct Dispatch {
    pub route: Arc<Route>,
    /// Empty where nothing but the name decided.
    pub path: Vec<Hop>,
    /// What the request asks of targets, and what the routes on its way ask beside.
    pub options: Arc<RoutingOptions>,
    /// Of every random choice.
    pub seed: u64,
    /// The variants that it belongs to; gone with the request.
    pub exposed: Option<Arc<Exposed>>,
    /// Copies to be made of it, each by its hop's place.
    copies: Vec<(usize, Arc<Shadow>)>,
}

/// Whether a way is only looked at, or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose<'a> {
    Explain,
    Send,
    /// To send a copy of a request of this route, of which no copies are made.
    Copy(&'a str),
}

/// Apart from the draws of strategies.
const SHADOW_SEED: u64 = 0x5AAD_0000_5AAD_0000;

impl Dispatch {
    /// Finds the way of a request.
    ///
    /// Errors: those of names that stand for nothing; nothing was sent.
    pub(super) fn new(
        plan: &Plan,
        states: &States,
        call: &Call,
        stream: bool,
        purpose: Purpose<'_>,
    ) -> Result<Self> {
        let (model, provider) = (call.request.model(), call.options.provider.as_deref());
        let route = match &call.request {
            Request::Service(_) => {
                plan.check_operation(model, provider)?;
                plan.route(model, provider, states).map_err(|mut error| {
                    // Here it is the operation that names what is asked.
                    if error.param.as_deref() == Some("model") {
                        error.param = Some("operation".to_owned());
                    }
                    error
                })?
            }
            _ => plan.route(model, provider, states)?,
        };
        let mut dispatch = Self::to(route, Arc::clone(&call.options.routing));
        while dispatch.step(plan, states, call, stream, purpose)? {}
        dispatch.exposed = Exposed::begin(dispatch.variants(&states.variants, purpose), states.clock());
        Ok(dispatch)
    }

    /// The way to a route that nothing but its name leads to.
    pub(super) fn to(route: Arc<Route>, options: Arc<RoutingOptions>) -> Self {
        let seed = options.seed.unwrap_or_else(|| fastrand::u64(..));
        Self { route, path: Vec::new(), options, seed, exposed: None, copies: Vec::new() }
    }

    /// One route further, if the present one sends it on. Routes make no circle.
    fn step(
        &mut self,
        plan: &Plan,
        states: &States,
        call: &Call,
        stream: bool,
        purpose: Purpose<'_>,
    ) -> Result<bool> {
        let route = Arc::clone(&self.route);
        let Some(lead) = &route.lead else { return Ok(false) };
        if !lead.requires.is_empty() {
            self.options = Arc::new(lead.requires.and(&self.options));
        }
        let facts = Facts::of(call, stream, &lead.rules);
        let facts = facts.for_rules();
        let mut hop = Hop { route: route.name.clone().unwrap_or_default(), ..Hop::default() };
        let outcome = lead.rules.first(&facts, now());
        hop.rule_notes = outcome.notes;
        if let Some((index, rule)) = outcome.matched.and_then(|index| Some((index, lead.rules.get(index)?))) {
            hop.rule = Some(rule.name.clone().unwrap_or_else(|| index.to_string()));
            hop.to = Some(rule.to.clone());
        } else if let Some(split) = &lead.split {
            let assignment = split.assign(&facts, self.seed);
            hop.to = assignment.to.map(str::to_owned);
            hop.exposure = Some(assignment.exposure);
        }
        if let (Purpose::Send, Some(shadow)) = (purpose, &lead.shadow)
            && shadow.is_drawn(Draw::seeded(self.seed ^ SHADOW_SEED).unit())
        {
            // Until it is sent.
            hop.shadow = Some(ShadowCopy { to: shadow.to().to_owned(), fate: ShadowFate::Dropped });
            self.copies.push((self.path.len(), Arc::clone(shadow)));
        }
        let to = hop.to.clone();
        if to.is_some() || hop.exposure.is_some() || hop.shadow.is_some() || !hop.rule_notes.is_empty() {
            self.path.push(hop);
        }
        let Some(to) = to else { return Ok(false) };
        self.route = plan.route(&to, None, states)?;
        Ok(true)
    }

    /// Whose numbers the request is to be counted in.
    fn variants(&self, known: &Variants, purpose: Purpose<'_>) -> Vec<Arc<Variant>> {
        let exposed = |hop: &Hop| {
            let exposure = hop.exposure.as_ref()?;
            Some(known.of(&hop.route, Some(&exposure.split), &exposure.variant))
        };
        match purpose {
            Purpose::Explain => Vec::new(),
            Purpose::Send => self.path.iter().filter_map(exposed).collect(),
            // Not in those of the variants that it goes through: nobody saw its answer.
            Purpose::Copy(route) => vec![known.copies(route)],
        }
    }

    /// Has `send` send the copies that were drawn, and notes what became of them.
    pub(super) fn send_copies(&mut self, send: impl Fn(&Arc<Shadow>) -> ShadowFate) {
        for (place, shadow) in std::mem::take(&mut self.copies) {
            let fate = send(&shadow);
            if let Some(copy) = self.path.get_mut(place).and_then(|hop| hop.shadow.as_mut()) {
                copy.fate = fate;
            }
        }
    }

    /// The name of the route that was asked for, if it was one.
    pub fn asked_route(&self) -> Option<&str> {
        self.path.first().map(|hop| hop.route.as_str()).or(self.route.name.as_deref())
    }
}

/// How much is said, and asked for.
#[derive(Default)]
struct Said {
    most: Option<u64>,
    messages: usize,
    tools: usize,
}

impl Said {
    fn of(request: &Request) -> Self {
        match request {
            Request::Responses(request) => Self {
                most: request.max_output_tokens,
                messages: request.input.items().len().max(1),
                tools: request.tools.as_ref().map_or(0, Vec::len),
            },
            Request::Messages(request) => Self {
                most: Some(request.max_tokens),
                messages: request.messages.len(),
                tools: request.tools.as_ref().map_or(0, Vec::len),
            },
            other => other.chat().map_or_else(Self::default, |chat| Self {
                most: chat.max_completion_tokens.or(chat.max_tokens),
                messages: chat.messages.len(),
                tools: chat.tools.as_ref().map_or(0, Vec::len),
            }),
        }
    }
}

/// What rules look at that must be found out first.
struct Facts<'a> {
    call: &'a Call,
    stream: bool,
    needs: Capabilities,
    input_tokens: u64,
}

impl<'a> Facts<'a> {
    fn of(call: &'a Call, stream: bool, rules: &Rules) -> Self {
        let Call { request, options } = call;
        if rules.is_empty() {
            return Self { call, stream, needs: Capabilities::default(), input_tokens: 0 };
        }
        let tokens =
            if rules.reads("input_tokens") { estimate_request(request) } else { InputTokens::default() };
        let input_tokens = tokens.all;
        let needs = RequestFacts::of_request(request, &options.routing, stream, tokens).needs;
        Self { call, stream, needs, input_tokens }
    }

    fn for_rules(&self) -> RuleFacts<'a> {
        let Call { request, options } = self.call;
        let routing = &*options.routing;
        let said = Said::of(request);
        let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        let needs = |capability| self.needs.contains(capability);
        RuleFacts {
            task: text(&routing.task),
            operation: request.operation().as_str(),
            model: request.model(),
            tenant: text(&routing.tenant),
            user: request.user().unwrap_or_default(),
            session: text(&routing.session),
            metadata: Some(&routing.metadata),
            tags: &routing.tags,
            input_tokens: self.input_tokens,
            max_output_tokens: said.most,
            messages: count(said.messages),
            tools: count(said.tools),
            images: needs(Capability::Vision),
            documents: needs(Capability::Document) || needs(Capability::TextDocument),
            audio: needs(Capability::AudioInput),
            video: needs(Capability::Video),
            json_schema: needs(Capability::JsonSchema),
            reasoning: needs(Capability::Reasoning),
            stream: self.stream,
        }
    }
}

/// Whole seconds since 1970.
#[allow(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn now() -> i64 {
    super::selection::unix_now() as i64
}
