//! The operations that a provider declares, as the user writes them, and their check.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, Method};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use crate::auth::insert_header;
use crate::dialects::path::is_step;
use crate::dialects::service::{
    Body, Condition, ErrorRule, Idempotency, Node, Reading, ServiceOperation, Source, Statuses, Template,
};
use crate::error::{Error, ErrorKind, Result};
use crate::types::operation::Operation;
use crate::types::placed;
use crate::types::service::Repetition;

/// One operation, such as `sms.send`. Texts may hold places, which are filled from the input or from
/// the provider's `variables`: `{name}`, `{a.b}`, `{name?}` for one that may be missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceOperationConfig {
    /// `GET`, `HEAD`, `POST` (default), `PUT`, `PATCH` or `DELETE`.
    #[serde(default)]
    pub method: Option<String>,
    /// Below `base_url`, such as `/Accounts/{account_sid}/Messages.json`.
    pub path: String,
    /// Name to a text, or to a list of texts.
    #[serde(default)]
    pub query: Map<String, Value>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON. A text that is one place alone keeps the type of its value.
    #[serde(default)]
    pub json: Option<Value>,
    /// The body as a form instead: name to a text, or to a list of texts.
    #[serde(default)]
    pub form: Option<Map<String, Value>>,
    /// Name to where its value stands in the answer: a JSON pointer into the body, or `{ header = … }`.
    /// Default: the whole body.
    #[serde(default)]
    pub answer: Option<Map<String, Value>>,
    /// The statuses of success. Default `["2xx"]`.
    #[serde(default)]
    pub success: Option<Value>,
    /// Which responses are which errors. What an entry does not say is said by the next one that holds.
    #[serde(default)]
    pub errors: Vec<ErrorRuleConfig>,
    /// Where the service takes a key by which it knows a request again: `{ header = … }` or `{ field = … }`
    /// of the body.
    #[serde(default)]
    pub idempotency: Option<IdempotencyConfig>,
    /// Whether it may be repeated anywhere, since it changes nothing or twice is as good as once.
    /// Default: for `GET` and `HEAD`.
    #[serde(default)]
    pub idempotent: Option<bool>,
    /// US dollars for each request that was answered. Default: not known.
    #[serde(default)]
    pub price: Option<f64>,
}

/// What is an error, and which.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorRuleConfig {
    /// Of responses with such a status: a number, `"4xx"`, `"500-504"`, or a list of those.
    #[serde(default)]
    pub status: Option<Value>,
    /// Of responses for which this holds, in the Common Expression Language over `status`, `body`
    /// and `headers`.
    #[serde(default)]
    pub when: Option<String>,
    /// The class of the error. Default: by the status.
    #[serde(default)]
    pub error: Option<String>,
    /// Where its message stands.
    #[serde(default)]
    pub message: Option<Value>,
    /// Where its code stands.
    #[serde(default)]
    pub code: Option<Value>,
    /// Whether the service surely did not do it. Default: by the status.
    #[serde(default)]
    pub not_done: Option<bool>,
}

/// Where the key stands; one of both.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdempotencyConfig {
    #[serde(default)]
    pub header: Option<String>,
    #[serde(default)]
    pub field: Option<String>,
}

/// What a service can be said to have answered. The others are of this library, or of models.
const KINDS: [ErrorKind; 10] = [
    ErrorKind::Authentication,
    ErrorKind::PermissionDenied,
    ErrorKind::BadRequest,
    ErrorKind::ContentPolicy,
    ErrorKind::NotFound,
    ErrorKind::RateLimit,
    ErrorKind::QuotaExceeded,
    ErrorKind::Overloaded,
    ErrorKind::InternalServer,
    ErrorKind::ApiTimeout,
];

/// The checked operations of a provider, and their prices.
pub(super) type Checked = (BTreeMap<String, Arc<ServiceOperation>>, BTreeMap<String, f64>);

