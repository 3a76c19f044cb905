//! The one file that names the HTTP crate.
//!
//! One pool of connections for `http://` and one for `https://`: the second needs
//! the trusted certificates, whose reading takes milliseconds, so it is made at
//! its first use and off the workers, and plain HTTP never pays for it. Nothing
//! is process-wide: after a fork a new client is made and the old one forgotten.
//!
//! Redirects: 307 and 308 to the same origin are followed, five at most. Every
//! other one is handed out as the response that it is, because following it would
//! carry credentials to another host or turn a POST into a GET.
//!
//! A request that met a connection which the server had already closed is sent
//! again on a new one, because nothing of it was processed. There is no other retry.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::task::Poll;
use std::time::Duration;

use futures_core::future::BoxFuture;
use http::header::CONTENT_LENGTH;
use reqwest::redirect::Policy;
use reqwest::{Body, Client, ClientBuilder, NoProxy, Proxy, Request, Response, Url};
use tokio::sync::OnceCell;

use super::connecting::{ConnectLayer, Connecting};
use super::failure::{broken_body, no_response};
use super::proxy::ProxyOptions;
use super::timer::{Cause, TimedBody, Timer};
use super::tls::{self, TlsOptions};
use super::{HttpRequest, HttpResponse, RequestBody, TlsProfile, Transport};
use crate::error::{Error, ErrorKind, Result};

const REDIRECTS: usize = 5;

/// What is the same for every request of a client.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    pub tls: TlsOptions,
    pub proxy: ProxyOptions,
    /// How long an unused connection is kept. Default 90 s.
    pub pool_idle: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            tls: TlsOptions::default(),
            proxy: ProxyOptions::default(),
            pool_idle: Duration::from_secs(90),
        }
    }
}

impl HttpOptions {
    /// Proxies and certificates as the usual variables say. Errors:
    /// `Configuration` naming the variable.
    pub fn from_environment(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        Ok(Self {
            tls: TlsOptions::from_environment(lookup),
            proxy: ProxyOptions::from_environment(lookup)?,
            ..Self::default()
        })
    }
}

/// The transport over real HTTP/1.1 and HTTP/2. Cheap to make; needs a tokio
/// runtime when it sends.
pub struct HttpClient {
    options: HttpOptions,
    plain: OnceLock<Client>,
    secure: OnceCell<Secure>,
    /// The same without proxies, where there are some.
    direct: OnceLock<Box<Self>>,
    /// The same with a service's own TLS, as long as the service is there.
    profiles: Mutex<Vec<(Weak<TlsProfile>, Arc<Self>)>>,
}

/// The client for `https://`, and what went amiss when its certificates were read.
struct Secure {
    client: Client,
    notes: Vec<String>,
}

impl HttpClient {
    #[must_use]
    pub fn new(options: HttpOptions) -> Self {
        Self {
            options,
            plain: OnceLock::new(),
            secure: OnceCell::new(),
            direct: OnceLock::new(),
            profiles: Mutex::default(),
        }
    }

    fn direct(&self) -> &Self {
        let proxy = ProxyOptions::default();
        self.direct.get_or_init(|| Box::new(Self::new(HttpOptions { proxy, ..self.options.clone() })))
    }

    /// One pool for each profile: a connection belongs to who made it.
    fn with_profile(&self, profile: &Arc<TlsProfile>) -> Arc<Self> {
        let mut known = self.profiles.lock().unwrap_or_else(PoisonError::into_inner);
        // One is the pool's own.
        known.retain(|(profile, _)| profile.strong_count() > 1);
        if let Some((_, client)) = known.iter().find(|(known, _)| known.as_ptr() == Arc::as_ptr(profile)) {
            return Arc::clone(client);
        }
        let mut options = self.options.clone();
        options.tls.profile = Some(Arc::clone(profile));
        let client = Arc::new(Self::new(options));
        known.push((Arc::downgrade(profile), Arc::clone(&client)));
        client
    }

