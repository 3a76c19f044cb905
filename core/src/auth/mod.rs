//! How a request says who asks: a key in a header or in the query, a password, or a
//! credential that is fetched.
//!
//! Data and pure functions, but for `fetched/cache.rs`, which awaits. A
//! secret never appears in an error, a `Debug` output or a serialised form: the
//! place of a bad key is named, its text is not.

mod aws;
mod entra;
pub mod fetched;
mod google;
mod hmac;
mod jwt;
mod oauth2;
mod scrub;
mod secret;
pub mod sigv4;
mod wire;

pub use aws::Aws;
pub use entra::Entra;
pub use google::Google;
pub use hmac::Hmac;
pub use oauth2::{ClientAuth, OAuth2, Scope};
pub use scrub::{scrub, scrub_text};
pub use secret::Secret;

use std::sync::Arc;

use base64::Engine as _;
use http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, Result};

/// Where a provider wants its key. Written in configuration as `"bearer"`,
/// `"basic"`, `"none"`, `{ header = "x-api-key", prefix = "Key " }`,
/// `{ query = "key" }` `{ oauth2 = { token_url = …, client_id = …, client_secret = … } }`, `"entra"`,
/// `"google"`, `"aws"`, or any of them with fields: `{ entra = { tenant_id = … } }`;
/// `{ hmac = { sign = …, headers = … } }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer <key>`.
    #[default]
    Bearer,
    /// `Authorization: Basic <base64>`, of a key of the form `user:password`.
    Basic,
    /// No credential at all.
    None,
    /// The key in a header, after `prefix` as it stands.
    Header { name: HeaderName, prefix: String },
    /// The key as a parameter of the query.
    Query { name: String },
    /// No key: a credential that is fetched.
    Fetched(Arc<FetchedAuth>),
    /// The key is a secret that requests are signed with.
    Hmac(Arc<Hmac>),
}

/// Where a credential is fetched.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FetchedAuth {
    #[serde(rename = "oauth2")]
    OAuth2(OAuth2),
    Entra(Entra),
    Google(Google),
    Aws(Aws),
}

/// Looks up a variable of the environment.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable that is set and not empty.
fn present(environment: Environment<'_>, name: &str) -> Option<String> {
    environment(name).filter(|value| !value.trim().is_empty())
}

/// Whether a token can be fetched at `url`, which stands at `place`: a field or a variable.
///
/// Errors: `Configuration` naming the place.
fn check_address(url: &str, place: &str) -> Result<()> {
    match url::Url::parse(url) {
        Ok(url)
            if matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none() =>
        {
            Ok(())
        }
        _ => {
            let message = format!("{place}: expected `https://`, a host and a path, without credentials");
            Err(Error::configuration(place, message))
        }
    }
}

impl FetchedAuth {
    /// Whether it may be tried where nobody asked for it: Google's always, Entra ID's where the
    /// environment names an identity.
    #[must_use]
    pub fn is_offered(&self, environment: Environment<'_>) -> bool {
        match self {
            Self::Entra(_) => Entra::is_offered(environment),
            Self::OAuth2(_) | Self::Google(_) | Self::Aws(_) => true,
        }
    }

    /// Whether the environment itself holds or names an identity of AWS: then its services are
    /// among those that are offered without a word of configuration.
    #[must_use]
    pub fn is_in(&self, environment: Environment<'_>) -> bool {
        matches!(self, Self::Aws(_)) && Aws::is_in(environment)
    }

    /// Whether it exchanges the provider's key for tokens.
    #[must_use]
    pub fn takes_key(&self) -> bool {
        matches!(self, Self::OAuth2(config) if config.api_key_field.is_some())
    }

    /// The source that exchanges `key`, if it takes one. `place` is where this stands in the configuration.
    ///
    /// Errors: `Configuration` naming the place.
    pub fn source_with(&self, key: &Secret, place: &str) -> Result<Option<Arc<dyn fetched::Source>>> {
        let Self::OAuth2(config) = self else { return Ok(None) };
        config.with_key(key).map(|config| config.check(place).map(|()| Arc::new(config) as _)).transpose()
    }

    /// The source that this describes. `place` is where it stands in the configuration.
    ///
    /// Errors: `Configuration` naming the place.
    pub fn source(&self, place: &str, environment: Environment<'_>) -> Result<Arc<dyn fetched::Source>> {
        match self {
            Self::OAuth2(config) => {
                config.check(place)?;
                Ok(Arc::new(config.clone()))
            }
            Self::Entra(config) => config.source(place, environment),
            Self::Google(config) => config.source(place, environment),
            Self::Aws(config) => config.source(place, environment),
        }
    }
}