/// Checks all operations of a provider. `field` makes a place from a field's name.
///
/// Errors: `ConfigurationError` naming the place and what is allowed.
pub(super) fn check_all(
    operations: &BTreeMap<String, ServiceOperationConfig>,
    variables: &BTreeMap<String, String>,
    base_url: &str,
    field: &dyn Fn(&str) -> String,
) -> Result<Checked> {
    let variables = Arc::new(variables.clone());
    let (mut checked, mut prices) = (BTreeMap::new(), BTreeMap::new());
    for (name, config) in operations {
        let place = field(&format!("operations.{name}"));
        let is_built_in = Operation::of(name).is_some();
        if name.is_empty() || is_built_in || name.contains(['/', '#']) || name.chars().any(char::is_control) {
            let why = "an operation's name must not be empty, hold `/` or `#`, or be that of one that \
                       every client has, such as `chat`; `sms.send` is one";
            return Err(wrong(&place, why));
        }
        checked.insert(name.clone(), Arc::new(config.check(&place, &variables, base_url)?));
        if let Some(price) = config.price {
            prices.insert(name.clone(), price);
        }
    }
    Ok((checked, prices))
}

impl ServiceOperationConfig {
    fn check(
        &self,
        place: &str,
        variables: &Arc<BTreeMap<String, String>>,
        base_url: &str,
    ) -> Result<ServiceOperation> {
        let method = self.method(&format!("{place}.method"))?;
        let body = self.body(place, &method)?;
        if self.price.is_some_and(|price| !price.is_finite() || price < 0.0) {
            return Err(wrong(
                &format!("{place}.price"),
                "must be US dollars, at least 0; leave it out where unknown",
            ));
        }
        let idempotency = self.idempotency(&format!("{place}.idempotency"), &body)?;
        let repetition = match (self.idempotent.unwrap_or(method.is_safe()), &idempotency) {
            (true, _) => Repetition::Anywhere,
            (false, Some(_)) => Repetition::SameTarget,
            (false, None) => Repetition::Never,
        };
        let success = match &self.success {
            Some(given) => statuses(given, &format!("{place}.success"))?,
            None => Statuses(vec![(200, 299)]),
        };
        let rule = |(index, rule): (usize, &ErrorRuleConfig)| rule.check(&format!("{place}.errors[{index}]"));
        Ok(ServiceOperation {
            path: self.path(&format!("{place}.path"), base_url)?,
            query: templates(&self.query, &format!("{place}.query"))?,
            headers: self.headers(&format!("{place}.headers"))?,
            reading: Reading {
                answer: self.answer(&format!("{place}.answer"))?,
                success,
                errors: self.errors.iter().enumerate().map(rule).collect::<Result<_>>()?,
            },
            method,
            body,
            idempotency,
            repetition,
            variables: Arc::clone(variables),
        })
    }

    fn method(&self, place: &str) -> Result<Method> {
        let allowed = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let given = self.method.as_deref().unwrap_or("POST");
        allowed.into_iter().find(|method| method.as_str() == given).ok_or_else(|| {
            wrong(place, &format!("must be GET, HEAD, POST, PUT, PATCH or DELETE, got {given:?}"))
        })
    }

    fn path(&self, place: &str, base_url: &str) -> Result<Vec<Template>> {
        let is_plain = |character: char| {
            character.is_ascii_graphic()
                && !['?', '#', '\\', '"', '<', '>', '^', '`', '|'].contains(&character)
        };
        let Some(path) = self.path.strip_prefix('/') else {
            return Err(wrong(place, &format!("must begin with `/`, got {:?}", self.path)));
        };
        // `{name?}` is no query.
        if let Some(bad) = path.replace("?}", "}").chars().find(|character| !is_plain(*character)) {
            let why = format!("{bad:?} cannot stand in a path; parameters of the query go into `query`");
            return Err(wrong(place, &why));
        }
        let segment = |text: &str| {
            let template = Template::parse(text).map_err(|why| wrong(place, &why))?;
            if template.may_be_missing() {
                return Err(wrong(place, &format!("{text:?}: nothing in a path may be missing")));
            }
            Ok(template)
        };
        let segments = path.split('/').map(segment).collect::<Result<Vec<_>>>()?;
        let last = segments.len().saturating_sub(1);
        for (index, segment) in segments.iter().enumerate() {
            // A slash at the end is one of some services' paths.
            if segment.constant().is_some_and(|text| is_step(text) && !(text.is_empty() && index == last)) {
                return Err(wrong(place, "a segment of it is empty or dots"));
            }
        }
        let looks = format!("{base_url}{}", self.path.replace(['{', '}', '?'], ""));
        Url::parse(&looks).map_err(|error| wrong(place, &format!("is none below `base_url` ({error})")))?;
        Ok(segments)
    }

