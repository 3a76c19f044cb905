//! A canonical request in Gemini's words.
//!
//! What the wire cannot say goes through [`Translator`]: an error that names the
//! place, or a note where the caller allows it. A value that asks for what
//! happens anyway is left out in silence.

mod contents;
mod generation;
mod media_types;
mod native_fields;
mod parts;
mod replay;
mod thinking;
mod tool_results;
mod tools;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::dialects::path::segment;
use crate::dialects::{EncodeContext, EncodedRequest, Translator};
use crate::error::Result;
use crate::types::chat::ChatRequest;

pub(super) fn encode_chat(request: &ChatRequest, context: &EncodeContext<'_>) -> Result<EncodedRequest> {
    let mut model = Model::new(context.model);
    model.resolution_of_all = parts::resolution_of_all(request).filter(|_| !model.is_current());
    let mut translator = Translator::new(context.unsupported);
    let mut body = Map::new();
    contents::encode(request, &model, &mut translator, &mut body)?;
    tools::encode(request, &mut translator, &mut body)?;
    let mut config = generation::encode(request, &mut translator)?;
    if let Some(level) = &model.resolution_of_all {
        config.insert("mediaResolution".to_owned(), level.as_str().into());
    }
    if let Some(thinking) = thinking::encode(request, &model, &mut translator)? {
        config.insert("thinkingConfig".to_owned(), thinking.into());
    }
    if !config.is_empty() {
        body.insert("generationConfig".to_owned(), config.into());
    }
    without_counterpart(request, &mut translator, &mut body)?;
    native_fields::encode(request, &mut translator, &mut body)?;
    let method = if context.stream { "streamGenerateContent" } else { "generateContent" };
    Ok(EncodedRequest {
        path: format!("{}:{method}", model_path(context.model)?),
        query: if context.stream { vec![(Cow::Borrowed("alt"), "sse".to_owned())] } else { Vec::new() },
        body,
        translation: translator.into_notes(),
        ..EncodedRequest::default()
    })
}

/// Parameters of the whole request for which the wire has little or nothing.
fn without_counterpart(
    request: &ChatRequest,
    translator: &mut Translator,
    body: &mut Map<String, Value>,
) -> Result<()> {
    if request.logit_bias.as_ref().is_some_and(|bias| !bias.is_empty()) {
        translator.unsupported("logit_bias", "Gemini has no bias of single tokens")?;
    }
    if request.prediction.is_some() {
        translator.unsupported("prediction", "Gemini takes no predicted output")?;
    }
    if request.metadata.as_ref().is_some_and(|metadata| !metadata.is_empty()) {
        translator
            .unsupported("metadata", "Gemini stores no labels with a request; Vertex AI has `labels`")?;
    }
    if request.user.is_some() {
        translator.unsupported("user", "Gemini takes no id of the end user")?;
    }
    if request.safety_identifier.is_some() {
        translator.unsupported("safety_identifier", "Gemini takes no id of the end user")?;
    }
    if request.verbosity.as_deref().is_some_and(|verbosity| verbosity != "medium") {
        translator.unsupported("verbosity", "Gemini has no setting of verbosity")?;
    }
    translator.drop_cache_hints(request, "Gemini caches prompts by itself, without a key");
    if let Some(store) = request.store {
        // "Configures the logging behavior for a given request" (Gemini API v1beta).
        body.insert("store".to_owned(), store.into());
    }
    match request.service_tier.as_deref() {
        None | Some("auto" | "default") => {}
        Some(tier @ ("standard" | "flex" | "priority")) => {
            body.insert("serviceTier".to_owned(), tier.into());
        }
        Some(_) => {
            translator.unsupported("service_tier", "allowed: auto, default, standard, flex, priority")?
        }
    }
    if let Some(options) = &request.stream_options {
        for key in options.extra.keys() {
            translator.unsupported(format!("stream_options.{key}"), "Gemini's streams have no options")?;
        }
    }
    Ok(())
}

/// What the model's name says about what it takes.
struct Model {
    /// The generation, such as 2 of `gemini-2.5-pro`; `None` for an alias or another family.
    generation: Option<u32>,
    pro: bool,
    lite: bool,
    /// What of a model that has one resolution for all media the request's images ask for.
    resolution_of_all: Option<String>,
}

impl Model {
    fn new(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let digits = name.strip_prefix("gemini-").map(|rest| rest.split(['.', '-']).next().unwrap_or(""));
        Self {
            generation: digits.and_then(|digits| digits.parse().ok()),
            pro: name.contains("-pro"),
            lite: name.contains("-lite"),
            resolution_of_all: None,
        }
    }

    /// Generation 3 and later, and names that do not say (aliases point at the newest).
    fn is_current(&self) -> bool {
        self.generation.is_none_or(|generation| generation >= 3)
    }
}

/// `/models/{model}`; see [`segment`].
pub(super) fn model_path(model: &str) -> Result<String> {
    const COLLECTIONS: [&str; 5] = ["models", "tunedModels", "publishers", "endpoints", "projects"];
    let segments: Vec<&str> = model.trim_start_matches('/').split('/').collect();
    let named = segments.len() > 1 && segments.first().is_some_and(|first| COLLECTIONS.contains(first));
    let mut path = String::from(if named { "" } else { "/models" });
    for part in segments {
        path.push('/');
        path.push_str(&segment(part, model)?);
    }
    Ok(path)
}

#[cfg(test)]
#[path = "../encode_tests.rs"]
mod tests;
