//! From a call of a declared operation to an HTTP request for one target.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, header};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Map, Value};
use url::Url;

use super::Target;
use super::call::{Call, RequestOptions};
use super::plan::Plan;
use super::prepare::{insert_extra, own_headers, pairs, within};
use crate::auth::insert_header;
use crate::config::Settings;
use crate::dialects::service::{Content, ServiceOperation, ServiceWire, form_text};
use crate::error::{Error, ErrorKind, Result};
use crate::nearest::nearest;
use crate::transport::{HttpRequest, Limits, RequestBody};
use crate::types::operation::Request;
use crate::types::provider::ProviderStatus;
use crate::types::service::{Repetition, ServiceRequest};
use crate::types::trace::Translation;

impl Target {
    /// The declared operation that it is, if it is one.
    pub(crate) fn service(&self) -> Option<&Arc<ServiceOperation>> {
        self.provider.operations.get(&self.model)
    }

    /// Whether what is asked of it may be asked again once it may have been done.
    pub(crate) fn repetition(&self) -> Repetition {
        self.service().map_or(Repetition::Anywhere, |service| service.repetition)
    }
}

/// What is sent, and what was done to the input on its way.
///
/// Errors: `BadRequest` naming the field of the input, `Configuration`; nothing was sent.
pub(super) fn service_request(
    settings: &Settings,
    request: &ServiceRequest,
    options: &RequestOptions,
    target: &Target,
    limits: &Limits,
) -> Result<(HttpRequest, Vec<Translation>)> {
    let provider = &target.provider;
    let Some(operation) = target.service() else {
        let message = format!("`{}` declares no operation `{}`", provider.name, target.model);
        return Err(Error::bad_request("operation", message));
    };
    let mut wire = operation.encode(request, options.unsupported.unwrap_or(settings.unsupported))?;
    put_extra(&mut wire.content, &options.extra_body)?;
    let (body, content_type) = content(&wire.content)?;
    let body = RequestBody::from(body);
    within(&body, settings.max_request_bytes, "input")?;
    let (mut headers, signed_query) = own_headers(settings, provider, "application/json")?;
    if let Some(content_type) = content_type {
        headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static(content_type));
    }
    for (name, value) in &wire.headers {
        insert_header(&mut headers, name, value)
            .map_err(|error| Error::bad_request("input", format!("input: {}", error.message)))?;
    }
    insert_extra(&mut headers, options)?;
    let url = url(settings, target, options, (operation, &wire), &signed_query)?;
    let method = operation.method.clone();
    let tls = target.provider.tls.clone();
    let http = HttpRequest { headers, body, limits: limits.clone(), tls, ..HttpRequest::new(method, url) };
    Ok((http, wire.translation))
}

