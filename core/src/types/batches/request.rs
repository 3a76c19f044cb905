//! What can be asked of batches.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::types::chat::ChatRequest;

/// In front of the number of a request that was given no name.
const OURS: &str = "request-";

/// A request for a batch, or for what is known of batches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BatchesRequest {
    /// The model or route that its requests ask; empty where a batch is asked for by its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    pub step: BatchStep,
}

/// What is asked of a provider, in one HTTP exchange.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStep {
    /// Hands in the requests: the batch itself, or the file from which it is [started](Self::Start).
    Create(CreateBatchRequest),
    Start {
        /// The file of the requests.
        file: String,
        metadata: Option<Map<String, Value>>,
    },
    Retrieve {
        id: String,
        /// The how-manieth look at a batch that is waited for; each comes after a wait.
        poll: Option<u32>,
    },
    Cancel {
        id: String,
    },
    List(ListBatchesRequest),
    /// The results of a batch that has ended, or a file of them.
    Results {
        id: String,
        file: Option<String>,
    },
}

/// A request to answer many chats within a day, at a lower price.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CreateBatchRequest {
    /// The chats. Each has the fields of a chat request, without `model` and `stream`, and may have a
    /// `custom_id` by which its result is told.
    pub requests: Vec<BatchItem>,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route: all requests go to
    /// one model of one provider. Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// Labels stored with the batch at the provider, where it takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Map<String, Value>>,
}

/// One chat of a batch.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BatchItem {
    /// What its result is told by: letters, digits, `-` and `_`, at most 64, and no other's.
    /// Default: `request-0` of the first, and so on; the results then come in that order.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub custom_id: String,
    #[serde(flatten)]
    pub chat: ChatRequest,
}

/// A request for the batches of one provider.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListBatchesRequest {
    /// How many at most. Default: the provider's, 20 as a rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Where the list goes on: `next` of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl BatchesRequest {
    /// Reads and checks a request: `action` says what is asked.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(mut fields: Map<String, Value>) -> Result<Self> {
        let action = match fields.shift_remove("action") {
            Some(Value::String(action)) => action,
            _ => "create".to_owned(),
        };
        let id = match fields.shift_remove("id") {
            Some(Value::String(id)) => id,
            None => String::new(),
            Some(_) => return Err(Error::bad_request("id", "id: must be a text")),
        };
        let step = match action.as_str() {
            "create" => {
                let request = CreateBatchRequest::from_fields(fields)?;
                return Ok(Self { model: request.model.clone(), step: BatchStep::Create(request) });
            }
            "list" => BatchStep::List(ListBatchesRequest {
                limit: match fields.shift_remove("limit") {
                    None => None,
                    Some(limit) => Some(limit.as_u64().filter(|limit| *limit > 0).ok_or_else(|| {
                        Error::bad_request("limit", "limit: must be a whole number of at least 1")
                    })?),
                },
                after: match fields.shift_remove("after") {
                    None => None,
                    Some(Value::String(after)) => Some(after),
                    Some(_) => return Err(Error::bad_request("after", "after: must be a text")),
                },
            }),
            _ if !id.contains('/') => {
                let message = "id: must be that of a batch, `provider/id`, as `create` and `list` give it";
                return Err(Error::bad_request("id", message));
            }
            "retrieve" => BatchStep::Retrieve { id, poll: poll(fields.shift_remove("poll"))? },
            "cancel" => BatchStep::Cancel { id },
            "results" => BatchStep::Results { id, file: None },
            _ => {
                let message = "action: must be `create`, `retrieve`, `cancel`, `list` or `results`";
                return Err(Error::bad_request("action", message));
            }
        };
        match fields.keys().next() {
            None => Ok(Self { model: String::new(), step }),
            Some(name) => Err(Error::bad_request(name.as_str(), format!("unknown parameter `{name}`"))),
        }
    }

    /// With parameters of a target put into every chat, over what it says itself; null leaves one out.
    ///
    /// Errors: `BadRequestError` naming the place.
    pub(crate) fn with_parameters(&self, parameters: &Map<String, Value>) -> Result<Self> {
        let mut changed = self.clone();
        if let BatchStep::Create(create) = &mut changed.step {
            for (index, item) in create.requests.iter_mut().enumerate() {
                let Ok(Value::Object(mut fields)) = serde_json::to_value(&item.chat) else { continue };
                for (name, value) in parameters {
                    if value.is_null() {
                        fields.shift_remove(name);
                    } else {
                        fields.insert(name.clone(), value.clone());
                    }
                }
                item.chat = BatchItem::read(Value::Object(fields), index)?.chat;
            }
        }
        Ok(changed)
    }

    /// The id of the batch that is asked for, if one is.
    pub(crate) fn id(&self) -> Option<&str> {
        match &self.step {
            BatchStep::Retrieve { id, .. } | BatchStep::Cancel { id } | BatchStep::Results { id, .. } => {
                Some(id)
            }
            BatchStep::Create(_) | BatchStep::Start { .. } | BatchStep::List(_) => None,
        }
    }

    /// Whether doing it twice makes two batches.
    pub(crate) const fn makes_one(&self) -> bool {
        matches!(self.step, BatchStep::Create(_) | BatchStep::Start { .. })
    }
}

