//! The client, shared by all environments of one process that were handed it.

use napi_derive::napi;
use roocode::{Client, ClientConfig, Error};

use crate::crossing;

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
    /// `config` is JSON.
    #[napi(factory, catch_unwind)]
    pub fn open(config: String) -> napi::Result<Self> {
        let open = || Client::new(ClientConfig::from_value(crossing::parse(&config)?)?);
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

    /// Makes a change of providers or routes, JSON.
    #[napi(catch_unwind)]
    pub fn apply(&self, change: String) -> napi::Result<()> {
        let apply = || self.client.apply(crossing::parse(&change)?);
        apply().map_err(|error| thrown(&error))
    }

    /// How the target of a request would be chosen now, JSON.
    #[napi(catch_unwind)]
    pub fn explain(
        &self,
        body: String,
        options: Option<String>,
        mark: Option<String>,
        strings: Option<Vec<String>>,
    ) -> napi::Result<String> {
        let long = mark.zip(strings).map(|(mark, strings)| crossing::Long { mark, strings });
        let explain = || {
            let (body, options) = crossing::Input { body, options, long }.read()?;
            let trace = self.client.explain(&self.client.call(body, options)?)?;
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
