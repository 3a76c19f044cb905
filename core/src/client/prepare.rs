//! From a call to an HTTP request for one target: resolve, encode, sign.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use url::Url;

use super::Target;
use super::call::{Call, RequestOptions};
use super::inline::{inline, part};
use super::multipart::multipart;
use super::route::RouteTarget;
use super::service::service_request;
use crate::auth::{self, insert_header};
use crate::config::Settings;
use crate::dialects::over_chat::{self, Over};
use crate::dialects::{BodyForm, Dialect, EncodeContext, EncodedRequest, ToolNames, dialect, encode};
use crate::error::{Error, ErrorKind, Result};
use crate::providers::Provider;
use crate::transport::{HttpRequest, Limits, RequestBody};
use crate::types::chat::ContinuedBy;
use crate::types::embeddings::MostInput;
use crate::types::operation::{Operation, Request};
use crate::types::trace::{Translation, TranslationAction};

/// A whole plain call may take this long, unless told otherwise; the default of
/// OpenAI's SDKs. A stream has no such limit: it would kill a healthy one.
const DEFAULT_TOTAL: Duration = Duration::from_secs(600);

const USER_AGENT: &str = concat!("roocode/", env!("CARGO_PKG_VERSION"));

/// One attempt: what is known of it once its request is on the way.
pub(crate) struct Prepared {
    pub chosen: Arc<RouteTarget>,
    pub dialect: &'static dyn Dialect,
    pub translation: Vec<Translation>,
    pub limits: Limits,
    /// How many inputs the request has that goes out first, where each is answered for itself.
    pub inputs: Option<usize>,
    /// What its answer is read by, where it is not what the caller asked: the target has parameters
    /// of its own, or chats where something else was asked for. A chat's answer is read by itself.
    pub asked: Option<Box<Request>>,
    /// What stands around the answer of the chat that stands for something else, if one does.
    pub over_chat: Option<Over>,
    /// The rest of the request, where the target does not take it in one.
    pub pieces: Vec<Piece>,
    /// The tools that it knows by other names than their own.
    pub tool_names: ToolNames,
    /// How the target was told the beginning of the answer that it goes on with, if it does.
    pub continued_by: Option<ContinuedBy>,
}

/// A part of a request that its target does not take in one.
pub(crate) struct Piece {
    pub request: HttpRequest,
    /// How many inputs it has.
    pub inputs: Option<usize>,
}

/// Translates a call for one target. `limits` are those of the attempt, `seed` draws the boundary of a form.
///
/// Errors: `BadRequest`, `Authentication` (no key) or `Configuration`; nothing was sent.
pub(crate) fn prepare(
    settings: &Settings,
    Call { request, options }: &Call,
    chosen: &Arc<RouteTarget>,
    stream: bool,
    limits: Limits,
    seed: u64,
) -> Result<(HttpRequest, Prepared)> {
    with_target(settings, request, options, chosen, stream, (limits, seed)).map_err(|mut error| {
        let target = &chosen.target;
        error.provider.get_or_insert_with(|| target.provider.name.clone());
        error.model.get_or_insert_with(|| target.model.clone());
        error
    })
}

fn with_target(
    settings: &Settings,
    request: &Request,
    options: &RequestOptions,
    chosen: &Arc<RouteTarget>,
    stream: bool,
    (limits, seed): (Limits, u64),
) -> Result<(HttpRequest, Prepared)> {
    let target = &chosen.target;
    let provider = &target.provider;
    if let Request::Service(request) = request {
        let (http, translation) = service_request(settings, request, options, target, &limits)?;
        let prepared = Prepared {
            chosen: Arc::clone(chosen),
            dialect: dialect(provider.dialect),
            translation,
            limits,
            inputs: None,
            asked: None,
            over_chat: None,
            pieces: Vec::new(),
            tool_names: ToolNames::default(),
            continued_by: None,
        };
        return Ok((http, prepared));
    }
    let name = over_chat::wire(request, provider.dialect_of(&target.model), &provider.quirks);
    let (dialect, model) = (dialect(name), provider.hooks.model(&target.model));
    let context = EncodeContext {
        model,
        stream,
        unsupported: options.unsupported.unwrap_or(settings.unsupported),
        quirks: &provider.quirks,
    };
    let spoken = over_chat::spoken(request, name, &context, fastrand::u64(..))?;
    let (chat, over, places, mut translation) = match spoken {
        Some(spoken) => (Some(Box::new(spoken.chat)), Some(spoken.over), spoken.places, spoken.notes),
        None => Default::default(),
    };
    let request = chat.as_deref().unwrap_or(request);
    let operation = request.operation();
    let accept = match operation {
        _ if stream => dialect.framing_of(operation).media_type(),
        // Bytes, or a text that is no JSON.
        Operation::Speech | Operation::Transcriptions | Operation::Translations => "*/*",
        _ => "application/json",
    };
    let http_request = |encoded: &mut EncodedRequest| {
        provider.hooks.place(&provider.base_url, model, name, stream, encoded)?;
        http_request(settings, target, options, encoded, (operation, accept, &limits, seed))
    };
    let most = MostInput {
        count: dialect.most_inputs(&context).unwrap_or(usize::MAX),
        tokens: provider.quirks.most_input_tokens.unwrap_or(u64::MAX),
    };
    let mut parts = request.split(most).into_iter();
    let first = parts.next();
    let request = first.as_ref().unwrap_or(request);
    let inputs = request.inputs();
    let mut encoded = encode(dialect, request, &context).map_err(|error| places.told(error))?;
    places.tell(&mut encoded.translation);
    let request = http_request(&mut encoded)?;
    let mut pieces = Vec::new();
    for part in parts {
        let request = http_request(&mut encode(dialect, &part, &context)?)?;
        pieces.push(Piece { request, inputs: part.inputs() });
    }
    translation.append(&mut encoded.translation);
    if !pieces.is_empty() {
        translation.push(in_pieces(pieces.len() + 1, most));
    }
    Ok((
        request,
        Prepared {
            chosen: Arc::clone(chosen),
            dialect,
            translation,
            limits,
            inputs,
            asked: chat,
            over_chat: over,
            pieces,
            tool_names: encoded.tool_names,
            continued_by: None,
        },
    ))
}