    async fn client(&self, url: &Url) -> Result<(&Client, &[String])> {
        let to_secure_proxy = || self.options.proxy.http.as_ref().is_some_and(|proxy| proxy.is_https());
        if url.scheme() == "http" && !to_secure_proxy() {
            if let Some(client) = self.plain.get() {
                return Ok((client, &[]));
            }
            let client = build(&self.options, tls::trust_nobody()?)?;
            return Ok((self.plain.get_or_init(|| client), &[]));
        }
        let secure = self
            .secure
            .get_or_try_init(|| async {
                let options = self.options.clone();
                let made = tokio::task::spawn_blocking(move || {
                    let trust = tls::load(&options.tls)?;
                    Ok(Secure { client: build(&options, trust.config)?, notes: trust.notes })
                });
                made.await.unwrap_or_else(|error| Err(internal(&error)))
            })
            .await?;
        Ok((&secure.client, &secure.notes))
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse> {
        let HttpRequest { method, url, headers, body, limits, direct: _, tls: _ } = request;
        check_scheme(&url)?;
        let address = url.clone();
        let (client, notes) = self.client(&url).await?;
        let connecting = Connecting::within(limits.connect);
        let round_trips = round_trips(&url);
        let mut timer = Timer::new(limits);

        let mut outgoing = if url.username().is_empty() && url.password().is_none() {
            Request::new(method, url)
        } else {
            // The builder turns `user:password@` into a header of basic authentication.
            client.request(method, url).build().map_err(|error| unusable(address.as_str(), error))?
        };
        if outgoing.headers().is_empty() {
            *outgoing.headers_mut() = headers;
        } else {
            outgoing.headers_mut().extend(headers);
        }
        match body {
            RequestBody::Whole(bytes) if bytes.is_empty() => {}
            RequestBody::Whole(bytes) => *outgoing.body_mut() = Some(bytes.into()),
            RequestBody::Parts(_) => {
                // Said here, for a stream does not: services refuse a form without it.
                outgoing.headers_mut().insert(CONTENT_LENGTH, body.len().into());
                *outgoing.body_mut() = Some(Body::wrap_stream(body.stream()));
            }
        }

        let mut sending = pin!(connecting.scope(client.execute(outgoing)));
        let response = poll_fn(|context| {
            if let Poll::Ready(result) = sending.as_mut().poll(context) {
                return Poll::Ready(result.map_err(|error| {
                    if error.is_builder() {
                        return unusable(address.as_str(), error);
                    }
                    let making = (error.is_dns(), error.is_connect());
                    no_response(&error.without_url(), making, &without_secrets(address.as_str()), notes)
                }));
            }
            timer
                .poll_head(context)
                .map(|limit| Err(timer.expired(limit, &without_secrets(address.as_str()))))
        })
        .await?;
        let round_trip = connecting.took().map(|took| took / round_trips);
        Ok(hand_out(response, round_trip, timer, address))
    }
}

impl Transport for HttpClient {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let client = if request.direct && self.options.proxy != ProxyOptions::default() {
            self.direct()
        } else {
            self
        };
        match &request.tls {
            None => Box::pin(client.exchange(request)),
            Some(profile) => {
                let client = client.with_profile(profile);
                Box::pin(async move { client.exchange(request).await })
            }
        }
    }
}

/// What a connection to `url` waits for the other side: once for TCP (RFC 9293, section
/// 3.5), and once for the full handshake of TLS 1.3 (RFC 8446, section 2). TLS 1.2 needs
/// one more, and so does the tunnel of a proxy: there the round trip is told too long.
fn round_trips(url: &Url) -> u32 {
    if url.scheme() == "https" { 2 } else { 1 }
}

fn hand_out(
    mut response: Response,
    round_trip: Option<Duration>,
    timer: Timer,
    address: Url,
) -> HttpResponse {
    let status = response.status();
    let headers = std::mem::take(response.headers_mut());
    let failure = move |cause: Cause<'_, reqwest::Error>| {
        let place = without_secrets(address.as_str());
        match cause {
            Cause::Late(timer, limit) => timer.expired(limit, &place),
            Cause::Broken(error) => broken_body(&error.without_url(), &place),
        }
    };
    let body = Box::pin(TimedBody::new(response.bytes_stream(), timer, failure));
    HttpResponse { status, headers, body, round_trip }
}

fn build(options: &HttpOptions, tls: rustls::ClientConfig) -> Result<Client> {
    let builder = ClientBuilder::new()
        .tls_backend_preconfigured(tls)
        .tcp_nodelay(true)
        .pool_idle_timeout(options.pool_idle)
        .referer(false)
        .connector_layer(ConnectLayer)
        .redirect(Policy::custom(|attempt| {
            let keeps_method = matches!(attempt.status().as_u16(), 307 | 308);
            let same_origin =
                attempt.previous().last().is_some_and(|last| last.origin() == attempt.url().origin());
            if keeps_method && same_origin && attempt.previous().len() <= REDIRECTS {
                attempt.follow()
            } else {
                attempt.stop()
            }
        }));
    with_proxies(builder, &options.proxy)?.build().map_err(|error| internal(&error))
}

type MakeProxy = fn(&str) -> reqwest::Result<Proxy>;

fn with_proxies(builder: ClientBuilder, options: &ProxyOptions) -> Result<ClientBuilder> {
    // Without this the crate reads the environment by itself.
    let mut builder = builder.no_proxy();
    let exceptions = NoProxy::from_string(&options.exceptions());
    let both: [(_, MakeProxy); 2] =
        [(&options.http, |url| Proxy::http(url)), (&options.https, |url| Proxy::https(url))];
    for (address, make) in both {
        if let Some(address) = address {
            let proxy = make(address.url()).map_err(|error| {
                let origin = address.origin();
                Error::configuration(origin, format!("{origin}: not a valid URL of a proxy"))
                    .with_source(error.without_url())
            })?;
            builder = builder.proxy(proxy.no_proxy(exceptions.clone()));
        }
    }
    Ok(builder)
}

/// What is not HTTP is refused before the HTTP crate sees it.
fn check_scheme(url: &Url) -> Result<()> {
    if matches!(url.scheme(), "http" | "https") {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        format!(
            "a URL of the scheme `{}` cannot be called; it starts with http:// or https://",
            url.scheme()
        ),
    ))
}

/// The URL for a message: keys may stand in the query and before the host.
fn without_secrets(address: &str) -> String {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let address = address.get(..end).unwrap_or_default();
    let Some((scheme, rest)) = address.split_once("://") else {
        // Not a URL of ours; what stands before an `@` may still be a secret.
        return address.rsplit('@').next().unwrap_or_default().to_owned();
    };
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

fn unusable(address: &str, error: reqwest::Error) -> Error {
    Error::new(ErrorKind::Configuration, format!("no request can be made of `{}`", without_secrets(address)))
        .with_source(error.without_url())
}

fn internal(error: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, "the HTTP client cannot be made").with_source(error)
}

#[cfg(test)]
mod tests;
