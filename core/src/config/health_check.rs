//! The background checks of a provider, as the user declares them.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};
use url::Url;

use crate::error::{Error, Result};
use crate::providers::{HealthCheckSettings, HealthProbe};
use crate::resilience::HealthCheckConfig;
use crate::types::chat::ChatRequest;
use crate::types::placed;

/// Tokens of the answer to a check, unless its `request` says how many.
const ANSWER_TOKENS: u64 = 16;

/// `health_check` of a provider: exactly one of `path` and `request`, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct HealthCheckOptions {
    /// A path below `base_url` that is asked by GET, such as `/models`. A status of
    /// 2xx is well, and so is 429.
    pub path: Option<String>,
    /// A chat request, which may cost money: `model`, and what else it is to have.
    /// `messages` is one `ping` of the user and `max_tokens` is 16 unless given.
    pub request: Option<Map<String, Value>>,
    /// `interval`, `timeout`, `unhealthy_after`, `healthy_after`.
    pub timing: HealthCheckConfig,
}

impl<'de> Deserialize<'de> for HealthCheckOptions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct Probe {
            path: Option<String>,
            request: Option<Map<String, Value>>,
        }
        placed::taken(deserializer, |value| {
            let mut fields: Map<String, Value> = placed::read(value)?;
            let own =
                ["path", "request"].map(|name| (name.to_owned(), fields.remove(name).unwrap_or_default()));
            let Probe { path, request } = placed::read(Value::Object(own.into_iter().collect()))?;
            let timing = placed::read(Value::Object(fields))?;
            Ok(Self { path, request, timing })
        })
    }
}

impl HealthCheckOptions {
    /// Checks them at `place`. Errors: `ConfigurationError` naming the place.
    pub fn check(&self, place: &str, base_url: &str) -> Result<HealthCheckSettings> {
        self.timing.validate(place)?;
        let probe = match (&self.path, &self.request) {
            (Some(path), None) => HealthProbe::Path(checked_path(path, &format!("{place}.path"), base_url)?),
            (None, Some(request)) => {
                HealthProbe::Request(Box::new(checked_request(request.clone(), &format!("{place}.request"))?))
            }
            _ => {
                let message = format!("{place}: exactly one of `path` and `request` is needed");
                return Err(Error::configuration(place, message));
            }
        };
        Ok(HealthCheckSettings { probe, timing: self.timing })
    }
}

fn checked_path(path: &str, place: &str, base_url: &str) -> Result<String> {
    let is_url = Url::parse(&format!("{base_url}{path}")).is_ok();
    if !path.starts_with('/') || path.contains(['#', ' ']) || !is_url {
        let message = format!("{place}: must be a path below `base_url`, such as `/models`, got {path:?}");
        return Err(Error::configuration(place, message));
    }
    Ok(path.to_owned())
}

fn checked_request(mut fields: Map<String, Value>, place: &str) -> Result<ChatRequest> {
    if fields.get("model").and_then(Value::as_str).unwrap_or_default().is_empty() {
        let place = format!("{place}.model");
        let message = format!("{place}: the provider's own name of a model is needed");
        return Err(Error::configuration(place, message));
    }
    fields.entry("messages").or_insert_with(|| json!([{ "role": "user", "content": "ping" }]));
    if !["max_tokens", "max_completion_tokens"].iter().any(|name| fields.contains_key(*name)) {
        fields.insert("max_tokens".to_owned(), json!(ANSWER_TOKENS));
    }
    fields.remove("stream");
    let read = ChatRequest::from_value(Value::Object(fields)).and_then(|request| {
        request.validate()?;
        Ok(request)
    });
    read.map_err(|error| {
        let place = error.param.as_ref().map_or_else(|| place.to_owned(), |param| format!("{place}.{param}"));
        let message = format!("{place}: {}", error.message);
        Error::configuration(place, message)
    })
}