/// What the trace says of a request that was cut.
fn in_pieces(count: usize, MostInput { count: inputs, tokens }: MostInput) -> Translation {
    let most = [
        (inputs != usize::MAX).then(|| format!("{inputs} inputs")),
        (tokens != u64::MAX).then(|| format!("{tokens} tokens")),
    ];
    let most = most.into_iter().flatten().collect::<Vec<_>>().join(" and ");
    Translation {
        param: "input".to_owned(),
        action: TranslationAction::Emulated,
        detail: format!("sent in {count} requests of at most {most} each"),
    }
}

/// What is sent, once the wire form is known.
fn http_request(
    settings: &Settings,
    target: &Target,
    options: &RequestOptions,
    encoded: &mut EncodedRequest,
    (operation, accept, limits, seed): (Operation, &'static str, &Limits, u64),
) -> Result<HttpRequest> {
    let (method, (body, form)) = if encoded.reads {
        (Method::GET, (RequestBody::default(), None))
    } else {
        for (name, value) in &target.provider.body {
            encoded.body.entry(name.as_str()).or_insert_with(|| value.as_str().into());
        }
        for (name, value) in &options.extra_body {
            encoded.body.insert(name.clone(), value.clone());
        }
        (Method::POST, body_of(encoded, operation, settings.max_request_bytes, seed)?)
    };
    let (mut headers, signed_query) = headers(settings, target, options, encoded, accept)?;
    if let Some(form) = form {
        // Over every other: without its boundary nobody could read the form.
        headers.insert(header::CONTENT_TYPE, form);
    }
    let url = url(settings, target, options, encoded, &signed_query)?;
    let tls = target.provider.tls.clone();
    Ok(HttpRequest { headers, body, limits: limits.clone(), tls, ..HttpRequest::new(method, url) })
}

/// A request that only asks for `path` at a provider: no model answers it.
///
/// Errors: `Authentication` (no key) or `Configuration`; nothing was sent.
pub(super) fn prepare_get(settings: &Settings, provider: &Provider, path: &str) -> Result<HttpRequest> {
    let (headers, signed_query) = own_headers(settings, provider, "application/json")?;
    let mut url = Url::parse(&format!("{}{path}", provider.base_url)).map_err(|error| {
        Error::configuration("health_check.path", format!("`{}{path}` is not a URL", provider.base_url))
            .with_source(error)
    })?;
    let mut query =
        pairs(&provider.query).chain(pairs(&settings.query)).chain(pairs(&signed_query)).peekable();
    if query.peek().is_some() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Ok(HttpRequest { headers, tls: provider.tls.clone(), ..HttpRequest::new(Method::GET, url) })
}

/// The headers of any request to a provider, and what its key adds to the query.
pub(super) fn own_headers(
    settings: &Settings,
    provider: &Provider,
    accept: &'static str,
) -> Result<(HeaderMap, Vec<(String, String)>)> {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
    for (name, value) in provider.headers.iter().chain(&settings.headers) {
        headers.insert(name, value.clone());
    }
    let mut query = Vec::new();
    provider.auth.apply(provider.api_key.as_ref(), &mut headers, &mut query)?;
    Ok((headers, query))
}

/// The body, and its content type where it is no JSON.
fn body_of(
    encoded: &EncodedRequest,
    operation: Operation,
    most: usize,
    seed: u64,
) -> Result<(RequestBody, Option<HeaderValue>)> {
    let (body, form) = match &encoded.form {
        BodyForm::Json => {
            let body = serde_json::to_vec(&encoded.body).map_err(|error| {
                Error::new(ErrorKind::Internal, "the request cannot be written").with_source(error)
            })?;
            (RequestBody::from(body), None)
        }
        BodyForm::Multipart(files) => {
            let (body, form) = multipart(&encoded.body, files, seed)?;
            (body, HeaderValue::try_from(form).ok())
        }
        BodyForm::Inline(files) => (inline(&encoded.body, files)?, None),
        BodyForm::Raw(file) => {
            if let Some(name) = encoded.body.keys().next() {
                let message =
                    format!("extra_body.{name}: the body of this target is a file; use `extra_query`");
                return Err(Error::bad_request(format!("extra_body.{name}"), message));
            }
            (RequestBody::from(vec![part(file, "file")?]), HeaderValue::try_from(&file.content_type).ok())
        }
    };
    let param = match operation {
        Operation::Embeddings | Operation::Speech | Operation::Moderations | Operation::Responses => "input",
        Operation::Rerank => "documents",
        Operation::Images | Operation::Completions => "prompt",
        Operation::Batches => "requests",
        Operation::ImageEdits => "image",
        Operation::Transcriptions | Operation::Translations => "file",
        _ => "messages",
    };
    within(&body, most, param)?;
    Ok((body, form))
}

/// Errors: `BadRequest`, where a body is larger than `most`.
pub(super) fn within(body: &RequestBody, most: usize, param: &str) -> Result<()> {
    if body.len() > most as u64 {
        return Err(Error::bad_request(
            param,
            format!(
                "the request is {} bytes; at most {most} are allowed (`max_request_bytes`); \
                 large files are better uploaded to the provider and named by id",
                body.len()
            ),
        ));
    }
    Ok(())
}

fn headers(
    settings: &Settings,
    target: &Target,
    options: &RequestOptions,
    encoded: &EncodedRequest,
    accept: &'static str,
) -> Result<(HeaderMap, Vec<(String, String)>)> {
    let provider = &target.provider;
    let (mut headers, query) = own_headers(settings, provider, accept)?;
    if !encoded.reads {
        headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    }
    insert_extra(&mut headers, options)?;
    for (name, value) in &encoded.headers {
        add_to_list(&mut headers, name, value)?;
    }
    Ok((headers, query))
}

/// Puts the headers of this one call over the others.
pub(super) fn insert_extra(headers: &mut HeaderMap, options: &RequestOptions) -> Result<()> {
    for (name, value) in &options.extra_headers {
        insert_header(headers, name, value).map_err(|mut error| {
            error.kind = ErrorKind::BadRequest;
            error.param = Some(format!("extra_headers.{name}"));
            error
        })?;
    }
    Ok(())
}

/// A header that the wire form needs joins what the user gave under its name.
fn add_to_list(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let internal = |error: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Internal, format!("header `{name}` of the wire form")).with_source(error)
    };
    let name = HeaderName::try_from(name).map_err(|error| internal(&error))?;
    let joined = match headers.get(&name).and_then(|given| given.to_str().ok()) {
        Some(given) if given.split(',').any(|item| item.trim() == value) => return Ok(()),
        Some(given) => format!("{given},{value}"),
        None => value.to_owned(),
    };
    let joined = HeaderValue::try_from(joined).map_err(|error| internal(&error))?;
    headers.insert(name, joined);
    Ok(())
}