fn url(
    settings: &Settings,
    target: &Target,
    options: &RequestOptions,
    (operation, wire): (&ServiceOperation, &ServiceWire),
    signed_query: &[(String, String)],
) -> Result<Url> {
    let provider = &target.provider;
    let mut url = match operation.has_one_path() {
        true => provider.endpoint(&wire.path)?,
        false => Url::parse(&format!("{}{}", provider.base_url, wire.path)).map_err(|error| {
            let message = format!("input: `{}` is no path", wire.path);
            Error::bad_request("input", message).with_source(error)
        })?,
    };
    let mut query = pairs(&wire.query)
        .chain(pairs(&provider.query))
        .chain(pairs(&settings.query))
        .chain(options.extra_query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .chain(pairs(signed_query))
        .peekable();
    if query.peek().is_some() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(url)
}

/// Puts `extra_body` over what the operation's template made.
fn put_extra(content: &mut Content, extra: &Map<String, Value>) -> Result<()> {
    for (name, value) in extra {
        match (&mut *content, value) {
            (Content::Json(Value::Object(fields)), value) => {
                fields.insert(name.clone(), value.clone());
            }
            (Content::Form(pairs), Value::String(_) | Value::Bool(_) | Value::Number(_)) => {
                pairs.retain(|(given, _)| given != name);
                pairs.push((name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
            }
            _ => {
                let place = format!("extra_body.{name}");
                let message = format!("{place}: cannot stand in the body of this operation");
                return Err(Error::bad_request(place, message));
            }
        }
    }
    Ok(())
}

fn content(content: &Content) -> Result<(Bytes, Option<&'static str>)> {
    Ok(match content {
        Content::None => (Bytes::new(), None),
        Content::Form(pairs) => (form_text(pairs).into(), Some("application/x-www-form-urlencoded")),
        Content::Json(value) => {
            let body = serde_json::to_vec(value).map_err(|error| {
                Error::new(ErrorKind::Internal, "the request cannot be written").with_source(error)
            })?;
            (body.into(), Some("application/json"))
        }
    })
}

/// The call with a key of its own, where it is of a service and has none: a service that knows
/// requests by such a key is to see the same one in all attempts of this request, and in no other's.
///
/// Errors: `Internal`, where the system has no random numbers.
pub(super) fn with_own_key(call: &Call) -> Result<Option<Call>> {
    let Request::Service(request) = &call.request else { return Ok(None) };
    if request.key().is_some() {
        return Ok(None);
    }
    let mut bytes = [0_u8; 16];
    // The system's dice: a child process that had its parent's would send its parent's keys.
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Internal, "the system has no random numbers"))?;
    let request = ServiceRequest { own_key: Some(uuid(bytes)), ..request.clone() };
    Ok(Some(Call { request: Request::Service(request), options: call.options.clone() }))
}

/// A UUID of version 4 (RFC 9562): what Stripe recommends as a key.
fn uuid(bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    let number = number & !(0xF << 76) | 0x4 << 76;
    let number = number & !(0b11 << 62) | 0b10 << 62;
    let mut text = format!("{number:032x}");
    [20, 16, 12, 8].into_iter().for_each(|at| text.insert(at, '-'));
    text
}

impl Plan {
    /// Whether a request for `operation` has somewhere to go.
    ///
    /// Errors: `BadRequest` with the names most like it.
    pub fn check_operation(&self, operation: &str, provider: Option<&str>) -> Result<()> {
        if provider.is_none() && (operation.is_empty() || self.declared(operation).is_some()) {
            return Ok(());
        }
        let (named, name) = match provider.map(|provider| (provider, operation)) {
            Some((provider, name)) => (Some(provider), name),
            None => operation.split_once('/').map_or((None, operation), |(named, name)| (Some(named), name)),
        };
        let providers = self.inventory.providers.iter().filter(|one| match named {
            Some(named) => one.name == named || one.kind == named,
            None => one.status == ProviderStatus::Active,
        });
        if providers.clone().any(|one| one.operations.contains_key(name)) {
            return Ok(());
        }
        let mut known: Vec<&str> =
            providers.flat_map(|one| one.operations.keys().map(String::as_str)).collect();
        known.sort_unstable();
        known.dedup();
        let near = nearest(name, known.iter().copied());
        let hint = match (near.is_empty(), known.is_empty()) {
            (false, _) => format!("did you mean {}?", near.join(" or ")),
            (true, true) => "there are none: a provider declares them in `operations`".to_owned(),
            (true, false) => {
                let shown: Vec<String> = known.iter().take(8).map(|name| format!("`{name}`")).collect();
                format!("there are {}", shown.join(", "))
            }
        };
        let who =
            named.map_or_else(|| "no active provider".to_owned(), |named| format!("`{named}` does not"));
        let verb = if named.is_some() { "declare" } else { "declares" };
        let message = format!("operation: {who} {verb} `{name}`; {hint}");
        Err(Error::bad_request("operation", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_uuid_of_version_4() {
        assert_eq!(uuid([0xFF; 16]), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(uuid([0; 16]), "00000000-0000-4000-8000-000000000000");
    }
}
