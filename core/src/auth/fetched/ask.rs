//! The steps that flows are made of, and the reading of what token endpoints say (RFC 6749, 5).

use std::fmt::Write as _;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{Answer, BearerToken, Fetched, Moment, Step};
use crate::auth::{Secret, scrub};
use crate::error::{Error, ErrorKind, Result};
use crate::transport::{HttpRequest, Limits};

/// The longest that one answer of a token endpoint is waited for.
const LIMIT: Duration = Duration::from_secs(30);
/// A server on the machine's own network is there at once or not at all.
const LOCAL_CONNECT: Duration = Duration::from_secs(3);

/// A credential that could not be had. Without a secret in it.
#[must_use]
pub fn failed(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Authentication, message)
}

/// A form, posted.
///
/// Errors: `Authentication`, where `url` is none.
pub fn post_form(
    url: &str,
    form: &[(impl AsRef<str>, impl AsRef<str>)],
    headers: &[(HeaderName, &str)],
) -> Result<HttpRequest> {
    let form = form.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
    let body = Serializer::new(String::new()).extend_pairs(form).finish();
    let mut request = request(Method::POST, parse(url)?, headers)?;
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    request.headers.insert(header::CONTENT_TYPE, form);
    request.body = Bytes::from(body).into();
    Ok(request)
}

/// A question to a metadata server. It goes past every proxy: "IMDS is not intended to be used behind
/// a proxy" (learn.microsoft.com "instance-metadata-service"), and Google's client for Go has none
/// either (cloud.google.com/go/compute/metadata, `newDefaultHTTPClient`).
///
/// Errors: `Authentication`, where `url` is none.
pub fn get(url: &str, query: &[(&str, &str)], headers: &[(HeaderName, &str)]) -> Result<HttpRequest> {
    let mut url = parse(url)?;
    // A query without a parameter would still be a question mark.
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut request = request(Method::GET, url, headers)?;
    request.limits.connect = Some(LOCAL_CONNECT);
    request.direct = true;
    Ok(request)
}

fn parse(url: &str) -> Result<Url> {
    Url::parse(url)
        .map_err(|error| failed("the address to fetch a token from is not a URL").with_source(error))
}

fn request(method: Method, url: Url, headers: &[(HeaderName, &str)]) -> Result<HttpRequest> {
    let mut map = HeaderMap::new();
    map.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        let mut value = HeaderValue::from_str(value)
            .map_err(|_| failed(format!("`{name}` has characters that no header may have")))?;
        value.set_sensitive(true);
        map.insert(name, value);
    }
    let limits = Limits {
        first_byte: Some(LIMIT),
        idle: Some(LIMIT),
        total: Some(LIMIT),
        max_response_bytes: 1 << 20,
        ..Limits::default()
    };
    Ok(HttpRequest { headers: map, limits, ..HttpRequest::new(method, url) })
}

/// Asks. What it fails with shows none of `secrets`: those that were asked with and that are not the
/// source's own, such as what was read from a file.
pub fn ask(
    request: HttpRequest,
    secrets: Vec<Secret>,
    then: impl FnOnce(Result<Answer>, &mut Moment) -> Result<Step> + Send + 'static,
) -> Step {
    let then = move |answer, moment: &mut Moment| {
        then(answer, moment).map_err(|mut error| {
            secrets.iter().for_each(|secret| scrub(&mut error, secret));
            error
        })
    };
    Step::Ask { request, then: Box::new(then) }
}

/// Reads a file as text. `what` it is, for messages.
pub fn read_file(
    path: impl Into<PathBuf>,
    what: &'static str,
    then: impl FnOnce(String, &mut Moment) -> Result<Step> + Send + 'static,
) -> Step {
    let path: PathBuf = path.into();
    let shown = path.display().to_string();
    let then = move |content: io::Result<Vec<u8>>, moment: &mut Moment| {
        let content = content
            .map_err(|error| failed(format!("{what}: `{shown}` cannot be read")).with_source(error))?;
        let text =
            String::from_utf8(content).map_err(|_| failed(format!("{what}: `{shown}` is not text")))?;
        then(text, moment)
    };
    Step::Read { path, then: Box::new(then) }
}

/// Reads the answer of a token endpoint, with its refresh token if it has one. `who` was asked, for messages.
///
/// Errors: `Authentication` with the endpoint's own error.
pub fn read_token(
    answer: Result<Answer>,
    who: &str,
    headers: Vec<(&'static str, String)>,
    moment: &Moment,
) -> Result<(Fetched, Option<Secret>)> {
    let answer = reached(answer, who)?;
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if !answer.status.is_success() || body.get("error").is_some_and(|error| !error.is_null()) {
        return Err(refused(&answer, who));
    }
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let Some(token) = text("access_token") else {
        return Err(failed(format!("{who} answered without an `access_token`")));
    };
    if let Some(kind) = text("token_type").filter(|kind| !kind.eq_ignore_ascii_case("bearer")) {
        return Err(failed(format!("{who} issued a token of type `{kind}`; only `Bearer` can be sent")));
    }
    let fetched = Fetched {
        credential: Arc::new(BearerToken::new(token.into(), headers)),
        lifetime: lifetime(&body, moment.unix_now),
        next: None,
    };
    Ok((fetched, text("refresh_token").map(Secret::from)))
}

/// `expires_in`, or the `expires_on` of Azure's metadata servers (seconds since 1970); each a number or a text.
fn lifetime(body: &Value, unix_now: Duration) -> Option<Duration> {
    let number = |name: &str| match body.get(name)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let seconds = number("expires_in").or_else(|| Some(number("expires_on")? - unix_now.as_secs_f64()))?;
    Some(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX))
}

/// The answer, where one came.
fn reached(answer: Result<Answer>, who: &str) -> Result<Answer> {
    answer.map_err(|error| {
        let mut told = failed(format!("{who} could not be asked for a token: {}", error.message));
        told.source.clone_from(&error.source);
        told
    })
}

/// What an endpoint says that gave no credential.
#[must_use]
pub fn refused(answer: &Answer, who: &str) -> Error {
    let status = answer.status.as_u16();
    let mut message = format!("{who} gave no token");
    let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
    let (mut code, mut description) = (None, None);
    if let Some(body) = body.as_ref().filter(|body| body.is_object()) {
        // OAuth's own form, and the ones of Google's and Amazon's services.
        let error = body.get("error").unwrap_or(body);
        let text = |of: &Value, names: &[&str]| {
            names.iter().find_map(|name| of.get(name)).and_then(Value::as_str).map(str::to_owned)
        };
        code = error.as_str().map(str::to_owned).or_else(|| text(error, &["status", "code", "Code"]));
        description = text(body, &["error_description"]).or_else(|| text(error, &["message", "Message"]));
    }
    // Writing to a text does not fail.
    let _ = match (&code, &description) {
        (Some(code), Some(description)) => write!(message, ": {code}: {description}"),
        (Some(word), None) | (None, Some(word)) => write!(message, ": {word}"),
        (None, None) => write!(message, ": status {status}"),
    };
    let mut error = failed(message);
    error.code = code;
    error.status = Some(status);
    error.body = body;
    error
}
