//! The client, shared by all environments of one process that were handed it.

use napi::bindgen_prelude::Function;
use napi_derive::napi;
use roocode::client::Rewarded;
use roocode::types::chat::{Accumulator, ChatCompletionChunk};
use roocode::types::completions::Completion;
use roocode::types::messages::{MessageEvent, MessageSum};
use roocode::types::responses::{ResponseEvent, ResponseSum};
use roocode::types::routing_trace::RoutingTrace;
use roocode::types::trace::Trace;
use roocode::{Call, Client, ClientConfig, Error};
use serde_json::Value;

use crate::{crossing, order};

#[napi]
pub struct NativeClient {
    pub(crate) client: Client,
}

/// An error as an exception whose message is its JSON; JavaScript makes the class of it.
pub fn thrown(error: &Error) -> napi::Error {
    napi::Error::from_reason(String::from_utf8_lossy(&crossing::failure(error)).into_owned())
}

#[napi]
impl NativeClient {
    /// `config` is JSON; `ask` answers for the functions of `routes`.
    #[napi(factory, catch_unwind)]
    pub fn open(
        config: String,
        routes: Option<Vec<String>>,
        ask: Option<Function<'_, String, String>>,
    ) -> napi::Result<Self> {
        let functions = match routes.zip(ask) {
            Some((routes, ask)) => order::functions(routes, &ask)?,
            None => Vec::new(),
        };
        let open = || {
            let mut config = ClientConfig::from_value(crossing::parse(&config)?)?;
            for (route, function) in functions {
                config.set_function(&route, function)?;
            }
            Client::new(config)
        };
        Ok(Self { client: open().map_err(|error| thrown(&error))? })
    }

    /// A client with other options that shares this one's connections.
    #[napi(catch_unwind)]
    pub fn with_options(&self, overrides: String) -> napi::Result<Self> {
        let derive = || self.client.config_with(crossing::parse(&overrides)?);
        Ok(Self { client: derive().map_err(|error| thrown(&error))? })
    }

    /// The configured providers, JSON.
    #[napi(catch_unwind)]
    pub fn providers(&self) -> String {
        self.client.providers().list().to_string()
    }

    /// Every known kind of provider, JSON.
    #[napi(catch_unwind)]
    pub fn kinds(&self) -> String {
        self.client.providers().kinds().to_string()
    }

    /// The declared routes, JSON.
    #[napi(catch_unwind)]
    pub fn routes(&self) -> String {
        self.client.routes().list().to_string()
    }

    /// Makes a change of providers or routes, JSON; `ask` answers for the function
    /// of `route`, where it has one.
    #[napi(catch_unwind)]
    pub fn apply(
        &self,
        change: String,
        route: Option<String>,
        ask: Option<Function<'_, String, String>>,
    ) -> napi::Result<()> {
        let function = match route.zip(ask) {
            Some((route, ask)) => order::functions(vec![route], &ask)?.pop(),
            None => None,
        };
        let apply = || self.client.apply(crossing::parse(&change)?, function.map(|(_, function)| function));
        apply().map_err(|error| thrown(&error))
    }

    /// What functions are to be asked for an explanation, JSON. This thread cannot
    /// wait for itself, so JavaScript asks.
    #[napi(catch_unwind)]
    pub fn order_questions(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
    ) -> napi::Result<String> {
        let ask = || {
            let call = self.call(body, options, mark, strings)?;
            order::texts(&self.client.order_questions(&call)?)
        };
        ask().map_err(|error| thrown(&error))
    }

    /// Tells how good a reply was; `report` is JSON.
    #[napi(catch_unwind)]
    pub fn report_reward(
        &self,
        report: String,
        mark: Option<String>,
        strings: Option<Vec<String>>,
    ) -> napi::Result<()> {
        let long = mark.zip(strings).map(|(mark, strings)| crossing::Long { mark, strings });
        let report = || {
            let (report, _) = crossing::Input { body: report, options: None, long }.read()?;
            let (rewarded, reward) = Rewarded::from_report(report)?;
            self.client.report_reward(&rewarded, reward)
        };
        report().map_err(|error| thrown(&error))
    }

