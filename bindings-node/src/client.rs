//! The client, shared by all environments of one process that were handed it.

use napi::bindgen_prelude::Function;
use napi_derive::napi;
use roocode::client::Rewarded;
use roocode::config::OrderFunctions;
use roocode::{ChatCall, Client, ClientConfig, Error};

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
            None => OrderFunctions::default(),
        };
        let open = || {
            let mut config = ClientConfig::from_value(crossing::parse(&config)?)?;
            config.functions = functions;
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
        self.client.providers().to_string()
    }

    /// Every known kind of provider, JSON.
    #[napi(catch_unwind)]
    pub fn kinds(&self) -> String {
        self.client.kinds().to_string()
    }

    /// What a function is to be asked for an explanation, JSON; nothing where there
    /// is none. This thread cannot wait for itself, so JavaScript asks.
    #[napi(catch_unwind)]
    pub fn order_question(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
    ) -> napi::Result<Option<String>> {
        let ask = || {
            let call = self.call(body, options, mark, strings)?;
            self.client.order_question(&call)
        };
        let asked = ask().map_err(|error| thrown(&error))?;
        asked
            .map(|(route, question)| order::text(&route, &question).map_err(napi::Error::from_reason))
            .transpose()
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

    /// How the target of a request would be chosen now, JSON; `answer` is that of
    /// the function that was asked for the order.
    #[napi(catch_unwind)]
    pub fn explain(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
        answer: Option<String>,
    ) -> napi::Result<String> {
        let explain = || {
            let call = self.call(body, options, mark, strings)?;
            let trace = match answer {
                Some(answer) => self.client.explain_ordered(&call, order::read(&answer))?,
                None => self.client.explain(&call)?,
            };
            serde_json::to_string(&trace).map_err(|error| {
                Error::new(roocode::ErrorKind::Internal, "cannot write a trace as JSON").with_source(error)
            })
        };
        explain().map_err(|error| thrown(&error))
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

impl NativeClient {
    fn call(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
    ) -> Result<ChatCall, Error> {
        let long = mark.zip(strings).map(|(mark, strings)| crossing::Long { mark, strings });
        let (body, options) = crossing::Input { body, options, long }.read()?;
        self.client.call(body, options)
    }
}

/// The sum of a stream's chunks: `chunks` is a JSON array of them.
#[napi(catch_unwind)]
pub fn accumulate(chunks: String) -> napi::Result<String> {
    let chunks: Vec<roocode::types::chat::ChatCompletionChunk> =
        serde_json::from_str(&chunks).map_err(|error| {
            thrown(&Error::bad_request("stream", format!("not a chunk of a chat completion: {error}")))
        })?;
    let mut sum = roocode::types::chat::Accumulator::new();
    chunks.iter().for_each(|chunk| sum.add(chunk));
    let text = crossing::json(sum.completion()).map_err(|error| thrown(&error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