impl Auth {
    /// Adds the key. Without a key nothing is added: whether one is needed, and
    /// which variable holds it, is the provider's to know. What is put into
    /// `query` is not yet percent-encoded.
    ///
    /// Errors: `Configuration` where the key cannot be sent there.
    pub fn apply(
        &self,
        key: Option<&Secret>,
        headers: &mut HeaderMap,
        query: &mut Vec<(String, String)>,
    ) -> Result<()> {
        let Some(key) = key else { return Ok(()) };
        match self {
            // What is fetched or signed is put in when the request goes.
            Self::None | Self::Fetched(_) | Self::Hmac(_) => {}
            Self::Bearer => {
                check_key(key, "the header `authorization`")?;
                headers.insert(AUTHORIZATION, sensitive("api_key", &format!("Bearer {}", key.expose()))?);
            }
            Self::Basic => {
                // Encoded, so that any text may stand in it; a line break is still a mistake.
                check_text(key.expose(), |c| c.is_control())
                    .map_err(|problem| bad_key("the header `authorization`", problem))?;
                if !key.expose().contains(':') {
                    return Err(bad_key("basic authentication", "is not of the form `user:password`"));
                }
                let encoded = base64::engine::general_purpose::STANDARD.encode(key.expose());
                headers.insert(AUTHORIZATION, sensitive("api_key", &format!("Basic {encoded}"))?);
            }
            Self::Header { name, prefix } => {
                check_key(key, &format!("the header `{name}`"))?;
                headers.insert(name, sensitive("api_key", &format!("{prefix}{}", key.expose()))?);
            }
            Self::Query { name } => {
                check_key(key, &format!("the query parameter `{name}`"))?;
                query.push((name.clone(), key.expose().to_owned()));
            }
        }
        Ok(())
    }
}

/// Headers that the transport writes; another value would break the message's framing.
const OF_THE_TRANSPORT: [&str; 7] =
    ["connection", "content-length", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

/// Adds a header that a user gave. Its value counts as a secret.
///
/// Errors: `Configuration` naming the header, never its value.
pub fn insert_header(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let parsed = header_name(name)
        .map_err(|problem| Error::configuration(format!("headers.{}", name.escape_debug()), problem))?;
    let param = format!("headers.{parsed}");
    if OF_THE_TRANSPORT.contains(&parsed.as_str()) {
        let message = format!("the header `{parsed}` is written by the transport and cannot be set");
        return Err(Error::configuration(param, message));
    }
    check_text(value, not_in_a_header)
        .map_err(|problem| Error::configuration(&param, format!("the header `{parsed}` {problem}")))?;
    let value = sensitive(&param, value)?;
    headers.insert(parsed, value);
    Ok(())
}

fn header_name(name: &str) -> Result<HeaderName, String> {
    HeaderName::try_from(name).map_err(|_| {
        format!(
            "`{}` is not the name of a header: letters, digits and any of !#$%&'*+-.^_`|~ are allowed",
            name.escape_debug()
        )
    })
}

fn not_in_a_header(character: char) -> bool {
    !(character == '\t' || character == ' ' || character.is_ascii_graphic())
}

fn check_key(key: &Secret, place: &str) -> Result<()> {
    if key.expose().trim().is_empty() {
        return Err(bad_key(place, "is empty"));
    }
    check_text(key.expose(), not_in_a_header).map_err(|problem| bad_key(place, problem))
}

/// What is wrong with `text`, without a word of it.
fn check_text(text: &str, refused: impl Fn(char) -> bool) -> Result<(), &'static str> {
    match text.chars().find(|character| refused(*character)) {
        None => Ok(()),
        Some('\n' | '\r') if !text.trim().contains(['\n', '\r']) => {
            Err("has a line break at its start or end; take it off")
        }
        Some('\n' | '\r') => Err("contains a line break"),
        Some('\0') => Err("contains a NUL character"),
        Some(character) if character.is_ascii() => Err("contains a control character"),
        Some(_) => Err("contains a character that is not ASCII"),
    }
}

fn bad_key(place: &str, problem: &str) -> Error {
    Error::configuration("api_key", format!("the api_key for {place} {problem}"))
}

fn sensitive(param: &str, value: &str) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::configuration(param, "contains characters that no header may have"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod identity_tests;