/// The base was checked when the provider was made, and the dialect has encoded
/// the path: only the query is still to be written.
fn url(
    settings: &Settings,
    target: &Target,
    options: &RequestOptions,
    encoded: &EncodedRequest,
    signed_query: &[(String, String)],
) -> Result<Url> {
    let provider = &target.provider;
    let mut url = provider.endpoint(&encoded.path)?;
    let mut query = encoded
        .query
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_str()))
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

pub(super) fn pairs(list: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    list.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// The limits of a request, the caller's over the provider's over the client's.
pub(crate) fn limits(settings: &Settings, target: &Target, options: &RequestOptions, stream: bool) -> Limits {
    let mut limits = Limits::default();
    if !stream {
        limits.total = Some(DEFAULT_TOTAL);
    }
    if let Some(most) = settings.max_response_bytes {
        limits.max_response_bytes = most;
    }
    for timeout in [settings.timeout, target.provider.timeout, options.timeout].into_iter().flatten() {
        timeout.apply(&mut limits, stream);
    }
    limits
}

/// Takes the target's credentials out of an error that a provider echoed them in.
pub(crate) fn scrub(error: &mut Error, chosen: &RouteTarget) {
    if let Some(key) = &chosen.target.provider.api_key {
        auth::scrub(error, key);
    }
    if let Some(credentials) = &chosen.credentials {
        credentials.secrets().iter().for_each(|secret| auth::scrub(error, secret));
    }
}