    /// How the target of a request would be chosen now, JSON; `answers` are those
    /// of the functions that were asked for their order.
    #[napi(catch_unwind)]
    pub fn explain(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
        answers: Option<String>,
    ) -> napi::Result<String> {
        let explain = || {
            let call = self.call(body, options, mark, strings)?;
            let trace = match answers {
                Some(answers) => self.client.explain_ordered(&call, order::read_all(&answers))?,
                None => self.client.explain(&call)?,
            };
            serde_json::to_string(&trace).map_err(|error| {
                Error::new(roocode::ErrorKind::Internal, "cannot write a trace as JSON").with_source(error)
            })
        };
        explain().map_err(|error| thrown(&error))
    }

    /// What was seen of every variant, JSON.
    #[napi(catch_unwind)]
    pub fn variants(&self) -> String {
        self.client.routes().variants().to_string()
    }

    /// What was seen of every target, JSON.
    #[napi(catch_unwind)]
    pub fn stats(&self) -> String {
        self.client.stats().to_string()
    }

    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.client.close();
    }
}

/// A trace as text for people; `trace` is its JSON.
#[napi(catch_unwind)]
pub fn trace_text(trace: String) -> napi::Result<String> {
    let trace = crossing::parse(&trace).and_then(Trace::from_value).map_err(|error| thrown(&error))?;
    Ok(roocode::observe::trace_text(&trace))
}

/// A decision as text for people; `routing` is its JSON.
#[napi(catch_unwind)]
pub fn routing_text(routing: String) -> napi::Result<String> {
    let routing =
        crossing::parse(&routing).and_then(RoutingTrace::from_value).map_err(|error| thrown(&error))?;
    Ok(roocode::observe::routing_text(&routing))
}

impl NativeClient {
    fn call(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
    ) -> Result<Call, Error> {
        let long = mark.zip(strings).map(|(mark, strings)| crossing::Long { mark, strings });
        let (body, options) = crossing::Input { body, options, long }.read()?;
        self.client.call_to_explain(body, options)
    }
}

/// The sum of a stream's chunks, of a response's or a message's events or of a text's pieces: `items` is a
/// JSON array of them.
#[napi(catch_unwind)]
pub fn accumulate(items: String) -> napi::Result<String> {
    let sum = || {
        let Value::Array(items) = crossing::parse(&items)? else {
            return Err(Error::bad_request("stream", "stream: a list of chunks or of events is needed"));
        };
        // Chunks have no type; events of a response have it in their names, those of a message not.
        let name = items.first().and_then(|item| item.get("type")?.as_str()).map(str::to_owned);
        let object = items.first().and_then(|item| item.get("object")?.as_str());
        let is_text = object == Some("text_completion");
        let mut items = items.into_iter();
        match name {
            None if is_text => {
                let pieces: Result<Vec<_>, _> = items.map(Completion::from_value).collect();
                crossing::json(&Completion::sum(pieces?))
            }
            None => {
                let mut sum = Accumulator::new();
                items.try_for_each(|item| {
                    ChatCompletionChunk::from_value(item).map(|chunk| sum.add(&chunk))
                })?;
                crossing::json(sum.completion())
            }
            Some(name) if name.starts_with("response.") => {
                let mut sum = ResponseSum::default();
                items.try_for_each(|item| ResponseEvent::from_value(item).map(|event| sum.add(&event)))?;
                crossing::json(&sum.response())
            }
            Some(_) => {
                let mut sum = MessageSum::default();
                items.try_for_each(|item| MessageEvent::from_value(item).map(|event| sum.add(&event)))?;
                crossing::json(&sum.message())
            }
        }
    };
    let text = sum().map_err(|error| thrown(&error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