    fn headers(&self, place: &str) -> Result<Vec<(String, Template)>> {
        let header = |(name, text): (&String, &String)| {
            let place = format!("{place}.{name}");
            let template = Template::parse(text).map_err(|why| wrong(&place, &why))?;
            insert_header(&mut HeaderMap::new(), name, template.constant().unwrap_or("x"))
                .map_err(|error| wrong(&place, &error.message))?;
            Ok((name.clone(), template))
        };
        self.headers.iter().map(header).collect()
    }

    fn body(&self, place: &str, method: &Method) -> Result<Body> {
        if method.is_safe() && (self.json.is_some() || self.form.is_some()) {
            return Err(wrong(place, &format!("a request of method {method} has no body; use `query`")));
        }
        match (&self.json, &self.form) {
            (Some(_), Some(_)) => Err(wrong(place, "give either `json` or `form`")),
            (Some(json), None) => Node::parse(json)
                .map(Body::Json)
                .map_err(|(inner, why)| wrong(&placed::join_path(&format!("{place}.json"), &inner), &why)),
            (None, Some(form)) => Ok(Body::Form(templates(form, &format!("{place}.form"))?)),
            (None, None) => Ok(Body::None),
        }
    }

    fn answer(&self, place: &str) -> Result<Option<Vec<(String, Source)>>> {
        let Some(answer) = &self.answer else { return Ok(None) };
        let field =
            |(name, given): (&String, &Value)| Ok((name.clone(), source(given, &format!("{place}.{name}"))?));
        answer.iter().map(field).collect::<Result<_>>().map(Some)
    }

    fn idempotency(&self, place: &str, body: &Body) -> Result<Option<Idempotency>> {
        let Some(IdempotencyConfig { header, field }) = &self.idempotency else { return Ok(None) };
        match (header, field) {
            (Some(header), None) => {
                let place = format!("{place}.header");
                insert_header(&mut HeaderMap::new(), header, "x")
                    .map_err(|error| wrong(&place, &error.message))?;
                if self.headers.keys().any(|other| other.eq_ignore_ascii_case(header)) {
                    return Err(wrong(&place, "stands among the `headers` too"));
                }
                Ok(Some(Idempotency::Header(header.clone())))
            }
            (None, Some(field)) => {
                let place = format!("{place}.field");
                let taken = match body {
                    Body::Json(Node::Object(fields)) => fields.iter().any(|(name, _)| name == field),
                    Body::Form(fields) => fields.iter().any(|(name, _)| name == field),
                    Body::None | Body::Json(_) => {
                        return Err(wrong(&place, "needs a body that is an object, by `json`, or a `form`"));
                    }
                };
                if taken || field.is_empty() {
                    return Err(wrong(&place, "must be a field that the body does not have otherwise"));
                }
                Ok(Some(Idempotency::Field(field.clone())))
            }
            _ => Err(wrong(place, "must be one of { header = … } and { field = … }")),
        }
    }
}

impl ErrorRuleConfig {
    fn check(&self, place: &str) -> Result<ErrorRule> {
        let at = |name: &str| format!("{place}.{name}");
        let statuses = self.status.as_ref().map(|given| statuses(given, &at("status"))).transpose()?;
        let when = self.when.as_deref().map(Condition::new).transpose();
        let source_at = |given: &Option<Value>, name: &str| {
            given.as_ref().map(|given| source(given, &at(name))).transpose()
        };
        Ok(ErrorRule {
            statuses,
            when: when.map_err(|why| wrong(&at("when"), &why))?,
            kind: self.error.as_deref().map(|name| kind(name, &at("error"))).transpose()?,
            message: source_at(&self.message, "message")?,
            code: source_at(&self.code, "code")?,
            not_done: self.not_done,
        })
    }
}

