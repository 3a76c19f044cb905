//! Images: a text in, images out; or images and a text in, changed images out.
//!
//! The shape is OpenAI's (published schemas `CreateImageRequest`, `CreateImageEditRequest` and
//! `ImagesResponse`), because most services share it. No wire format goes in here.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::chat::Usage;
use super::media;
use super::trace::Trace;
use super::upload::Upload;
use crate::error::{Error, Result as Checked};

/// A request to make images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImagesRequest {
    /// What the images are to show.
    pub prompt: String,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// How many. Default: one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// In pixels, such as `1024x1536`, or `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Such as `low`, `high`, `hd` or `auto`, in the words of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// `url` or `b64_json`, for models that give a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<String>,
    /// `png`, `jpeg` or `webp`, for models that give a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_format: Option<String>,
    /// `transparent`, `opaque` or `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<String>,
    /// `vivid` or `natural`, for models that give a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
    /// A stable id of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// A request to change images.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageEditsRequest {
    /// The image, or several that are put together.
    #[serde(deserialize_with = "one_or_more")]
    #[cfg_attr(feature = "schema", schemars(with = "Uploads"))]
    pub image: Vec<Upload>,
    /// What is to become of them.
    pub prompt: String,
    /// `provider/model`, `kind/model`, a bare model name, or the name of a route.
    /// Without it, the client's `default_route` is taken.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub model: String,
    /// An image whose transparent parts say what of the first one may be changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Upload>,
    /// How many. Default: one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u64>,
    /// In pixels, such as `1024x1536`, or `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<String>,
    /// Such as `low`, `high` or `auto`, in the words of the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<String>,
    /// `url` or `b64_json`, for models that give a choice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<String>,
    /// A stable id of the end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Fields not named here, kept and sent to services that speak this shape.
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// A file or several. For the schema alone.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "it is read by the generator of types alone")]
enum Uploads {
    One(Upload),
    More(Vec<Upload>),
}

fn one_or_more<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Upload>, D::Error> {
    let read = |value| serde_json::from_value(value).map_err(serde::de::Error::custom);
    match Value::deserialize(deserializer)? {
        Value::Array(images) => images.into_iter().map(read).collect(),
        one => Ok(vec![read(one)?]),
    }
}

impl ImagesRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        media::required(&fields, &["prompt"])?;
        let request: Self = super::from_value(Value::Object(fields))?;
        media::check(&request.prompt, "prompt", request.n, &request.extra)?;
        Ok(request)
    }
}

impl ImageEditsRequest {
    /// Reads and checks a request.
    ///
    /// Errors: `BadRequestError` naming the place and what is allowed.
    pub fn from_fields(fields: Map<String, Value>) -> Checked<Self> {
        media::required(&fields, &["image", "prompt"])?;
        let request: Self = super::from_value(Value::Object(fields))?;
        if request.image.is_empty() {
            return Err(Error::bad_request("image", "image: at least one image is needed"));
        }
        media::check(&request.prompt, "prompt", request.n, &request.extra)?;
        Ok(request)
    }
}

/// Images, in the order in which the provider gave them. Unknown fields of the provider's are in
/// `provider_fields`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Images {
    /// Seconds since 1970; 0 where the provider did not say.
    #[serde(default)]
    pub created: i64,
    #[serde(default)]
    pub data: Vec<Image>,
    /// The model that was asked, or that the provider says answered.
    #[serde(default)]
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// The provider's id of the request, from the response's headers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How the request was routed, what was tried, how long it took, what it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<Arc<Trace>>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}

/// An image: where it is, or what it is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Image {
    /// Where it can be fetched, for a while.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The image itself, as base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub b64_json: Option<String>,
    /// The prompt that the model made of the one given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revised_prompt: Option<String>,
    #[serde(flatten, skip_serializing_if = "Map::is_empty")]
    pub provider_fields: Map<String, Value>,
}
