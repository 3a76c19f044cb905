//! The public entry: read a call, prepare it, hand it to `execute`. Thin.

mod call;
mod listing;
mod prepare;
mod recorder;
mod reply;
mod stream;
mod tail;
mod target;

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

pub use call::{ChatCall, RequestOptions};
pub use reply::{ChatReply, RawResponse};
pub use stream::ChatReplyStream;
pub use target::Target;

pub(crate) use prepare::{Prepared, SharedPlan, scrub};
pub(crate) use recorder::Recorder;

use crate::config::{ClientConfig, Settings, build};
use crate::error::{Error, ErrorKind, Result};
use crate::execute;
use crate::transport::proxy::ProxyOptions;
use crate::transport::{HttpClient, HttpOptions, Transport};

/// A client: providers and the connections to them. Cheap to clone.
///
/// Its futures need a tokio runtime with time and I/O enabled.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    transport: Arc<dyn Transport>,
    closed: Arc<AtomicBool>,
}

impl Client {
    /// A client over HTTP. Keys and addresses not given come from the environment.
    ///
    /// Errors: `ConfigurationError` naming the place.
    pub fn new(config: ClientConfig) -> Result<Self> {
        let environment = |name: &str| std::env::var(name).ok();
        let settings = build(config, &environment)?;
        let mut options = HttpOptions::from_environment(&environment)?;
        if let Some(proxy) = &settings.proxy {
            options.proxy = ProxyOptions::all("proxy", proxy.expose())?;
        }
        Ok(Self::from_settings(settings, Arc::new(HttpClient::new(options))))
    }

    /// A client over another transport, such as a mock.
    pub fn with_transport(config: ClientConfig, transport: Arc<dyn Transport>) -> Result<Self> {
        let settings = build(config, &|name| std::env::var(name).ok())?;
        Ok(Self::from_settings(settings, transport))
    }

    fn from_settings(settings: Settings, transport: Arc<dyn Transport>) -> Self {
        Self { shared: Arc::new(Shared { settings, transport, closed: Arc::new(AtomicBool::new(false)) }) }
    }

    /// This client with other defaults: `timeout`, `max_retries`, `unsupported`,
    /// `default_headers`, `default_query`. Connections are shared, closing too.
    pub fn config_with(&self, overrides: Value) -> Result<Self> {
        let mut settings = self.shared.settings.clone();
        settings.override_with(overrides)?;
        Ok(Self {
            shared: Arc::new(Shared {
                settings,
                transport: Arc::clone(&self.shared.transport),
                closed: Arc::clone(&self.shared.closed),
            }),
        })
    }

    /// Reads a call: request fields in `body`, options in either.
    ///
    /// Errors: `BadRequestError` naming the place; nothing is sent.
    pub fn call(&self, body: Value, options: Value) -> Result<ChatCall> {
        ChatCall::from_values(body, options)
    }

    /// Sends a chat request and waits for the whole reply.
    ///
    /// Dropping the future stops the request.
    pub fn chat(&self, call: ChatCall) -> impl Future<Output = Result<ChatReply>> + Send + 'static {
        // Boxed, for a future that is moved about is copied whole.
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            let prepared = shared.prepare(&call, false)?;
            drop(call);
            execute::chat(&*shared.transport, &prepared).await
        }
    }

    /// Sends a chat request and waits for the first content of its stream.
    ///
    /// Dropping the future or the stream stops the request.
    pub fn chat_stream(
        &self,
        call: ChatCall,
    ) -> impl Future<Output = Result<ChatReplyStream>> + Send + 'static {
        let (shared, call) = (Arc::clone(&self.shared), Box::new(call));
        async move {
            let prepared = shared.prepare(&call, true)?;
            drop(call);
            execute::chat_stream(&*shared.transport, prepared).await
        }
    }

    /// The providers of this client.
    #[must_use]
    pub fn providers(&self) -> Value {
        listing::providers(&self.shared.settings)
    }

    /// Every known kind and whether it is ready.
    #[must_use]
    pub fn kinds(&self) -> Value {
        listing::kinds(&self.shared.settings)
    }

    /// Later calls fail; running ones go on.
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::Release);
    }

    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }
}

impl Shared {
    fn prepare(&self, call: &ChatCall, stream: bool) -> Result<SharedPlan> {
        if self.closed.load(Ordering::Acquire) {
            return Err(Error::new(ErrorKind::Configuration, "this client is closed; make a new one"));
        }
        prepare::prepare(&self.settings, call, stream).map(Arc::new)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("providers", &self.shared.settings.providers).finish_non_exhaustive()
    }
}