fn wrong(place: &str, why: &str) -> Error {
    Error::configuration(place, format!("{place}: {why}"))
}

fn kind(name: &str, place: &str) -> Result<ErrorKind> {
    KINDS.into_iter().find(|kind| kind.class_name() == name).ok_or_else(|| {
        let names: Vec<&str> = KINDS.into_iter().map(ErrorKind::class_name).collect();
        wrong(place, &format!("a service cannot answer with `{name}`; there are {}", names.join(", ")))
    })
}

/// Names to texts or lists of texts.
fn templates(fields: &Map<String, Value>, place: &str) -> Result<Vec<(String, Vec<Template>)>> {
    let parsed = |value: &Value, place: &str| match value {
        Value::String(text) => Template::parse(text).map_err(|why| wrong(place, &why)),
        Value::Bool(_) | Value::Number(_) => {
            Template::parse(&value.to_string()).map_err(|why| wrong(place, &why))
        }
        _ => Err(wrong(
            place,
            "must be a text, a number or a bool, or a list of those; only `json` has objects",
        )),
    };
    let field = |(name, value): (&String, &Value)| {
        let place = format!("{place}.{name}");
        let templates = match value {
            Value::Array(items) => {
                let item = |(index, item)| parsed(item, &format!("{place}[{index}]"));
                items.iter().enumerate().map(item).collect::<Result<_>>()?
            }
            one => vec![parsed(one, &place)?],
        };
        Ok((name.clone(), templates))
    };
    fields.iter().map(field).collect()
}

/// A JSON pointer, or `{ header = … }`.
fn source(given: &Value, place: &str) -> Result<Source> {
    let is_pointer = |text: &str| {
        let tildes = text.replace("~0", "").replace("~1", "");
        (text.is_empty() || text.starts_with('/')) && !tildes.contains('~')
    };
    match given {
        Value::String(text) if is_pointer(text) => Ok(Source::Body(text.clone())),
        Value::Object(fields) if fields.len() == 1 => {
            let name = fields.get("header").and_then(Value::as_str);
            let name = name.and_then(|name| HeaderName::try_from(name).ok());
            name.map(Source::Header).ok_or_else(|| wrong(place, "must be { header = the name of a header }"))
        }
        _ => Err(wrong(
            place,
            "must be a JSON pointer into the body (RFC 6901), such as `/message/id`, or { header = … }",
        )),
    }
}

/// A status, `"2xx"`, `"200-204"`, or a list of those.
fn statuses(given: &Value, place: &str) -> Result<Statuses> {
    let one = |value: &Value| -> Option<(u16, u16)> {
        let (from, to) = match value {
            Value::Number(number) => {
                let status = u16::try_from(number.as_u64()?).ok()?;
                (status, status)
            }
            Value::String(text) => match (text.strip_suffix("xx"), text.split_once('-')) {
                (Some(hundreds), _) => {
                    let hundreds: u16 = hundreds.parse().ok().filter(|hundreds| *hundreds < 10)?;
                    (hundreds * 100, hundreds * 100 + 99)
                }
                (None, Some((from, to))) => (from.parse().ok()?, to.parse().ok()?),
                (None, None) => return None,
            },
            _ => return None,
        };
        (100 <= from && from <= to && to <= 599).then_some((from, to))
    };
    let ranges = match given {
        Value::Array(items) if !items.is_empty() => items.iter().map(one).collect(),
        value => one(value).map(|range| vec![range]),
    };
    ranges.map(Statuses).ok_or_else(|| {
        wrong(place, "must be a status from 100 to 599, `\"4xx\"`, `\"500-504\"`, or a list of those")
    })
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