impl CreateBatchRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    fn from_fields(mut fields: Map<String, Value>) -> Result<Self> {
        let items = match fields.shift_remove("requests") {
            Some(Value::Array(items)) if !items.is_empty() => items,
            None => return Err(Error::bad_request("requests", "missing required parameter `requests`")),
            Some(_) => {
                let message = "requests: must be a list of at least one chat request";
                return Err(Error::bad_request("requests", message));
            }
        };
        let model = match fields.shift_remove("model") {
            None => String::new(),
            Some(Value::String(model)) => model,
            Some(_) => return Err(Error::bad_request("model", "model: must be a text")),
        };
        let metadata = match fields.shift_remove("metadata") {
            None => None,
            Some(Value::Object(metadata)) => Some(metadata),
            Some(_) => return Err(Error::bad_request("metadata", "metadata: must be an object")),
        };
        if let Some(name) = fields.keys().next() {
            let message = format!("unknown parameter `{name}`; the fields of a chat stand in `requests`");
            return Err(Error::bad_request(name.as_str(), message));
        }
        let mut requests = Vec::with_capacity(items.len());
        let mut names = std::collections::HashSet::new();
        for (index, item) in items.into_iter().enumerate() {
            let item = BatchItem::read(item, index)?;
            if !names.insert(item.custom_id.clone()) {
                let place = format!("requests[{index}].custom_id");
                let message = format!("{place}: `{}` is another request's", item.custom_id);
                return Err(Error::bad_request(place, message));
            }
            requests.push(item);
        }
        Ok(Self { requests, model, metadata })
    }
}

impl BatchItem {
    fn read(item: Value, index: usize) -> Result<Self> {
        let place = format!("requests[{index}]");
        let wrong = |field: &str, what: &str| {
            let place = format!("{place}{field}");
            Err(Error::bad_request(place.clone(), format!("{place}: {what}")))
        };
        let Value::Object(mut fields) = item else {
            return wrong("", "must be an object with the fields of a chat");
        };
        fields.retain(|_, value| !value.is_null());
        let custom_id = match fields.shift_remove("custom_id") {
            None => format!("{OURS}{index}"),
            Some(Value::String(id)) if is_name(&id) => id,
            Some(_) => {
                return wrong(
                    ".custom_id",
                    "must be letters, digits, `-` and `_`, at least 1 and at most 64",
                );
            }
        };
        for name in ["model", "stream"] {
            if fields.contains_key(name) {
                return wrong(
                    &format!(".{name}"),
                    "stands with the batch, or nowhere: all ask one model, whole",
                );
            }
        }
        let within = |mut error: Error| {
            if let Some(param) = error.param.take() {
                error.param = Some(format!("{place}.{param}"));
            }
            error.message = format!("{place}: {}", error.message);
            error
        };
        let chat = ChatRequest::from_value(Value::Object(fields)).map_err(within)?;
        chat.validate().map_err(within)?;
        Ok(Self { custom_id, chat })
    }
}

fn poll(given: Option<Value>) -> Result<Option<u32>> {
    let wrong = || Error::bad_request("poll", "poll: must be a whole number");
    let read = |poll: Value| u32::try_from(poll.as_u64().ok_or_else(wrong)?).map_err(|_| wrong());
    given.map(read).transpose()
}

/// Anthropic's, the strictest (specs/anthropic.json MessageBatchIndividualRequestParams.custom_id).
fn is_name(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// The place of a request that has the name that we gave it.
pub(super) fn place(custom_id: &str) -> Option<usize> {
    custom_id.strip_prefix(OURS)?.parse().ok()
}
